import type { OfferedModel } from "../core/estimator.ts";
import type { Direction } from "../core/metric.ts";
import type { ModelRecord, OutcomeRecord } from "../core/records.ts";
import { beats, type JudgedTrial, judgedTrial } from "./best-outcome.ts";

/** Knows the best trial so far, and makes its model the one that the study keeps. */
export interface ModelKeeper {
  /** Takes outcomes of an earlier run. */
  restore(outcome: OutcomeRecord): void;
  /**
   * What is stored with these outcomes: the model of the one that is the best so far; null where it offers none, so that no other trial's stays;
   * undefined where none of them is.
   */
  keep(outcomes: readonly OutcomeRecord[], offered: (trial: number) => OfferedModel | undefined): ModelRecord | null | undefined;
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

  /** The outcome that is the best so far, if one of these is. */
  function better(outcomes: readonly OutcomeRecord[]): JudgedTrial | undefined {
    let found: JudgedTrial | undefined;
    for (const outcome of outcomes) {
      const judged = judgedTrial(outcome, metric);
      if (judged !== undefined && beats(judged, best, direction)) best = found = judged;
    }
    return found;
  }

  return {
    restore(outcome) {
      better([outcome]);
    },
    keep(outcomes, offered) {
      const found = better(outcomes);
      if (found === undefined) return undefined;
      const { trial } = found;
      const model = offered(trial);
      if (model === undefined) return null;
      if (model.bytes <= mostBytes) return { trial, json: JSON.stringify(model.json()) };
      note(`the model of trial ${trial} takes ${Math.ceil(model.bytes / 1e6)} MB, more than ${mostBytes / 1e6} MB, and is not kept`);
      return null;
    },
  };
}
