import type { Model, RowSet } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type SharedMemory, growTo, sharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { decider, decisionTiles, singleDecisions, takeDecisions, tileColumns } from "./decisions.ts";
import { kernelBase, kernelRows } from "./kernel.ts";
import { svmModelJson } from "./model-json.ts";
import type { SvmModelState } from "./model-state.ts";
import { checkFeatures } from "./feature-checks.ts";
import { pickEntries } from "./precomputed.ts";
import { type Curve, plattProbability } from "./platt.ts";
import { scratch } from "./scratch.ts";
import { denseFeatures } from "./settings.ts";
import { transpose } from "./transpose.ts";
import { type PairVotes, votedClasses, votedScores } from "./votes.ts";

/** A fitted support vector machine. */
export interface SvmModel extends Model {
  readonly kind: "svm";
  /** The class names that codes and columns count by. */
  readonly classes: readonly string[];
  /** The two classes of each column of `decisionValues`. Classes without training rows are in no pair. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The rows that decide: their numbers in the data set that was fitted, class by class, and how many each class has. */
  readonly supports: { readonly rows: Uint32Array; readonly counts: readonly number[] };
  /** What a person should know, such as an iteration limit reached. */
  readonly warnings: readonly string[];
  predictScores(input: RowSet): Float64Array;
  /**
   * rows × classes, row-major, each row sums to 1: pairwise coupling of Platt's curves, 0 for a class without training rows. Present where the fit
   * was asked for probabilities. The most probable class may be another than the voted one that `predict` gives.
   */
  predictProbabilities?(input: RowSet): Float64Array;
  /** rows × pairs, row-major: above 0 for the pair's first class, below 0 for its second. */
  decisionValues(input: RowSet): Float64Array;
}

const flat: Curve = { slope: 0, offset: 0 };

/** Rows judged together. */
const batch = 256;

/** A fitted machine; its kernel values have the bits of the fold solver's. */
export function svmModel(state: SvmModelState): SvmModel {
  const count = state.rows.length;
  const size = Math.ceil(count / 16) * 16;
  const stride = size * 4;
  const rank = Int32Array.from(state.rank);
  let memory: SharedMemory | undefined;

  /** One array a pair, one value a row. */
  function judge(input: RowSet): readonly Float64Array[] {
    const features = denseFeatures(input.data);
    if (features.width !== state.width) {
      throw new HpoError("DATA_INVALID", `svm(): rows must have ${state.width} features, as in training; got ${features.width}.`, {
        data: { width: features.width },
      });
    }
    const base = kernelBase(state.kernel);
    checkFeatures(input.data, [state.kernel], { rows: input.rows });
    const space = scratch(0);
    const width = base === "entries" ? 0 : state.width;
    const vectors = space.take(width * stride);
    const rowsAt = space.take(width * batch * 4);
    const kernel = space.take(size * batch * 4);
    const rest = space.used();
    takeDecisions(space, size, batch / tileColumns);
    const held = memory ?? sharedMemory(space.used());
    growTo(held, space.used());
    memory = held;
    const kernels = svmKernels(held);
    transpose(
      { values: state.vectors, stride: width, width, order: Int32Array.from({ length: size }, (_, at) => (at < count ? at : -1)) },
      new Float32Array(held.buffer, vectors, width * size),
      size,
    );
    const answers = state.pairs.map(() => new Float64Array(input.rows.length));
    const functions = state.pairs.map(({ coefficients, offset }) => ({ coefficients: padded(coefficients, size), offset }));
    const over = { kernel: { values: kernel, stride: batch * 4 }, size, tileCount: batch / tileColumns };
    const decide = decider(held, scratch(rest), over);
    for (let start = 0; start < input.rows.length; start += batch) {
      const many = Math.min(batch, input.rows.length - start);
      const order = new Int32Array(batch).fill(-1);
      order.set(input.rows.subarray(start, start + many));
      if (base === "entries") pickEntries({ ...features, order }, state.rows, new Float32Array(held.buffer, kernel, count * batch));
      else {
        transpose({ ...features, order }, new Float32Array(held.buffer, rowsAt, width * batch), batch);
        for (let row = 0; row < size; row += 16) {
          const out = kernel + row * batch * 4;
          kernels[base](vectors, stride, rowsAt, batch * 4, width, row, row + 16, batch, out, batch * 4);
          kernelRows(kernels, held.buffer, state.kernel, { source: out, sourceStride: 0, out, outStride: 0, rows: 1, columns: 16 * batch });
        }
      }
      const values = decide(
        decisionTiles(
          Uint32Array.from({ length: many }, (_, at) => at),
          batch,
        ),
        functions,
      );
      for (const [at, answer] of answers.entries()) answer.set(values[at] as Float64Array, start);
    }
    return answers;
  }

  function votes(input: RowSet): readonly PairVotes[] {
    const decided = judge(input);
    return state.pairs.map(({ first, second }, at) => ({ first, second, decisions: singleDecisions(decided[at] as Float64Array) }));
  }

  function probabilities(input: RowSet): Float64Array {
    const decided = judge(input);
    const pairs = state.pairs.map(({ first, second }) => [first, second] as const);
    const classes = state.classes.length;
    const all = new Float64Array(input.rows.length * classes);
    for (let row = 0; row < input.rows.length; row++) {
      const values = state.pairs.map(({ curve }, at) => plattProbability(curve ?? flat, decided[at]?.[row] as number));
      all.set(classProbabilities(rank, pairs, values), row * classes);
    }
    return all;
  }

  const nameOf = (code: number): string => state.classes[code] as string;
  return {
    kind: "svm",
    classes: state.classes,
    pairs: state.pairs.map(({ first, second }) => [nameOf(first), nameOf(second)] as const),
    supports: { rows: state.rows.slice(), counts: state.counts },
    warnings: state.warnings,
    predict: (input) => votedClasses(input.rows.length, rank, votes(input)),
    predictScores: (input) => votedScores(input.rows.length, rank, votes(input)),
    ...(state.probabilities ? { predictProbabilities: probabilities } : {}),
    decisionValues(input) {
      const decided = judge(input);
      const values = new Float64Array(input.rows.length * decided.length);
      for (const [pair, column] of decided.entries()) {
        for (const [row, value] of column.entries()) values[row * decided.length + pair] = value;
      }
      return values;
    },
    toJSON: () => svmModelJson(state),
    dispose() {
      memory = undefined;
    },
  };
}

function padded(values: Float64Array, size: number): Float64Array {
  const all = new Float64Array(size);
  all.set(values);
  return all;
}
