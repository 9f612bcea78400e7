import { quantileSorted } from "simple-statistics";
import type { Direction } from "../core/metric.ts";
import type { Rng } from "../math/rng.ts";

/**
 * Bootstrap bias-corrected cross-validation (BBC-CV): what the configuration that a search picks is worth, with the picking repeated.
 *
 * The value of the best of many configurations is too good, since it was picked for it. Each resample draws as many rows (or groups) as
 * there are, with replacement; picks the configuration with the best value on the drawn rows by the study's own rule; and takes that one's value on
 * the rows that were not drawn, which had no part in the picking. The mean of these values is the estimate, their quantiles the interval.
 * No model is fitted. Source: I. Tsamardinos, E. Greasidou, G. Borboudakis, "Bootstrapping the out-of-sample predictions for efficient and
 * accurate cross-validation", Machine Learning 107, 2018, doi 10.1007/s10994-018-5714-4 (algorithm 3).
 */
export interface Selection {
  readonly direction: Direction;
  /** In the order in which ties are broken. */
  readonly candidates: readonly Candidate[];
  /** By entry (a prediction of a tested row): what is drawn with it, a row or a group, from 0 to `unitCount` − 1. */
  readonly units: Int32Array;
  readonly unitCount: number;
  readonly starts: FoldStarts;
  /** One an entry, or null for equal weights. */
  readonly weights: Float64Array | null;
  readonly resamples: number;
}

/** Where the entries of each fold begin: fold f has those from `starts[f]` to `starts[f + 1]` − 1. */
export type FoldStarts = readonly number[];

/**
 * A configuration, judged on some of the entries: `shares[e]` is the entry's weight, 0 for one that is left out, and `weights[f]` their sum over fold f.
 * NaN where it can't be.
 */
export interface Candidate {
  /** As the study judges a trial. */
  picked(shares: Float64Array, weights: Float64Array): number;
  /** As it is reported. */
  reported(shares: Float64Array, weights: Float64Array): number;
}

export interface SelectionEstimate {
  readonly value: number;
  /** Quantiles of the resamples' values, 2.5 % and 97.5 %. */
  readonly low: number;
  readonly high: number;
}

/** null where no resample has a value. O(resamples · candidates · entries). */
export function selectionEstimate(selection: Selection, stream: Rng): SelectionEstimate | null {
  const { units, unitCount, weights, starts, resamples } = selection;
  const drawn = new Uint32Array(unitCount);
  const inside = new Float64Array(units.length);
  const outside = new Float64Array(units.length);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    drawn.fill(0);
    for (let draw = 0; draw < unitCount; draw++) {
      const unit = stream.below(unitCount);
      drawn[unit] = (drawn[unit] as number) + 1;
    }
    for (let entry = 0; entry < units.length; entry++) {
      const weight = weights === null ? 1 : (weights[entry] as number);
      const count = drawn[units[entry] as number] as number;
      inside[entry] = count * weight;
      outside[entry] = count === 0 ? weight : 0;
    }
    const value = pick(selection, inside)?.reported(outside, foldSums(outside, starts)) ?? Number.NaN;
    if (!Number.isNaN(value)) values.push(value);
  }
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  const sorted = values.sort((a, b) => a - b);
  return { value: sum / values.length, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975) };
}

/** The best on these entries; ties go to the first. */
function pick({ candidates, direction, starts }: Selection, shares: Float64Array): Candidate | undefined {
  const weights = foldSums(shares, starts);
  let best: Candidate | undefined;
  let bestScore = Number.NaN;
  for (const candidate of candidates) {
    const value = candidate.picked(shares, weights);
    const score = direction === "maximize" ? value : -value;
    if (Number.isNaN(score) || !(best === undefined || score > bestScore)) continue;
    best = candidate;
    bestScore = score;
  }
  return best;
}

function foldSums(shares: Float64Array, starts: FoldStarts): Float64Array {
  const sums = new Float64Array(starts.length - 1);
  for (let fold = 0; fold < sums.length; fold++) {
    let sum = 0;
    const end = starts[fold + 1] as number;
    for (let entry = starts[fold] as number; entry < end; entry++) sum += shares[entry] as number;
    sums[fold] = sum;
  }
  return sums;
}
