import type { Direction } from "../../core/metric.ts";
import type { FinishedTrial, SamplerContext } from "../../core/sampler.ts";
import { log } from "../../math/elementary.ts";
import { gridIndex } from "../../space/grid-index.ts";
import { spaceSize } from "../../space/space-grid.ts";
import { Crowd } from "./crowd.ts";
import { rankObjectives } from "./pareto-order.ts";
import { codesOf, type TreeSpace, treeSpace } from "./tree-space.ts";

/** How a trial is judged: lower classes are better, whatever the values within. */
const judged = 0;
const violating = 1;
const withoutValue = 2;

/** What is known of the finished trials, in the order of their numbers; all of it follows from the trials alone. */
export interface History {
  readonly tree: TreeSpace;
  readonly directions: readonly Direction[];
  /** How many configurations there are; null where there is no end of them, or too many to number. */
  readonly size: number | null;
  /** What has finished, by place in the grid (a finite space only). */
  readonly cells: Map<number, CellRecord>;
  /** Of trials. */
  count: number;
  /** Codes, trial by trial. */
  readonly codes: Float64Array[];
  /** By trial: its class, and what it is ordered by within (one objective; minimised). */
  readonly classes: number[];
  readonly keys: number[];
  /** By trial: its objectives, minimised (several objectives only). */
  readonly objectives: (readonly number[])[];
  /** Trials, best first (one objective). */
  readonly order: number[];
  /** What the densities of all trials need. */
  readonly crowd: Crowd;
}

/** What became of one configuration of a finite space. */
export interface CellRecord {
  /** The number of its first trial. */
  readonly first: number;
  trials: number;
  /** How many of them have a value (of the first objective), its mean, and the sum of squares about it. */
  values: number;
  mean: number;
  squares: number;
  /** Largest standard error told; 0 where none was. */
  standardError: number;
}

export function emptyHistory(context: SamplerContext): History {
  const tree = treeSpace(context);
  const size = spaceSize(tree.space);
  return {
    tree,
    directions: context.directions,
    size: size !== null && Number.isSafeInteger(size) ? size : null,
    cells: new Map(),
    count: 0,
    codes: [],
    classes: [],
    keys: [],
    objectives: [],
    order: [],
    crowd: new Crowd(tree),
  };
}

/** Takes a trial in. O(parameters + log n), and a shift of the order. */
export function remember(history: History, trial: FinishedTrial): History {
  const { tree, directions } = history;
  const codes = codesOf(tree, trial.params);
  const objectives = directions.map((direction, j) => {
    const value = trial.values[j] ?? Number.NaN;
    return direction === "maximize" ? -value : value;
  });
  const valued = trial.state !== "failed" && !objectives.some(Number.isNaN);
  const violation = (trial.constraints ?? []).reduce((sum, value) => sum + (value <= 0 ? 0 : Number.isNaN(value) ? Infinity : value), 0);
  const id = history.count++;
  history.codes.push(codes);
  history.crowd.add(codes);
  if (history.size !== null) record(history.cells, gridIndex(tree.space, trial.params), trial, valued ? (objectives[0] ?? 0) : Number.NaN);
  history.classes.push(!valued ? withoutValue + (trial.state === "failed" ? 1 : 0) : violation > 0 ? violating : judged);
  history.keys.push(!valued ? 0 : violation > 0 ? violation : (objectives[0] ?? 0));
  if (directions.length > 1) history.objectives.push(objectives);
  else insert(history, id);
  return history;
}

/** Welford's update of mean and squares. */
function record(cells: Map<number, CellRecord>, cell: number, trial: FinishedTrial, value: number): void {
  const known = cells.get(cell) ?? { first: trial.number, trials: 0, values: 0, mean: 0, squares: 0, standardError: 0 };
  cells.set(cell, known);
  known.trials++;
  if (!Number.isFinite(value)) return;
  known.values++;
  const change = value - known.mean;
  known.mean += change / known.values;
  known.squares += change * (value - known.mean);
  known.standardError = Math.max(known.standardError, trial.standardErrors[0] ?? 0);
}

/** Ties go to the earlier trial. */
function insert({ order, classes, keys }: History, id: number): void {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = order[middle] as number;
    const [a, b] = [classes[other] as number, classes[id] as number];
    if (a < b || (a === b && (keys[other] as number) <= (keys[id] as number))) low = middle + 1;
    else high = middle;
  }
  order.splice(low, 0, id);
}

/** The best `wanted` trials, best first; fewer where fewer have a value. */
export function bestTrials(history: History, wanted: number): readonly number[] {
  const ordered = history.directions.length > 1 ? rankObjectives(history, wanted) : history.order.slice(0, wanted);
  return ordered.filter((id) => (history.classes[id] as number) < withoutValue);
}

/** ln(n + 1) − ln(rank), as CMA-ES weighs its parents, divided by the mean. */
export function rankWeights(count: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, i) => log(count + 1) - log(i + 1));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count;
  return weights.map((weight) => weight / mean);
}
