import type { GainModel } from "../core/gain-model.ts";
import type { RunEnd } from "../core/records.ts";
import type { FinishedTrial, SamplerContext } from "../core/sampler.ts";
import { rng } from "../math/rng.ts";
import type { BestConfiguration } from "./best-outcome.ts";

/** The folds of a cross-validated study: how many there are, and the rows that one tests by those that it trains on. */
export interface FoldSizes {
  readonly count: number;
  readonly testShare: number;
}

export interface GainRuleOptions {
  readonly model: GainModel;
  readonly context: SamplerContext;
  /** No verdict before so many outcomes are visible. */
  readonly minTrials: number;
  readonly seed: number;
  /** null for a plain objective. */
  readonly folds: FoldSizes | null;
  /** A visible trial. */
  readonly trialOf: (trial: number) => FinishedTrial;
}

/** Ends a study where what may still be gained is less than noise lets see. */
export interface GainRule {
  /** Takes the next visible trial, and says why no further one is proposed; `configurations` has taken it too. */
  take(trial: number, configurations: BestConfiguration): RunEnd | undefined;
}

/** Three digits. */
function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/**
 * Asks the model after `minTrials` outcomes, then whenever there are a twentieth more: so when it is asked follows from the number of visible outcomes.
 *
 * What noise lets see is the error of the best configuration's value. With folds its standard error, corrected for training sets that overlap: s² (1/k + n_test / n_train) in place of
 * s² / k (C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52, 2003, doi 10.1023/A:1024068626366; A. Makarova et al., 2022, eq. 6).
 * Without folds s / √n by the repeats of configurations, and where nothing was repeated the noise that the model fits, which is about 0 where there is none.
 */
export function gainRule({ model, context, minTrials, seed, folds, trialOf }: GainRuleOptions): GainRule {
  let state = model.start(context);
  let due = minTrials;
  return {
    take(trial, configurations) {
      state = model.absorb(state, trialOf(trial));
      const visible = trial + 1;
      if (visible < due) return undefined;
      due = visible + Math.max(1, Math.floor(visible / 20));
      const { best, deviation } = configurations;
      const told = best === null ? undefined : model.bound(state, rng(seed).fork("gain", visible));
      if (best === null || told === undefined) return undefined;
      const noise =
        folds !== null && best.standardError !== null
          ? best.standardError * Math.sqrt(1 + folds.count * folds.testShare)
          : deviation === null
            ? told.noise
            : deviation / Math.sqrt(best.repeats);
      if (told.gain > noise) return undefined;
      const reason = `at most ${shown(told.gain)} is left to gain on trial ${best.trial}, less than its noise lets see (± ${shown(noise)})`;
      return { by: "noise", reason };
    },
  };
}
