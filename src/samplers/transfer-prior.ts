/**
 * What earlier studies say of a configuration before the first trial, as a Gaussian process over scores.
 *
 * Notation: D earlier studies; f_d(x) the score of x in study d (its own where it was tried there, else the mean of a Gaussian process over
 * its trials); m(x) = Σ_d f_d(x) / (D + 1), the mean with one study of zeros added, so that few studies say little;
 * k(x, x′) = share · Σ_d (f_d(x) − m(x)) (f_d(x′) − m(x′)) / (D + 1) + (1 − share) √(v(x) v(x′)) c(x, x′),
 * v(x) = (1 + Σ_d (f_d(x) − m(x))²) / (D + 1), c = Matérn-5/2 over the unit cube times `otherChoice` for each choice that differs.
 *
 * Source: the mean and covariance of functions of one family as the prior of the next: Z. Wang, B. Kim, L. P. Kaelbling, "Regret bounds for meta Bayesian optimization
 * with an unknown Gaussian process prior", NeurIPS 2018, section 4. The second term, for what earlier studies do not tell, is added here.
 */
import { canonicalJson } from "../core/json.ts";
import type { EarlierStudy } from "../core/earlier-study.ts";
import type { Params, Space } from "../core/space.ts";
import { cholesky, packedLength, solveLower, solveUpper } from "../math/cholesky.ts";
import { exp } from "../math/elementary.ts";
import { dimensions } from "../space/dimensions.ts";
import { encode } from "../space/unit-cube.ts";

const share = 0.9;
const lengthScale = 0.3;
const otherChoice = 0.2;
/** Variance of the noise within an earlier study, in units of a score. */
const studyNoise = 0.01;
/** Trials of one study that its function is made from. */
const studyTrials = 256;

/** A configuration with all that the prior needs of it. */
export interface PriorPoint {
  readonly key: string;
  readonly params: Params;
  readonly unit: Float64Array;
  /** m(x). */
  readonly mean: number;
  /** f_d(x) − m(x). */
  readonly deviations: Float64Array;
  /** √v(x). */
  readonly spread: number;
}

export interface TransferPrior {
  /** Of a configuration of the space; each is computed once. */
  point(params: Params): PriorPoint;
  covariance(a: PriorPoint, b: PriorPoint): number;
}

/** The score of each trial, one a trial in order, for one objective. */
export type ScoresOf = (study: EarlierStudy) => readonly number[];

/** O(trials) at first, O(D · dimensions · trials) for a configuration that no study tried, O(studies' trials³) once for each study that is asked for one. */
export function transferPrior(space: Space, studies: readonly EarlierStudy[], scoresOf: ScoresOf): TransferPrior {
  const choices = dimensions(space).map(({ parameter }) => parameter.kind === "choice");
  const likeness = (a: Float64Array, b: Float64Array): number => matern(a, b, choices);
  const functions = studies.map((study) => studyFunction(space, study, { scores: scoresOf(study), likeness }));
  const points = new Map<string, PriorPoint>();

  function point(params: Params): PriorPoint {
    const key = canonicalJson(params);
    const known = points.get(key);
    if (known !== undefined) return known;
    const unit = encode(space, params);
    const deviations = Float64Array.from(functions, (score) => score(key, unit));
    let sum = 0;
    for (const score of deviations) sum += score;
    const mean = sum / (studies.length + 1);
    let squares = 1;
    for (let d = 0; d < deviations.length; d++) {
      const deviation = (deviations[d] as number) - mean;
      deviations[d] = deviation;
      squares += deviation * deviation;
    }
    const made = { key, params, unit, mean, deviations, spread: Math.sqrt(squares / (studies.length + 1)) };
    points.set(key, made);
    return made;
  }

  return {
    point,
    covariance(a, b) {
      let sum = 0;
      for (let d = 0; d < a.deviations.length; d++) sum += (a.deviations[d] as number) * (b.deviations[d] as number);
      return (share * sum) / (studies.length + 1) + (1 - share) * a.spread * b.spread * likeness(a.unit, b.unit);
    },
  };
}

/** The score of a configuration in one study. */
function studyFunction(
  space: Space,
  { trials }: EarlierStudy,
  { scores, likeness }: { readonly scores: readonly number[]; readonly likeness: (a: Float64Array, b: Float64Array) => number },
): (key: string, unit: Float64Array) => number {
  /** Repeats of one configuration count with their mean. */
  const seen = new Map<string, { readonly params: Params; sum: number; count: number }>();
  for (const [index, { params }] of trials.entries()) {
    const key = canonicalJson(params);
    const entry = seen.get(key) ?? { params, sum: 0, count: 0 };
    entry.sum += scores[index] as number;
    entry.count++;
    seen.set(key, entry);
  }
  let fitted: { readonly units: readonly Float64Array[]; readonly weights: Float64Array } | undefined;

  function fit(): { readonly units: readonly Float64Array[]; readonly weights: Float64Array } {
    const all = [...seen.values()];
    const step = Math.max(1, all.length / studyTrials);
    const kept = Array.from({ length: Math.min(all.length, studyTrials) }, (_, i) => all[Math.floor(i * step)] as (typeof all)[number]);
    const units = kept.map(({ params }) => encode(space, params));
    const n = units.length;
    const matrix = new Float64Array(packedLength(n));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        matrix[packedLength(i) + j] = likeness(units[i] as Float64Array, units[j] as Float64Array) + (i === j ? studyNoise : 0);
      }
    }
    cholesky(matrix, n);
    const weights = Float64Array.from(kept, ({ sum, count }) => sum / count);
    solveLower(matrix, n, weights);
    solveUpper(matrix, n, weights);
    return { units, weights };
  }

  return (key, unit) => {
    const own = seen.get(key);
    if (own !== undefined) return own.sum / own.count;
    fitted ??= fit();
    let score = 0;
    for (const [i, other] of fitted.units.entries()) score += (fitted.weights[i] as number) * likeness(unit, other);
    return score;
  };
}

/** Matérn-5/2 (C. E. Rasmussen, C. K. I. Williams, 2006, eq. 4.17) over the axes without choices. */
function matern(a: Float64Array, b: Float64Array, choices: readonly boolean[]): number {
  let squares = 0;
  let factor = 1;
  for (let i = 0; i < choices.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference === 0) continue;
    if (choices[i] === true) factor *= otherChoice;
    else squares += difference * difference;
  }
  const r = Math.sqrt(5 * squares) / lengthScale;
  return factor * (1 + r + (r * r) / 3) * exp(-r);
}
