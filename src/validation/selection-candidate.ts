import type { Metric, MetricInput } from "../core/metric.ts";
import type { Candidate, FoldStarts } from "./selection-estimate.ts";

/**
 * A configuration whose metric is the mean of one number a row. It is picked by the mean over folds of the fold's (weighted) mean, as trials are, and
 * reported over all rows alike.
 */
export function rowMeanCandidate(scores: Float32Array, starts: FoldStarts): Candidate {
  const folds = starts.length - 1;
  return {
    picked(shares, weights) {
      let sum = 0;
      let judged = 0;
      for (let fold = 0; fold < folds; fold++) {
        const weight = weights[fold] as number;
        if (weight === 0) continue;
        sum += product(shares, scores, starts[fold] as number, starts[fold + 1] as number) / weight;
        judged++;
      }
      return sum / judged;
    },
    reported(shares, weights) {
      let weight = 0;
      for (const one of weights) weight += one;
      return product(shares, scores, 0, scores.length) / weight;
    },
  };
}

/** Σ a·b from `start` to `end` − 1. Four sums at once: a single one would wait for each addition. */
function product(a: Float64Array, b: Float32Array, start: number, end: number): number {
  let [one, two, three, four] = [0, 0, 0, 0];
  let at = start;
  for (; at + 3 < end; at += 4) {
    one += (a[at] as number) * (b[at] as number);
    two += (a[at + 1] as number) * (b[at + 1] as number);
    three += (a[at + 2] as number) * (b[at + 2] as number);
    four += (a[at + 3] as number) * (b[at + 3] as number);
  }
  for (; at < end; at++) one += (a[at] as number) * (b[at] as number);
  return one + two + (three + four);
}

/** Rows left out of a resample that a fold must have on average, for the mean over folds to be reported; below, all folds are judged as one. */
const fewestRows = 20;

/** A configuration under any metric: mean over the folds where it is defined. */
export function metricCandidate(metric: Metric, folds: readonly MetricInput[], starts: FoldStarts): Candidate {
  const entries = starts.at(-1) ?? 0;
  const meanOver = (shares: Float64Array): number => {
    let sum = 0;
    let judged = 0;
    for (const [fold, input] of folds.entries()) {
      const value = metric.evaluate(weighted(input, shares.subarray(starts[fold], starts[fold + 1])));
      if (Number.isNaN(value)) continue;
      sum += value;
      judged++;
    }
    return sum / judged;
  };
  // A resample leaves (1 − 1/n)ⁿ ≈ e⁻¹ of the rows out.
  if ((0.368 * entries) / folds.length >= fewestRows) return { picked: meanOver, reported: meanOver };
  const whole = joined(folds);
  return { picked: meanOver, reported: (shares) => metric.evaluate(weighted(whole, shares)) };
}

/** The rows with a weight above 0, with these weights. */
function weighted(input: MetricInput, shares: Float64Array): MetricInput {
  let count = 0;
  for (const share of shares) if (share > 0) count++;
  const width = input.scores === null ? 0 : input.scores.length / input.truth.length;
  const truth = input.truth instanceof Int32Array ? new Int32Array(count) : new Float64Array(count);
  const predicted = new Float64Array(count);
  const weights = new Float64Array(count);
  const scores = input.scores === null ? null : new Float64Array(count * width);
  let place = 0;
  for (let row = 0; row < shares.length; row++) {
    const share = shares[row] as number;
    if (share === 0) continue;
    truth[place] = input.truth[row] as number;
    predicted[place] = input.predicted[row] as number;
    weights[place] = share;
    for (let c = 0; c < width; c++) (scores as Float64Array)[place * width + c] = (input.scores as Float64Array)[row * width + c] as number;
    place++;
  }
  return { truth, predicted, weights, scores, classCount: input.classCount };
}

function joined(folds: readonly MetricInput[]): MetricInput {
  const [first] = folds;
  const flat = (part: (input: MetricInput) => ArrayLike<number>): number[] => folds.flatMap((input) => Array.from(part(input)));
  return {
    truth: first?.truth instanceof Int32Array ? Int32Array.from(flat(({ truth }) => truth)) : Float64Array.from(flat(({ truth }) => truth)),
    predicted: Float64Array.from(flat(({ predicted }) => predicted)),
    scores: first?.scores == null ? null : Float64Array.from(flat(({ scores }) => scores ?? [])),
    weights: null,
    classCount: first?.classCount ?? 0,
  };
}
