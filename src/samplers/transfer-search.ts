/**
 * The search among configurations of earlier studies, for one objective to be minimised.
 *
 * The first proposals are a portfolio: each is the configuration that lowers the mean over studies of the best score of the portfolio most (M. Wistuba, N. Schilling,
 * L. Schmidt-Thieme, "Sequential model-free hyperparameter tuning", ICDM 2015). Then the one with the most expected improvement under the prior of `transfer-prior.ts` given the
 * own trials, whose values are y = a + b z for scores z with unknown a and b > 0: normal priors of a and ln b come from
 * the earlier studies' centres and scales; b is the most likely of a list, a its posterior mean given b. Trials that still run stand at their expected score.
 */
import type { EarlierStudy } from "../core/earlier-study.ts";
import { canonicalJson } from "../core/json.ts";
import type { Params, Space } from "../core/space.ts";
import { cholesky, packedLength, solveLower, solveUpper } from "../math/cholesky.ts";
import { exp, log } from "../math/elementary.ts";
import { logImprovement } from "../math/expected-improvement.ts";
import { type PriorPoint, type ScoresOf, transferPrior } from "./transfer-prior.ts";

/** Trials of the portfolio. */
const portfolioSize = 3;
/** Configurations that are looked at; of more, the best of each study in turn. */
const mostCandidates = 1500;
/** Variance of own scores about the process. */
const noise = 0.03;
const worstScore = 2;
/** Scales that are tried: exp of the mean of ln b ± 2.5 standard deviations. */
const scaleSteps = 20;

/** An own trial: its value to be minimised; null where it is worth nothing, undefined where nothing is known. */
export interface Seen {
  readonly params: Params;
  readonly value: number | null | undefined;
}

export interface TransferSearch {
  /** The next configuration; undefined where all are trials already. Depends on its arguments alone. */
  next(
    seen: readonly Seen[],
    pending: readonly Params[],
  ): { readonly params: Params; readonly by: "portfolio" | "improvement" } | undefined;
}

export interface TransferOptions {
  readonly scoresOf: ScoresOf;
  /** One a study, of values to be minimised. */
  readonly scales: readonly { readonly centre: number; readonly scale: number }[];
  readonly feasible: (params: Params) => boolean;
}

export function transferSearch(
  space: Space,
  studies: readonly EarlierStudy[],
  { scoresOf, scales, feasible }: TransferOptions,
): TransferSearch {
  const prior = transferPrior(space, studies, scoresOf);
  const candidates = candidatesOf(studies, scoresOf, feasible).map(prior.point);
  const affine = affinePrior(scales);

  function improvement(seen: readonly Seen[], pending: readonly PriorPoint[], open: readonly PriorPoint[]): PriorPoint | undefined {
    const told = seen
      .filter(({ value }) => typeof value === "number")
      .map(({ params, value }) => ({ point: prior.point(params), value: value as number }));
    const lost = seen.filter(({ value }) => value === null).map(({ params }) => prior.point(params));
    const unknown = [...pending, ...seen.filter(({ value }) => value === undefined).map(({ params }) => prior.point(params))];
    const points = [...told.map(({ point }) => point), ...lost, ...unknown];
    const factor = factorOf(points, prior.covariance);
    const { a, b } = likeliest(told, factor, affine);
    const residuals = new Float64Array(points.length);
    let best = Infinity;
    for (const [i, { point, value }] of told.entries()) {
      const score = Math.min(worstScore, (value - a) / b);
      best = Math.min(best, score);
      residuals[i] = score - point.mean;
    }
    for (const [i, point] of lost.entries()) residuals[told.length + i] = worstScore - point.mean;
    // The factor grows by rows, so those before the unknown ones are that of the known points alone.
    const known = told.length + lost.length;
    const weights = residuals.slice(0, known);
    solveLower(factor, known, weights);
    solveUpper(factor, known, weights);
    for (const [i, point] of unknown.entries()) residuals[known + i] = expected(point, points, weights, prior.covariance);
    const all = residuals.slice();
    solveLower(factor, points.length, all);
    solveUpper(factor, points.length, all);
    let found: PriorPoint | undefined;
    let most = -Infinity;
    const cross = new Float64Array(points.length);
    for (const candidate of open) {
      let mean = candidate.mean;
      for (let i = 0; i < points.length; i++) {
        cross[i] = prior.covariance(candidate, points[i] as PriorPoint);
        mean += (cross[i] as number) * (all[i] as number);
      }
      solveLower(factor, points.length, cross);
      let variance = prior.covariance(candidate, candidate);
      for (let i = 0; i < points.length; i++) variance -= (cross[i] as number) ** 2;
      const deviation = Math.sqrt(Math.max(1e-12, variance));
      const gain = log(deviation) + logImprovement((best - mean) / deviation);
      if (gain > most) {
        most = gain;
        found = candidate;
      }
    }
    return found;
  }

  return {
    next(seen, pending) {
      const running = pending.map(prior.point);
      const taken = new Set([...seen.map(({ params }) => prior.point(params).key), ...running.map(({ key }) => key)]);
      const open = candidates.filter(({ key }) => !taken.has(key));
      const told = seen.some(({ value }) => typeof value === "number");
      const byPortfolio = !told || taken.size < portfolioSize;
      const tried = byPortfolio ? [...seen.map(({ params }) => prior.point(params)), ...running] : [];
      const found = byPortfolio ? nextOfPortfolio(open, tried) : improvement(seen, running, open);
      return found && { params: found.params, by: byPortfolio ? "portfolio" : "improvement" };
    },
  };
}

