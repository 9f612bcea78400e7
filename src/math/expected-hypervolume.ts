/**
 * The expected hypervolume improvement of independent normal values over a front, all objectives minimised; exact.
 *
 * Source: K. Yang, M. Emmerich, A. Deutz, T. Bäck, "Efficient computation of expected hypervolume improvement using box decomposition
 * algorithms", J. Global Optimization 75(1), 2019, doi 10.1007/s10898-019-00798-7. What no point dominates, below the reference, is cut into
 * boxes [l, u]; with Eⱼ(t) = E[(t − fⱼ)⁺] = σⱼ (φ(z) + z Φ(z)), z = (t − μⱼ)/σⱼ, the part of the improvement in a box has the
 * expectation Πⱼ (Eⱼ(uⱼ) − Eⱼ(lⱼ)), and Eⱼ(−∞) = 0. Here ∂E/∂μ = −Φ(z) and ∂E/∂σ = φ(z).
 */
import { exp } from "./elementary.ts";
import { logImprovement } from "./expected-improvement.ts";
import { normalCdf, normalPdf } from "./normal-distribution.ts";

/** Boxes that do not overlap, by their edges. */
export interface OpenBoxes {
  readonly objectives: number;
  /** By objective its distinct edges, ascending from −∞ to the reference. */
  readonly edges: readonly Float64Array[];
  readonly count: number;
  /** count × objectives, row-major: places in `edges`. */
  readonly lower: Int32Array;
  readonly upper: Int32Array;
}

/** The boxes between a front (rows of `objectives` values that do not dominate each other) and a reference: n + 1 for two objectives, at most about nᵐ⁻¹ / (m − 1)! for m. */
export function openBoxes(front: readonly ArrayLike<number>[], reference: ArrayLike<number>): OpenBoxes {
  const objectives = reference.length;
  const inside = front.filter((point) =>
    Array.from({ length: objectives }, (_, j) => j).every((j) => (point[j] as number) < (reference[j] as number)),
  );
  const edges = Array.from({ length: objectives }, (_, j) =>
    Float64Array.from(new Set([-Infinity, ...inside.map((point) => point[j] as number), reference[j] as number])).sort(),
  );
  // Each point by the places of its values.
  const places = inside.map((point) => edges.map((list, j) => list.indexOf(point[j] as number)));
  const lower: number[] = [];
  const upper: number[] = [];
  const last = edges.map((list) => list.length - 1);
  const cut = (points: readonly (readonly number[])[], m: number, low: readonly number[], high: readonly number[]): void => {
    if (m === 1) {
      const end = points.reduce((least, point) => Math.min(least, point[0] as number), last[0] as number);
      lower.push(0, ...low);
      upper.push(end, ...high);
      return;
    }
    // Slabs along the last objective; in each, what the points at or below its bottom leave open.
    const levels = [...new Set([0, ...points.map((point) => point[m - 1] as number)])].sort((a, b) => a - b);
    for (const [i, bottom] of levels.entries()) {
      const next = i + 1 < levels.length ? levels[i + 1] : last[m - 1];
      const top = next as number;
      const below = points.filter((point) => (point[m - 1] as number) <= bottom);
      // A point at −∞ leaves nothing.
      if (below.some((point) => point.slice(0, m - 1).every((place) => place === 0))) continue;
      cut(below, m - 1, [bottom, ...low], [top, ...high]);
    }
  };
  cut(places, objectives, [], []);
  return { objectives, edges, count: lower.length / objectives, lower: Int32Array.from(lower), upper: Int32Array.from(upper) };
}

/** Expectations at a point, and what they need; made once for many points. */
export interface ExpectedHypervolume {
  readonly boxes: OpenBoxes;
  /** Derivatives of the last improvement by each mean and deviation. */
  readonly byMean: Float64Array;
  readonly byDeviation: Float64Array;
  readonly scratch: {
    readonly value: readonly Float64Array[];
    readonly cdf: readonly Float64Array[];
    readonly pdf: readonly Float64Array[];
  };
}

export function expectedHypervolume(boxes: OpenBoxes): ExpectedHypervolume {
  const lists = (): Float64Array[] => boxes.edges.map((list) => new Float64Array(list.length));
  return {
    boxes,
    byMean: new Float64Array(boxes.objectives),
    byDeviation: new Float64Array(boxes.objectives),
    scratch: { value: lists(), cdf: lists(), pdf: lists() },
  };
}

/** The expected improvement for values N(meanⱼ, deviationⱼ²), deviations above 0; with `slopes` also its derivatives. O(boxes × m). */
export function improvementAt(
  expected: ExpectedHypervolume,
  mean: ArrayLike<number>,
  deviation: ArrayLike<number>,
  slopes: boolean,
): number {
  const { boxes, byMean, byDeviation, scratch } = expected;
  const { objectives: m, edges, count, lower, upper } = boxes;
  for (let j = 0; j < m; j++) {
    const list = edges[j] as Float64Array;
    const value = scratch.value[j] as Float64Array;
    const [mu, sigma] = [mean[j] as number, deviation[j] as number];
    // Place 0 is −∞, where all three are 0.
    for (let i = 1; i < list.length; i++) {
      const z = ((list[i] as number) - mu) / sigma;
      value[i] = sigma * exp(logImprovement(z));
      if (!slopes) continue;
      (scratch.cdf[j] as Float64Array)[i] = normalCdf(z);
      (scratch.pdf[j] as Float64Array)[i] = normalPdf(z);
    }
  }
  if (slopes) {
    byMean.fill(0);
    byDeviation.fill(0);
  }
  let sum = 0;
  for (let box = 0; box < count; box++) {
    const at = box * m;
    let volume = 1;
    for (let j = 0; j < m; j++) volume *= side(scratch.value[j] as Float64Array, lower[at + j] as number, upper[at + j] as number);
    sum += volume;
    if (!slopes) continue;
    for (let j = 0; j < m; j++) {
      let others = 1;
      for (let k = 0; k < m; k++) {
        if (k !== j) others *= side(scratch.value[k] as Float64Array, lower[at + k] as number, upper[at + k] as number);
      }
      const [low, high] = [lower[at + j] as number, upper[at + j] as number];
      byMean[j] = (byMean[j] as number) - others * side(scratch.cdf[j] as Float64Array, low, high);
      byDeviation[j] = (byDeviation[j] as number) + others * side(scratch.pdf[j] as Float64Array, low, high);
    }
  }
  return sum;
}

function side(list: Float64Array, low: number, high: number): number {
  return (list[high] as number) - (list[low] as number);
}
