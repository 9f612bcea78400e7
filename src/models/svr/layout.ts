import type { Dataset } from "../../core/dataset.ts";
import type { FoldPlan } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type DecisionTiles, decisionTiles } from "../svm/decisions.ts";

/**
 * Where rows stand in the kernel matrix: by the first fold that tests them, then in the order of the data, padded to a multiple
 * of 16, so that the rows that a fold tests are neighbours and are judged together.
 */
export interface SvrLayout {
  /** Data row of each position, −1 for padding. */
  readonly order: Int32Array;
  /** Rows, without padding. */
  readonly rows: number;
  /** Positions: the side of the kernel matrix. */
  readonly size: number;
  /** Target and weight of each position; 0 and 1 for padding. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  readonly folds: readonly SvrFold[];
}

export interface SvrFold {
  /** One value a position: 0 where the row is trained on, else −∞. */
  readonly outside: Float32Array;
  /** The test rows' columns, in the order of the plan. */
  readonly tiles: DecisionTiles;
  /** Test rows. */
  readonly tested: number;
  /** Mean target of the training rows: f starts from targets less this, so that large targets keep their digits. */
  readonly centre: number;
}

/** Lays out the rows that any fold trains on or tests. `weights` has one value a data row. */
export function svrLayout(
  data: Dataset,
  values: Float64Array,
  { plan, weights }: { readonly plan: FoldPlan; readonly weights: Float64Array | null },
): SvrLayout {
  const position = new Int32Array(data.rows).fill(-1);
  const placed: number[] = [];
  function place(row: number): void {
    if (position[row] !== -1) return;
    position[row] = placed.length;
    placed.push(row);
  }
  for (const { test } of plan.folds) for (const row of test.slice().sort()) place(row);
  for (const row of [...new Set(plan.folds.flatMap(({ train }) => [...train]))].sort((a, b) => a - b)) place(row);
  const size = Math.ceil(placed.length / 16) * 16;
  const order = new Int32Array(size).fill(-1);
  order.set(placed);
  const targets = new Float64Array(size);
  const rowWeights = new Float64Array(size).fill(1);
  for (const [at, row] of placed.entries()) {
    targets[at] = values[row] as number;
    if (weights !== null) rowWeights[at] = weights[row] as number;
  }
  const folds = plan.folds.map(({ train, test }, fold) => {
    const outside = new Float32Array(size).fill(-Infinity);
    let [sum, count] = [0, 0];
    for (const row of train) {
      const at = position[row] as number;
      const value = values[row] as number;
      if (outside[at] === 0) throw repeated(row, fold);
      if (!Number.isFinite(value)) throw notFinite(row, value);
      outside[at] = 0;
      if (!((rowWeights[at] as number) > 0)) continue;
      sum += value;
      count++;
    }
    if (count === 0) throw empty(fold);
    const columns = test.map((row) => position[row] as number);
    return { outside, tiles: decisionTiles(columns, size), tested: test.length, centre: sum / count };
  });
  return { order, rows: placed.length, size, targets, weights: rowWeights, folds };
}

function repeated(row: number, fold: number): HpoError {
  return new HpoError(
    "MODEL_UNSUPPORTED",
    `svr(): a training set must name each row once; fold ${fold + 1} names row ${row + 1} twice. Use a splitter without replacement.`,
    { data: { row, fold } },
  );
}

function notFinite(row: number, value: number): HpoError {
  return new HpoError("DATA_INVALID", `svr(): targets must be finite; row ${row + 1} has ${value}. Leave such rows out.`, {
    data: { row },
  });
}

function empty(fold: number): HpoError {
  return new HpoError("DATA_INVALID", `svr(): there must be at least one training row of a weight above 0; fold ${fold + 1} has none.`, {
    data: { fold },
  });
}
