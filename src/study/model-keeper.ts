import type { OfferedModel } from "../core/estimator.ts";
import type { Direction } from "../core/metric.ts";
import type { ModelRecord, OutcomeBound, OutcomeRecord } from "../core/records.ts";
import { bestConfiguration } from "./best-outcome.ts";

/** Knows the best configuration so far, of whose first complete trial the study keeps the model. */
export interface ModelKeeper {
  /** Takes an outcome, of an earlier run too. */
  absorb(outcome: OutcomeRecord): void;
  /**
   * What is stored when the work on some trials ends, which offers models until then: that of the best trial so far, where it is one of them; null
   * where none is offered, so that no other trial's stays; undefined where the best is not one of them.
   */
  keep(trials: { has(trial: number): boolean }, offered: (trial: number) => OfferedModel | undefined): ModelRecord | null | undefined;
}

/** Bytes of the largest model that is kept. */
const mostBytes = 64e6;

export interface ModelKeeperOptions {
  /** The first objective. */
  readonly metric: string;
  readonly direction: Direction;
  /** What the best trial has to meet. */
  readonly constraints?: readonly OutcomeBound[];
  /** The first trial of a trial's configuration; default: itself. */
  readonly firstOf?: (trial: number) => number;
  /** Told to people, once each. */
  readonly note: (text: string) => void;
}

export function modelKeeper({ note, ...judged }: ModelKeeperOptions): ModelKeeper {
  const configurations = bestConfiguration(judged);
  return {
    absorb(outcome) {
      configurations.absorb(outcome);
    },
    keep(trials, offered) {
      const { best } = configurations;
      if (best === null || !trials.has(best.trial)) return undefined;
      const { trial } = best;
      const model = offered(trial);
      if (model === undefined) return null;
      if (model.bytes <= mostBytes) return { trial, json: JSON.stringify(model.json()) };
      note(`the model of trial ${trial} takes ${Math.ceil(model.bytes / 1e6)} MB, more than ${mostBytes / 1e6} MB, and is not kept`);
      return null;
    },
  };
}
