import type { OfferedModel } from "../core/estimator.ts";
import type { KnownOutcome, ModelRecord } from "../core/records.ts";
import type { Params } from "../core/space.ts";
import { type ChoiceRule, trialChoice } from "./trial-choice.ts";

/** Knows the configuration that the study reports so far, of whose first complete trial the study keeps the model. */
export interface ModelKeeper {
  /** Takes an outcome, of an earlier run too. */
  absorb(outcome: KnownOutcome, params: Params): void;
  /**
   * What is stored when the work on some trials ends, which offers models until then: that of the reported trial so far, where it is one of them; null
   * where none is offered, so that no other trial's stays; undefined where the reported one is not one of them.
   */
  keep(trials: { has(trial: number): boolean }, offered: (trial: number) => OfferedModel | undefined): ModelRecord | null | undefined;
}

/** Bytes of the largest model that is kept. */
const mostBytes = 64e6;

export interface ModelKeeperOptions extends ChoiceRule {
  /** Told to people, once each. */
  readonly note: (text: string) => void;
}

export function modelKeeper({ note, ...rule }: ModelKeeperOptions): ModelKeeper {
  const choice = trialChoice(rule);
  return {
    absorb: choice.absorb,
    keep(trials, offered) {
      const trial = choice.chosen()?.trial;
      if (trial === undefined || !trials.has(trial)) return undefined;
      const model = offered(trial);
      if (model === undefined) return null;
      if (model.bytes <= mostBytes) return { trial, json: JSON.stringify(model.json()) };
      note(`the model of trial ${trial} takes ${Math.ceil(model.bytes / 1e6)} MB, more than ${mostBytes / 1e6} MB, and is not kept`);
      return null;
    },
  };
}
