import type { Dataset } from "../../core/dataset.ts";
import type { FoldPlan } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type DecisionTiles, decisionTiles } from "./decisions.ts";

/**
 * Where rows stand in the kernel matrix: by class, then by the first fold that tests them, then in the order of the data.
 * Each class begins at a multiple of 16 and is padded to one, so that a pair of classes is two aligned ranges of any kernel row.
 * The rows that a fold tests are neighbours within each class, so that they are judged together.
 */
export interface SvmLayout {
  /** Data row of each position, −1 for padding. */
  readonly order: Int32Array;
  /** First position and padded length of each class. */
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  /** Rows of each class, without padding. */
  readonly counts: readonly number[];
  /** Positions altogether: the side of the kernel matrix. */
  readonly size: number;
  /** Weight of the row at each position, 1 for padding; null where all weights are 1. */
  readonly weights: Float64Array | null;
  readonly folds: readonly FoldView[];
  /** 0 for each row that any fold trains on, else −∞; null where folds have too little in common for a solve of all rows to pay as a guide. */
  readonly whole: Float32Array | null;
}

export interface FoldView {
  /** One value a position: 0 where the row is trained on, else −∞. A row of weight 0 is not. */
  readonly outside: Float32Array;
  /** Position of each test row, in the order of the plan. */
  readonly test: Uint32Array;
  /** Class of each test row. */
  readonly codes: Int32Array;
  /** The test rows of each class. */
  readonly tested: readonly TestedClass[];
  /** Rank of each class by its first training row of a weight above 0; −1 where it has none. LIBSVM's order of classes. */
  readonly rank: Int32Array;
  /** Training rows of each class, those of weight 0 among them. */
  readonly trained: Uint32Array;
}

/** The test rows of one fold and one class. */
export interface TestedClass {
  /** Places in the list of the fold's test rows, ascending. */
  readonly places: Uint32Array;
  /** Their columns among the class's own positions, counted from its start. */
  readonly tiles: DecisionTiles;
}

/** The least number of folds that a solve of all rows serves, and the least share of its rows that they train on. */
const leastGuided = 8;
const leastShared = 0.85;

function wholeOf(folds: readonly FoldView[], size: number): Float32Array | null {
  if (folds.length < leastGuided) return null;
  const whole = new Float32Array(size).fill(-Infinity);
  let trained = 0;
  for (const { outside } of folds) {
    for (let at = 0; at < size; at++) {
      if (outside[at] !== 0) continue;
      trained++;
      whole[at] = 0;
    }
  }
  const rows = whole.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
  return trained >= leastShared * rows * folds.length ? whole : null;
}

/** Lays out the rows that any fold trains on or tests. `codes` gives each row's class, `weights` its weight (by default 1). */
export function svmLayout(
  data: Dataset,
  codes: Int32Array,
  options: { readonly classCount: number; readonly plan: FoldPlan; readonly weights?: Float64Array | null },
): SvmLayout {
  const { classCount, plan, weights = null } = options;
  const used = new Uint8Array(data.rows);
  for (const { train, test } of plan.folds) {
    for (const row of train) used[row] = 1;
    for (const row of test) used[row] = 1;
  }
  const counts = new Array<number>(classCount).fill(0);
  for (let row = 0; row < data.rows; row++) if (used[row] === 1) (counts[codes[row] as number] as number)++;
  const sizes = counts.map((count) => Math.ceil(count / 16) * 16);
  const starts: number[] = [];
  let size = 0;
  for (const length of sizes) {
    starts.push(size);
    size += length;
  }
  const order = new Int32Array(size).fill(-1);
  const position = new Int32Array(data.rows).fill(-1);
  const next = [...starts];
  function place(row: number): void {
    const code = codes[row] as number;
    const at = next[code] as number;
    next[code] = at + 1;
    order[at] = row;
    position[row] = at;
  }
  for (const { test } of plan.folds) {
    for (const row of test.slice().sort()) if (position[row] === -1) place(row);
  }
  for (let row = 0; row < data.rows; row++) if (used[row] === 1 && position[row] === -1) place(row);
  const folds = plan.folds.map(({ train, test }, fold) => {
    const outside = new Float32Array(size).fill(-Infinity);
    const first = new Float64Array(classCount).fill(Infinity);
    const trained = new Uint32Array(classCount);
    const seen = new Uint8Array(size);
    for (let place = 0; place < train.length; place++) {
      const row = train[place] as number;
      const at = position[row] as number;
      if (seen[at] === 1) throw repeated(row, fold);
      seen[at] = 1;
      const code = codes[row] as number;
      (trained[code] as number)++;
      if (weights !== null && !((weights[row] as number) > 0)) continue;
      outside[at] = 0;
      if (row < (first[code] as number)) first[code] = row;
    }
    const ranked = [...first.keys()].filter((code) => first[code] !== Infinity).sort((a, b) => (first[a] as number) - (first[b] as number));
    if (ranked.length === 0) throw weightless(fold);
    const rank = new Int32Array(classCount).fill(-1);
    for (const [at, code] of ranked.entries()) rank[code] = at;
    const positions = test.map((row) => position[row] as number);
    const testCodes = new Int32Array(test.length);
    for (let at = 0; at < test.length; at++) testCodes[at] = codes[test[at] as number] as number;
    return { outside, test: positions, codes: testCodes, tested: testedClasses(testCodes, positions, { starts, sizes }), rank, trained };
  });
  const byPosition = weights === null ? null : Float64Array.from(order, (row) => (row < 0 ? 1 : (weights[row] as number)));
  return { order, starts, sizes, counts, size, weights: byPosition, folds, whole: wholeOf(folds, size) };
}

function testedClasses(
  codes: Int32Array,
  positions: Uint32Array,
  { starts, sizes }: Pick<SvmLayout, "starts" | "sizes">,
): readonly TestedClass[] {
  const places = starts.map((): number[] => []);
  for (let at = 0; at < codes.length; at++) places[codes[at] as number]?.push(at);
  return places.map((list, code) => {
    const start = starts[code] as number;
    const columns = Uint32Array.from(list, (at) => (positions[at] as number) - start);
    return { places: Uint32Array.from(list), tiles: decisionTiles(columns, sizes[code] as number) };
  });
}

function weightless(fold: number): HpoError {
  return new HpoError("DATA_INVALID", `svm(): a training set must have a row of a weight above 0; that of fold ${fold + 1} has none.`, {
    data: { fold },
  });
}

function repeated(row: number, fold: number): HpoError {
  return new HpoError(
    "MODEL_UNSUPPORTED",
    `svm(): a training set must name each row once; fold ${fold + 1} names row ${row + 1} twice. Use a splitter without replacement.`,
    { data: { row, fold } },
  );
}
