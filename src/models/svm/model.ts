import type { Model, RowSet } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { type SharedMemory, growTo, sharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { decider, decisionTiles, singleDecisions, takeDecisions, tileColumns } from "./decisions.ts";
import { scratch } from "./scratch.ts";
import { denseFeatures } from "./settings.ts";
import { transpose } from "./transpose.ts";
import { type PairVotes, votedClasses, votedScores } from "./votes.ts";

/** Everything a fitted machine knows. */
export interface SvmModelState {
  /** null for the linear kernel. */
  readonly gamma: number | null;
  readonly width: number;
  readonly classes: readonly string[];
  /** Place of each class in the order of its first training row; −1 = no training row. */
  readonly rank: readonly number[];
  /** Support vectors, row-major, `width` values each. */
  readonly vectors: Float32Array;
  /** One coefficient a support vector for each pair of classes. */
  readonly pairs: readonly {
    readonly first: number;
    readonly second: number;
    readonly coefficients: Float64Array;
    readonly offset: number;
  }[];
  readonly warnings: readonly string[];
}

/** Rows judged together. */
const batch = 256;

/** A fitted machine; its kernel values have the bits of the fold solver's. */
export function svmModel(state: SvmModelState): Model {
  const count = state.width === 0 ? 0 : state.vectors.length / state.width;
  const size = Math.ceil(count / 16) * 16;
  const stride = size * 4;
  const rank = Int32Array.from(state.rank);
  let memory: SharedMemory | undefined;

  function votes(input: RowSet): PairVotes[] {
    const features = denseFeatures(input.data);
    if (features.width !== state.width) {
      throw new HpoError("DATA_INVALID", `svm(): rows must have ${state.width} features, as in training; got ${features.width}.`, {
        data: { width: features.width },
      });
    }
    const space = scratch(0);
    const vectors = space.take(state.width * stride);
    const rowsAt = space.take(state.width * batch * 4);
    const kernel = space.take(size * batch * 4);
    const rest = space.used();
    takeDecisions(space, size, batch / tileColumns);
    const held = memory ?? sharedMemory(space.used());
    growTo(held, space.used());
    memory = held;
    const kernels = svmKernels(held);
    const own = { values: state.vectors, stride: state.width, width: state.width };
    transpose(
      { ...own, order: Int32Array.from({ length: size }, (_, at) => (at < count ? at : -1)) },
      new Float32Array(held.buffer, vectors, state.width * size),
      size,
    );
    const answers = state.pairs.map(({ first, second }) => ({ first, second, decisions: new Float32Array(input.rows.length) }));
    const functions = state.pairs.map(({ coefficients, offset }) => ({ coefficients: padded(coefficients, size), offset }));
    const over = { kernel: { values: kernel, stride: batch * 4 }, size, tileCount: batch / tileColumns };
    const decide = decider(held, scratch(rest), over);
    for (let start = 0; start < input.rows.length; start += batch) {
      const many = Math.min(batch, input.rows.length - start);
      const order = new Int32Array(batch).fill(-1);
      order.set(input.rows.subarray(start, start + many));
      transpose({ ...features, order }, new Float32Array(held.buffer, rowsAt, state.width * batch), batch);
      for (let row = 0; row < size; row += 16) {
        const tile = state.gamma === null ? kernels.products : kernels.distances;
        const out = kernel + row * batch * 4;
        tile(vectors, stride, rowsAt, batch * 4, state.width, row, row + 16, batch, out, batch * 4);
        if (state.gamma !== null) kernels.exponentials(out, out, 16 * batch, state.gamma);
      }
      const values = decide(
        decisionTiles(
          Uint32Array.from({ length: many }, (_, at) => at),
          batch,
        ),
        functions,
      );
      for (const [at, answer] of answers.entries()) answer.decisions.set(singleDecisions(values[at] as Float64Array), start);
    }
    return answers;
  }

  return {
    predict: (input) => votedClasses(input.rows.length, rank, votes(input)),
    predictScores: (input) => votedScores(input.rows.length, rank, votes(input)),
    toJSON: (): Json => ({
      kind: "svm",
      version: 1,
      ...state,
      vectors: [...state.vectors],
      pairs: state.pairs.map((pair) => ({ ...pair, coefficients: [...pair.coefficients] })),
    }),
    dispose() {
      memory = undefined;
    },
  };
}

/** Reads what `toJSON` wrote. */
export function svmFromJSON(json: Json): Model {
  const saved = json as unknown as SvmModelState & { readonly kind?: unknown; readonly version?: unknown };
  if (typeof json !== "object" || json === null || saved.kind !== "svm" || saved.version !== 1) {
    throw new HpoError("DATA_INVALID", "svmFromJSON(): must be what a fitted svm()'s toJSON() gave, version 1.", {});
  }
  return svmModel({
    gamma: saved.gamma,
    width: saved.width,
    classes: saved.classes,
    rank: saved.rank,
    vectors: Float32Array.from(saved.vectors),
    pairs: saved.pairs.map((pair) => ({ ...pair, coefficients: Float64Array.from(pair.coefficients) })),
    warnings: saved.warnings,
  });
}

function padded(values: Float64Array, size: number): Float64Array {
  const all = new Float64Array(size);
  all.set(values);
  return all;
}
