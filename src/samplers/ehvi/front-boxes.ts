/**
 * Where a front can still grow, as boxes for the expected hypervolume improvement. All on the processes' scales, minimised.
 *
 * The reference lies beyond the worst of all trials, not of the front, by a tenth of the range (after H. Ishibuchi, R. Imada, Y. Setoguchi,
 * Y. Nojima, "How to specify a reference point in hypervolume calculation", Evolutionary Computation 26(3), 2018, doi 10.1162/evco_a_00226): a
 * front that has drawn together, say at the best value of one objective, would hide all gain that lies far from it. So far out, though, the
 * least gain in one objective is worth a large volume, and with three objectives and more a search would stay at the corners; there, beyond
 * the front's end in an objective, only what betters the best of another by more than a hundredth of its range counts.
 */
import { type OpenBoxes, openBoxes } from "../../math/expected-hypervolume.ts";
import { crowdingDistances, paretoFront } from "../../math/pareto.ts";

/** Points of the front at most, by the number of objectives: the boxes of more would take longer than the processes. */
const mostFrontPoints = [0, 1, 100, 60, 16, 8];

/** Shares of an objective's range: a loss that does not matter, and a gain that does. */
const little = 0.01;
const much = 0.05;

/** `points`: at least one, of which some may be dominated; `worst`: of all trials, by objective. */
export function frontBoxes(points: readonly Float64Array[], worst: readonly number[]): OpenBoxes {
  const m = worst.length;
  const front = thinned(nonDominated(points, m), m);
  const best = worst.map((_, j) => front.reduce((least, point) => Math.min(least, point[j] as number), Infinity));
  const far = worst.map((value, j) => front.reduce((most, point) => Math.max(most, point[j] as number), value));
  const range = far.map((value, j) => (value > (best[j] as number) ? value - (best[j] as number) : 1));
  const reference = far.map((value, j) => value + 0.1 * (range[j] as number));
  return openBoxes(m < 3 ? front : nonDominated([...front, ...ends(front, best, range)], m), reference);
}

/** For each objective a point at its worst value on the front that is a little better than the best in every other. */
function ends(front: readonly Float64Array[], best: readonly number[], range: readonly number[]): readonly Float64Array[] {
  // Without points that another betters much somewhere, and is hardly worse than anywhere.
  const core = front.filter((point) => {
    return !front.some((other) => {
      const gains = range.map((one, j) => ((point[j] as number) - (other[j] as number)) / one);
      return gains.every((gain) => gain >= -little) && gains.some((gain) => gain > much);
    });
  });
  if (core.length === 0) return [];
  return best.map((_, k) => {
    const end = core.reduce((most, point) => Math.max(most, point[k] as number), -Infinity);
    return Float64Array.from(best, (value, j) => (j === k ? end : value - little * (range[j] as number)));
  });
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
