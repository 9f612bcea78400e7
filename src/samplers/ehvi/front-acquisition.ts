/**
 * How much a configuration promises for the front: the logarithm of the expected hypervolume improvement, plus that of the
 * probability that the outcome constraints hold.
 *
 * Source: K. Yang, M. Emmerich, A. Deutz, T. Bäck, J. Global Optimization 75(1), 2019, doi 10.1007/s10898-019-00798-7 (the improvement).
 */
import { log } from "../../math/elementary.ts";
import { type ExpectedHypervolume, expectedHypervolume, improvementAt } from "../../math/expected-hypervolume.ts";
import type { Promising } from "../gp/acquisition-search.ts";
import { addFeasibilitySlopes, addSlopes, logFeasibility } from "../gp/feasibility.ts";
import type { FeaturePoint } from "../gp/feature-space.ts";
import { type Posterior, predict, predictSlopes } from "../gp/posterior.ts";
import type { Surrogate } from "../gp/surrogate.ts";
import { frontBoxes } from "./front-boxes.ts";

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
      sum += logFeasibility(constraints, point);
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
          addSlopes(slopes, posterior, (expected.byMean[j] as number) / improvement, (expected.byDeviation[j] as number) / improvement);
        }
      }
      sum += addFeasibilitySlopes(constraints, point, wanted, slopes);
      return sum;
    },
  };
}

function improvementOver(points: readonly Float64Array[], posteriors: readonly Posterior[]): ExpectedHypervolume {
  const worst = posteriors.map(({ y, count }) => y.subarray(0, count).reduce((most, value) => Math.max(most, value), -Infinity));
  return expectedHypervolume(frontBoxes(points, worst));
}
