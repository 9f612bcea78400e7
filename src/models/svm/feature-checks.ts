import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { type Kernel, kernelBase, kernelName, largestSize, largestValue } from "./kernel.ts";
import { checkPrecomputed } from "./precomputed.ts";
import { denseFeatures } from "./settings.ts";

export interface CheckOptions {
  readonly rows?: Uint32Array;
  /** Who asks. */
  readonly model?: string;
}

/**
 * Checks what the traits can't say: numbers that are finite in single precision, and kernel values that are; or a kernel matrix.
 * `rows`: these alone, to be judged; with a precomputed kernel they need be no square.
 * @throws HpoError DATA_UNSUPPORTED
 */
export function checkFeatures(data: Dataset, kernels: readonly Kernel[], { rows, model = "svm" }: CheckOptions = {}): void {
  const computed = kernels.filter((kernel) => kernelBase(kernel) !== "entries");
  if (computed.length < kernels.length && rows === undefined) checkPrecomputed(data);
  if (computed.length === 0 && rows === undefined) return;
  const { row, square } = longestRow(data, model, rows);
  const where = `row ${row + 1} of ${data.name}`;
  for (const kernel of computed) {
    if (kernelBase(kernel) === "products" && square > largestSize) {
      throw tooLarge(
        data,
        { row, model },
        `with the ${kernel.kind} kernel a row's squared length must be at most ${largestSize}; ${where} has ${square.toPrecision(3)}. Scale the features first.`,
      );
    }
    const value = largestValue(kernel, square);
    if (!(value <= largestSize)) {
      throw tooLarge(
        data,
        { row, model },
        `kernel values must be at most ${largestSize}; ${where} reaches ${value.toPrecision(3)} with ${kernelName(kernel)}. Scale the features first.`,
      );
    }
  }
}

/** The row of the largest squared length, once all values are known to be finite. */
function longestRow(data: Dataset, model: string, rows?: Uint32Array): { readonly row: number; readonly square: number } {
  const { width, stride, values } = denseFeatures(data, model);
  let longest = { row: 0, square: 0 };
  const count = rows?.length ?? data.rows;
  for (let at = 0; at < count; at++) {
    const row = rows === undefined ? at : (rows[at] as number);
    let square = 0;
    for (let k = 0; k < width; k++) {
      const value = values[row * stride + k] as number;
      if (!Number.isFinite(Math.fround(value))) throw notFinite(data, { model, row, column: k, value });
      square += value * value;
    }
    if (square > longest.square) longest = { row, square };
  }
  return longest;
}

function notFinite(
  data: Dataset,
  { model, row, column, value }: { readonly model: string; readonly row: number; readonly column: number; readonly value: number },
): HpoError {
  const name = data.columns[column]?.name ?? String(column + 1);
  const cure = Number.isNaN(value) ? "Fill missing values first." : "Scale the features first.";
  return new HpoError(
    "DATA_UNSUPPORTED",
    `${model}(): features must be finite in single precision; row ${row + 1}, column ${name} of ${data.name} is ${value}. ${cure}`,
    { data: { data: data.name, row, column } },
  );
}

function tooLarge(data: Dataset, { row, model }: { readonly row: number; readonly model: string }, sentence: string): HpoError {
  return new HpoError("DATA_UNSUPPORTED", `${model}(): ${sentence}`, { data: { data: data.name, row } });
}
