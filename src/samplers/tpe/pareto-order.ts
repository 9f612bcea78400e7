/**
 * The order of trials under several objectives: by non-dominated rank; within a rank by what each adds to the hypervolume.
 *
 * Source: Y. Ozaki, Y. Tanigaki, S. Watanabe, M. Nomura, M. Onishi, "Multiobjective tree-structured Parzen estimator", J. Artificial Intelligence
 * Research 73, 2022, doi 10.1613/jair.1.13188.
 */
import { hypervolumeContributions } from "../../math/hypervolume.ts";
import { crowdingDistances, nonDominatedRanks } from "../../math/pareto.ts";

interface Judged {
  readonly classes: readonly number[];
  readonly keys: readonly number[];
  readonly objectives: readonly (readonly number[])[];
}

/** From four objectives on, and in larger ranks, distances to neighbours stand for hypervolumes, whose cost grows fast. */
const mostObjectives = 3;
const mostMembers = 128;

/** The best `wanted` trials, best first. O(n log n) for two objectives. */
export function rankObjectives({ classes, keys, objectives }: Judged, wanted: number): readonly number[] {
  const m = objectives[0]?.length ?? 0;
  const valued = classes.flatMap((one, id) => (one === 0 ? [id] : []));
  const points = new Float64Array(valued.length * m);
  for (const [i, id] of valued.entries()) points.set(objectives[id] ?? [], i * m);
  const ranks = nonDominatedRanks(points, m);
  const fronts: number[][] = [];
  for (const [i, rank] of ranks.entries()) (fronts[rank] ??= []).push(i);
  const order: number[] = [];
  for (const front of fronts) {
    if (order.length >= wanted) break;
    order.push(...spread(points, m, front).map((i) => valued[i] as number));
  }
  // What violates a constraint comes after all that does not, the least violation first.
  const rest = classes.flatMap((one, id) => (one > 0 ? [id] : []));
  rest.sort((a, b) => (classes[a] as number) - (classes[b] as number) || (keys[a] as number) - (keys[b] as number) || a - b);
  return [...order, ...rest].slice(0, wanted);
}

/** A rank's members, those first that add most. */
function spread(points: Float64Array, m: number, members: readonly number[]): readonly number[] {
  const own = new Float64Array(members.length * m);
  for (const [i, member] of members.entries()) own.set(points.subarray(member * m, (member + 1) * m), i * m);
  const gains =
    m > mostObjectives || members.length > mostMembers
      ? crowdingDistances(
          own,
          m,
          members.map((_, i) => i),
        )
      : hypervolumeContributions(own, referenceOf(own, m));
  const order = members.map((_, i) => i).sort((a, b) => compare(gains[b] as number, gains[a] as number) || a - b);
  return order.map((i) => members[i] as number);
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A tenth of the range beyond the worst of each objective, so that the ends of a front count. */
function referenceOf(points: Float64Array, m: number): Float64Array {
  const worst = new Float64Array(m).fill(-Infinity);
  const best = new Float64Array(m).fill(Infinity);
  for (const [i, value] of points.entries()) {
    if (!Number.isFinite(value)) continue;
    worst[i % m] = Math.max(worst[i % m] as number, value);
    best[i % m] = Math.min(best[i % m] as number, value);
  }
  return worst.map((high, j) => {
    const range = high - (best[j] as number);
    return high + (range > 0 ? 0.1 * range : 0.1 * Math.max(1e-12, Math.abs(high)));
  });
}
