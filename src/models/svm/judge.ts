import type { RowSet } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { growTo, type SharedMemory, sharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { decider, type DecisionFunction, decisionTiles, takeDecisions, tileColumns } from "./decisions.ts";
import { checkFeatures } from "./feature-checks.ts";
import { type Kernel, kernelBase, kernelRows } from "./kernel.ts";
import { pickEntries } from "./precomputed.ts";
import { scratch } from "./scratch.ts";
import { denseFeatures } from "./settings.ts";
import { transpose } from "./transpose.ts";

/** Functions over one list of support vectors. */
export interface Judged {
  /** The function that errors name. */
  readonly model: "svm" | "svr";
  readonly kernel: Kernel;
  /** Features of a row. */
  readonly width: number;
  /** Support vectors. */
  readonly count: number;
  /** Row-major, `width` values each; not read under a precomputed kernel. */
  readonly vectors: Float32Array;
  /** The column of each support vector under a precomputed kernel; not read under others. */
  readonly columns: Uint32Array;
  /** One coefficient a support vector. */
  readonly functions: readonly DecisionFunction[];
}

export interface Judge {
  /** One array a function, one value a row. */
  decisions(input: RowSet): readonly Float64Array[];
  /** Gives the memory back; the next decisions take it again. */
  dispose(): void;
}

/** Rows judged together. */
const batch = 256;
/** Support vectors whose kernel values a call fills: a running loop is never recompiled, so calls are short. */
const callVectors = 16;

/** Judges rows by functions, a batch at a time; its kernel values have the bits of the fold solvers'. */
export function judge({ model, kernel, width, count, vectors, columns, functions }: Judged): Judge {
  const base = kernelBase(kernel);
  const size = Math.ceil(count / callVectors) * callVectors;
  const stride = size * 4;
  const tileCount = batch / tileColumns;
  const padded = functions.map(({ coefficients, offset }) => {
    const all = new Float64Array(size);
    all.set(coefficients);
    return { coefficients: all, offset };
  });
  let memory: SharedMemory | undefined;

  function decisions({ data, rows }: RowSet): readonly Float64Array[] {
    const features = denseFeatures(data, model);
    if (features.width !== width) {
      throw new HpoError("DATA_INVALID", `${model}(): rows must have ${width} features, as in training; got ${features.width}.`, {
        data: { width: features.width },
      });
    }
    checkFeatures(data, [kernel], { rows, model });
    const space = scratch(0);
    // Entries are picked from the rows as they are.
    const laid = base === "entries" ? 0 : width;
    const vectorsAt = space.take(laid * stride);
    const rowsAt = space.take(laid * batch * 4);
    const values = space.take(size * batch * 4);
    const rest = space.used();
    takeDecisions(space, size, tileCount);
    const held = memory ?? sharedMemory(space.used());
    growTo(held, space.used());
    memory = held;
    const kernels = svmKernels(held);
    const places = Int32Array.from({ length: size }, (_, at) => (at < count ? at : -1));
    const vectorsOut = new Float32Array(held.buffer, vectorsAt, laid * size);
    transpose({ values: vectors, stride: width, width: laid, order: places }, vectorsOut, size);
    const decide = decider(held, scratch(rest), { kernel: { values, stride: batch * 4 }, size, tileCount });
    const answers = functions.map(() => new Float64Array(rows.length));
    for (let start = 0; start < rows.length; start += batch) {
      const many = Math.min(batch, rows.length - start);
      const order = new Int32Array(batch).fill(-1);
      order.set(rows.subarray(start, start + many));
      if (base === "entries") pickEntries({ ...features, order }, columns, new Float32Array(held.buffer, values, count * batch));
      else {
        transpose({ ...features, order }, new Float32Array(held.buffer, rowsAt, width * batch), batch);
        for (let row = 0; row < size; row += callVectors) {
          const out = values + row * batch * 4;
          kernels[base](vectorsAt, stride, rowsAt, batch * 4, width, row, row + callVectors, batch, out, batch * 4);
          const area = { source: out, sourceStride: batch * 4, out, outStride: batch * 4, rows: callVectors, columns: batch };
          kernelRows(kernels, held.buffer, kernel, area);
        }
      }
      const ofBatch = decide(
        decisionTiles(
          Uint32Array.from({ length: many }, (_, at) => at),
          batch,
        ),
        padded,
      );
      for (const [at, answer] of answers.entries()) answer.set(ofBatch[at] as Float64Array, start);
    }
    return answers;
  }

  return {
    decisions,
    dispose() {
      memory = undefined;
    },
  };
}
