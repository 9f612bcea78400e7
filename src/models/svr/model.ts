import type { Model, RowSet } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { growTo, type SharedMemory, sharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { decider, decisionTiles, takeDecisions, tileColumns } from "../svm/decisions.ts";
import { checkFeatures } from "../svm/feature-checks.ts";
import { type Kernel, kernelBase, kernelRows } from "../svm/kernel.ts";
import { scratch } from "../svm/scratch.ts";
import { denseFeatures } from "../svm/settings.ts";
import { transpose } from "../svm/transpose.ts";

/** Everything a fitted regression knows: z(x) = Σ coefficient_i K(vector_i, x) + offset. */
export interface SvrModelState {
  readonly kernel: Kernel;
  readonly width: number;
  /** Support vectors, row-major, `width` values each. */
  readonly vectors: Float32Array;
  readonly coefficients: Float64Array;
  readonly offset: number;
  readonly warnings: readonly string[];
}

/** Rows judged together. */
const batch = 256;
/** Rows filled by a call: a running loop is never recompiled, so calls are short. */
const callRows = 16;

/** A fitted regression; its kernel values have the bits of the fold solver's. */
export function svrModel(state: SvrModelState): Model {
  const { kernel, width, vectors, coefficients, offset } = state;
  const count = coefficients.length;
  const size = Math.ceil(count / callRows) * callRows;
  const stride = size * 4;
  let memory: SharedMemory | undefined;

  function predict(input: RowSet): Float64Array {
    const features = denseFeatures(input.data, "svr");
    if (features.width !== width) {
      throw new HpoError("DATA_INVALID", `svr(): rows must have ${width} features, as in training; got ${features.width}.`, {
        data: { width: features.width },
      });
    }
    checkFeatures(input.data, [kernel], { rows: input.rows, model: "svr" });
    const space = scratch(0);
    const vectorsAt = space.take(width * stride);
    const rowsAt = space.take(width * batch * 4);
    const values = space.take(size * batch * 4);
    const rest = space.used();
    takeDecisions(space, size, batch / tileColumns);
    const held = memory ?? sharedMemory(space.used());
    growTo(held, space.used());
    memory = held;
    const kernels = svmKernels(held);
    const order = Int32Array.from({ length: size }, (_, at) => (at < count ? at : -1));
    transpose({ values: vectors, stride: width, width, order }, new Float32Array(held.buffer, vectorsAt, width * size), size);
    const padded = new Float64Array(size);
    padded.set(coefficients);
    const decide = decider(held, scratch(rest), { kernel: { values, stride: batch * 4 }, size, tileCount: batch / tileColumns });
    const predicted = new Float64Array(input.rows.length);
    for (let start = 0; start < input.rows.length; start += batch) {
      const many = Math.min(batch, input.rows.length - start);
      const rows = new Int32Array(batch).fill(-1);
      rows.set(input.rows.subarray(start, start + many));
      transpose({ ...features, order: rows }, new Float32Array(held.buffer, rowsAt, width * batch), batch);
      for (let row = 0; row < size; row += callRows) {
        const out = values + row * batch * 4;
        kernels[kernelBase(kernel)](vectorsAt, stride, rowsAt, batch * 4, width, row, row + callRows, batch, out, batch * 4);
        const area = { source: out, sourceStride: batch * 4, out, outStride: batch * 4, rows: callRows, columns: batch };
        kernelRows(kernels, held.buffer, kernel, area);
      }
      const columns = Uint32Array.from({ length: many }, (_, at) => at);
      const [answer] = decide(decisionTiles(columns, batch), [{ coefficients: padded, offset }]);
      predicted.set(answer as Float64Array, start);
    }
    return predicted;
  }

  return {
    predict,
    toJSON: (): Json => ({
      kind: "svr",
      version: 1,
      ...state,
      kernel: { ...kernel },
      vectors: [...vectors],
      coefficients: [...coefficients],
    }),
    dispose() {
      memory = undefined;
    },
  };
}

/** Reads what `toJSON` wrote. */
export function svrFromJSON(json: Json): Model {
  const saved = json as unknown as SvrModelState & { readonly kind?: unknown; readonly version?: unknown };
  if (typeof json !== "object" || json === null || saved.kind !== "svr" || saved.version !== 1) {
    throw new HpoError("DATA_INVALID", "svrFromJSON(): must be what a fitted svr()'s toJSON() gave, version 1.", {});
  }
  return svrModel({
    kernel: saved.kernel,
    width: saved.width,
    vectors: Float32Array.from(saved.vectors),
    coefficients: Float64Array.from(saved.coefficients),
    offset: saved.offset,
    warnings: saved.warnings,
  });
}
