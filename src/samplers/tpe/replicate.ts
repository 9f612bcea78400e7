import type { Params } from "../../core/space.ts";
import { log } from "../../math/elementary.ts";
import { gridIndex } from "../../space/grid-index.ts";
import { gridParams } from "../../space/space-grid.ts";
import type { CellRecord, History } from "./history.ts";

/** What to try where a finite space is spent. */
export interface Replicate {
  readonly params: Params;
  /** Its first trial; left out where that still runs. */
  readonly repeatOf?: number;
  readonly why: string;
}

/**
 * Every configuration has finished or runs: the one that is worth another look is that whose mean may be the lowest, mean − s √(2 ln N / k) of its
 * k values (P. Auer, N. Cesa-Bianchi, P. Fischer, "Finite-time analysis of the multiarmed bandit problem", Machine Learning 47, 2002, UCB1, with the noise s in
 * place of the range). s comes from repeats, else from standard errors, else it is the spread between configurations; what runs counts in k. O(cells).
 */
export function replicate({ tree, cells }: History, pending: readonly Params[]): Replicate {
  const running = new Map<number, number>();
  for (const params of pending) {
    const cell = gridIndex(tree.space, params);
    running.set(cell, (running.get(cell) ?? 0) + 1);
  }
  const known = [...cells].sort(([a], [b]) => a - b);
  const valued = known.filter(([, { values }]) => values > 0);
  const noise = noiseOf(valued.map(([, record]) => record));
  const looks = valued.reduce((sum, [, { trials }]) => sum + trials, 0) + pending.length;
  const spoken = ([cell, { trials }]: readonly [number, CellRecord]): number => trials + (running.get(cell) ?? 0);
  const promise = (one: readonly [number, CellRecord]): number => one[1].mean - noise * Math.sqrt((2 * log(looks + 1)) / spoken(one));
  let best: readonly [number, CellRecord] | undefined;
  for (const one of valued) if (best === undefined || promise(one) < promise(best)) best = one;
  if (best !== undefined) {
    const [cell, { values, first }] = best;
    const many = values === 1 ? "1 value" : `${values} values`;
    return {
      params: gridParams(tree.space, cell),
      repeatOf: first,
      why: `every configuration is tried: repeats the one whose mean may be best (${many})`,
    };
  }
  // Nothing has a value: what was tried, or runs, least often.
  const counts = new Map(running);
  for (const [cell, { trials }] of known) counts.set(cell, (counts.get(cell) ?? 0) + trials);
  const [least] = [...counts].sort(([a, m], [b, n]) => m - n || a - b);
  return { params: gridParams(tree.space, least?.[0] ?? 0), why: "every configuration is tried or runs: repeats one" };
}

function noiseOf(records: readonly CellRecord[]): number {
  const spare = records.reduce((sum, { values }) => sum + values - 1, 0);
  if (spare > 0) return Math.sqrt(records.reduce((sum, { squares }) => sum + squares, 0) / spare);
  const told = records.filter(({ standardError }) => standardError > 0);
  if (told.length > 0) return Math.sqrt(told.reduce((sum, { standardError }) => sum + standardError * standardError, 0) / told.length);
  const finite = records.filter(({ mean }) => Number.isFinite(mean));
  if (finite.length < 2) return 0;
  const middle = finite.reduce((sum, { mean }) => sum + mean, 0) / finite.length;
  return Math.sqrt(finite.reduce((sum, { mean }) => sum + (mean - middle) * (mean - middle), 0) / (finite.length - 1));
}
