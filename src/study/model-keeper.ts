import type { OfferedModel } from "../core/estimator.ts";
import type { Direction } from "../core/metric.ts";
import type { ModelRecord, OutcomeRecord } from "../core/records.ts";
import { beats, type JudgedTrial, judgedTrial } from "./best-outcome.ts";

/** Knows the best trial so far, whose model the study keeps. */
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
  /** Told to people, once each. */
  readonly note: (text: string) => void;
}

export function modelKeeper({ metric, direction, note }: ModelKeeperOptions): ModelKeeper {
  let best: JudgedTrial | null = null;
  return {
    absorb(outcome) {
      const judged = judgedTrial(outcome, metric);
      if (judged !== undefined && beats(judged, best, direction)) best = judged;
    },
    keep(trials, offered) {
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