/** Distinct configurations that the rules allow, in the order of the studies. */
function candidatesOf(studies: readonly EarlierStudy[], scoresOf: ScoresOf, feasible: (params: Params) => boolean): readonly Params[] {
  const queues = studies.map((study) => {
    const scores = scoresOf(study);
    const order = study.trials.map((_, index) => index).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
    return order.map((index) => (study.trials[index] as EarlierStudy["trials"][number]).params);
  });
  const found = new Map<string, Params>();
  const longest = Math.max(...queues.map((queue) => queue.length));
  for (let place = 0; place < longest; place++) {
    for (const queue of queues) {
      const params = queue[place];
      if (params === undefined || found.size >= mostCandidates) continue;
      const key = canonicalJson(params);
      if (!found.has(key) && feasible(params)) found.set(key, params);
    }
  }
  return [...found.values()];
}

/** The candidate that lowers Σ_d min over the portfolio of f_d most. */
function nextOfPortfolio(open: readonly PriorPoint[], tried: readonly PriorPoint[]): PriorPoint | undefined {
  let found: PriorPoint | undefined;
  let least = Infinity;
  const best = new Float64Array(open[0]?.deviations.length ?? 0).fill(Infinity);
  for (const { mean, deviations } of tried) {
    for (let d = 0; d < best.length; d++) best[d] = Math.min(best[d] as number, mean + (deviations[d] as number));
  }
  for (const candidate of open) {
    let sum = 0;
    for (let d = 0; d < best.length; d++) sum += Math.min(best[d] as number, candidate.mean + (candidate.deviations[d] as number));
    if (sum < least) {
      least = sum;
      found = candidate;
    }
  }
  return found;
}

function factorOf(points: readonly PriorPoint[], covariance: (a: PriorPoint, b: PriorPoint) => number): Float64Array {
  const matrix = new Float64Array(packedLength(points.length));
  for (const [i, point] of points.entries()) {
    for (let j = 0; j <= i; j++) matrix[packedLength(i) + j] = covariance(point, points[j] as PriorPoint) + (i === j ? noise : 0);
  }
  cholesky(matrix, points.length);
  return matrix;
}

/** The expected residual of a point given the weights of those known. */
function expected(
  point: PriorPoint,
  points: readonly PriorPoint[],
  weights: Float64Array,
  covariance: (a: PriorPoint, b: PriorPoint) => number,
): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * covariance(point, points[i] as PriorPoint);
  return sum;
}

interface AffinePrior {
  readonly centre: number;
  readonly centreSpread: number;
  readonly logScale: number;
  readonly logScaleSpread: number;
}

function affinePrior(scales: readonly { readonly centre: number; readonly scale: number }[]): AffinePrior {
  const [centre, centreDeviation] = moments(scales.map((one) => one.centre));
  const [logScale, logScaleDeviation] = moments(scales.map(({ scale }) => log(scale)));
  return { centre, centreSpread: Math.max(centreDeviation, exp(logScale)), logScale, logScaleSpread: Math.max(logScaleDeviation, 0.5) };
}

function moments(values: readonly number[]): readonly [mean: number, deviation: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
}

/** a and b of y = a + b z: with W = L⁻¹ (y − b m) / b and e = L⁻¹ 1 / b, the posterior of a given b is normal. */
function likeliest(
  told: readonly { readonly point: PriorPoint; readonly value: number }[],
  factor: Float64Array,
  { centre, centreSpread, logScale, logScaleSpread }: AffinePrior,
): { readonly a: number; readonly b: number } {
  const n = told.length;
  const ones = new Float64Array(n).fill(1);
  solveLower(factor, n, ones);
  const residuals = new Float64Array(n);
  let found = { a: centre, b: exp(logScale), likelihood: -Infinity };
  for (let step = 0; step <= scaleSteps; step++) {
    const offset = 5 * (step / scaleSteps - 0.5);
    const b = exp(logScale + offset * logScaleSpread);
    for (const [i, { point, value }] of told.entries()) residuals[i] = (value - b * point.mean) / b;
    solveLower(factor, n, residuals);
    let precision = 1 / centreSpread ** 2;
    let moment = centre / centreSpread ** 2;
    for (let i = 0; i < n; i++) {
      const one = (ones[i] as number) / b;
      precision += one * one;
      moment += one * (residuals[i] as number);
    }
    const a = moment / precision;
    let squares = ((a - centre) / centreSpread) ** 2 + offset * offset;
    for (let i = 0; i < n; i++) squares += ((residuals[i] as number) - (a * (ones[i] as number)) / b) ** 2;
    const likelihood = -0.5 * (squares + log(precision)) - n * log(b);
    if (likelihood > found.likelihood) found = { a, b, likelihood };
  }
  return found;
}
