/**
 * How much a configuration promises for the front: the logarithm of the expected hypervolume improvement, plus that of the
 * probability that the outcome constraints hold.
 *
 * Sources: K. Yang, M. Emmerich, A. Deutz, T. Bäck, J. Global Optimization 75(1), 2019, doi 10.1007/s10898-019-00798-7 (the improvement);
 * H. Ishibuchi, R. Imada, Y. Setoguchi, Y. Nojima, "How to specify a reference point in hypervolume calculation", Evolutionary Computation 26(3),
 * 2018, doi 10.1162/evco_a_00226 (the reference: somewhat beyond the worst values, by a tenth of the range).
 */
import { exp, log } from "../../math/elementary.ts";
import { type ExpectedHypervolume, expectedHypervolume, improvementAt, openBoxes } from "../../math/expected-hypervolume.ts";
import { normalLogCdf, normalLogPdf } from "../../math/normal-distribution.ts";
import { crowdingDistances, paretoFront } from "../../math/pareto.ts";
import type { Promising } from "../gp/acquisition-search.ts";
import type { FeaturePoint } from "../gp/feature-space.ts";
import { type Posterior, predict, predictSlopes } from "../gp/posterior.ts";
import type { Surrogate } from "../gp/surrogate.ts";

/** Points of the front at most, by the number of objectives: the boxes of more would take longer than the processes. */
const mostFrontPoints = [0, 1, 100, 24, 10, 6];

export interface FrontAcquisition extends Promising {
  readonly posteriors: readonly Posterior[];
}

/** `points`: on the processes' scales, those that may be on the front; without one, only the constraints count. */
export function frontAcquisition(
  posteriors: readonly Posterior[],
  points: readonly Float64Array[],
  constraints: readonly Surrogate[],
): FrontAcquisition {
  const expected = points.length === 0 ? null : improvementOver(points, posteriors);
  const mean = new Float64Array(posteriors.length);
  const deviation = new Float64Array(posteriors.length);
  const read = (): void => {
    for (let j = 0; j < posteriors.length; j++) {
      mean[j] = (posteriors[j] as Posterior).mean;
      deviation[j] = (posteriors[j] as Posterior).deviation;
    }
  };
  return {
    posteriors,
    at(point: FeaturePoint): number {
      let sum = 0;
      if (expected !== null) {
        for (const posterior of posteriors) predict(posterior, point);
        read();
        sum = log(improvementAt(expected, mean, deviation, false));
      }
      for (const { posterior, zero } of constraints) {
        predict(posterior, point);
        sum += normalLogCdf((zero - posterior.mean) / posterior.deviation);
      }
      return sum;
    },
    slopesAt(point: FeaturePoint, wanted: readonly number[], slopes: Float64Array): number {
      slopes.fill(0);
      let sum = 0;
      if (expected !== null) {
        for (const posterior of posteriors) predictSlopes(posterior, point, wanted);
        read();
        const improvement = improvementAt(expected, mean, deviation, true);
        // Where the improvement underflows there is no way to climb.
        if (!(improvement > 0)) return -1e4;
        sum = log(improvement);
        for (const [j, posterior] of posteriors.entries()) {
          add(slopes, posterior, (expected.byMean[j] as number) / improvement, (expected.byDeviation[j] as number) / improvement);
        }
      }
      for (const { posterior, zero } of constraints) {
        predictSlopes(posterior, point, wanted);
        const z = (zero - posterior.mean) / posterior.deviation;
        const probability = normalLogCdf(z);
        sum += probability;
        const ratio = exp(normalLogPdf(z) - probability) / posterior.deviation;
        add(slopes, posterior, -ratio, -ratio * z);
      }
      return sum;
    },
  };
}

/**
 * The reference lies beyond the worst of all trials, not of the front: a front that has drawn together, say at the best value of one
 * objective, would hide all gain that lies far from it.
 */
function improvementOver(points: readonly Float64Array[], posteriors: readonly Posterior[]): ExpectedHypervolume {
  const m = posteriors.length;
  const front = thinned(nonDominated(points, m), m);
  const reference = posteriors.map(({ y, count }, j) => {
    const best = Math.min(...front.map((point) => point[j] as number));
    let worst = Math.max(...front.map((point) => point[j] as number));
    for (let i = 0; i < count; i++) worst = Math.max(worst, y[i] as number);
    return worst + 0.1 * (worst > best ? worst - best : 1);
  });
  return expectedHypervolume(openBoxes(front, reference));
}

function nonDominated(points: readonly Float64Array[], m: number): readonly Float64Array[] {
  const all = Float64Array.from(points.flatMap((point) => [...point]));
  return paretoFront(all, m).map((index) => points[index] as Float64Array);
}

/** Without the most crowded, one after the other, where there are too many. */
function thinned(front: readonly Float64Array[], m: number): readonly Float64Array[] {
  const most = mostFrontPoints[m] ?? 6;
  const kept = [...front];
  while (kept.length > most) {
    const all = Float64Array.from(kept.flatMap((point) => [...point]));
    const distances = crowdingDistances(all, m, [...kept.keys()]);
    let least = 0;
    for (let i = 1; i < kept.length; i++) if ((distances[i] as number) < (distances[least] as number)) least = i;
    kept.splice(least, 1);
  }
  return kept;
}

function add(slopes: Float64Array, { meanSlopes, deviationSlopes }: Posterior, byMean: number, byDeviation: number): void {
  for (let w = 0; w < slopes.length; w++) {
    slopes[w] = (slopes[w] as number) + byMean * (meanSlopes[w] as number) + byDeviation * (deviationSlopes[w] as number);
  }
}
