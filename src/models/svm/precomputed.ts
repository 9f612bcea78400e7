import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { largestSize } from "./kernel.ts";
import { denseFeatures } from "./settings.ts";
import type { DenseRows } from "./transpose.ts";

/** How far the two entries of a pair of rows may lie apart, as a share of the largest entry: single precision and a long sum. */
const symmetryTolerance = 1e-5;

/**
 * Writes K(order[i], order[j]) to `out[i · order.length + j]`, 0 where either is −1. Of two entries the one above the diagonal is taken, so
 * that a matrix that is symmetric up to rounding is used as a symmetric one.
 */
export function arrangeEntries({ stride, values }: Pick<DenseRows, "stride" | "values">, order: Int32Array, out: Float32Array): void {
  const size = order.length;
  for (let i = 0; i < size; i++) {
    const row = order[i] as number;
    for (let j = 0; j < size; j++) {
      const column = order[j] as number;
      const known = row >= 0 && column >= 0;
      out[i * size + j] = known ? (values[row < column ? row * stride + column : column * stride + row] as number) : 0;
    }
  }
}

/** Writes the entry of row `order[i]` and column `columns[k]` to `out[k · size + i]`, 0 where the row is −1. */
export function pickEntries({ stride, values, order }: Omit<DenseRows, "width">, columns: Uint32Array, out: Float32Array): void {
  const size = order.length;
  for (let k = 0; k < columns.length; k++) {
    for (let i = 0; i < size; i++) {
      const row = order[i] as number;
      out[k * size + i] = row < 0 ? 0 : (values[row * stride + (columns[k] as number)] as number);
    }
  }
}

/**
 * Checks that the features are a kernel matrix over the rows: square, finite and symmetric. O(rows²).
 * @throws HpoError DATA_UNSUPPORTED
 */
export function checkPrecomputed(data: Dataset): void {
  const { width, stride, values } = denseFeatures(data);
  const { rows } = data;
  if (width !== rows) throw refused(data, `be a matrix of ${rows} × ${rows} values, one column a row`, `got ${rows} × ${width}`);
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const size = Math.abs(values[i * stride + j] as number);
      if (!(size <= largestSize)) throw refused(data, `be finite and at most ${largestSize}`, entry(i, j));
      if (size > largest) largest = size;
    }
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const [low, high] = [values[i * stride + j] as number, values[j * stride + i] as number];
      if (Math.abs(low - high) > symmetryTolerance * largest) {
        const cure = data.scaling === "none" ? "" : " (leave scale out: it changes each column by itself)";
        throw refused(data, `be symmetric${cure}`, `${entry(j, i)}, ${entry(i, j)}`);
      }
    }
  }

  function entry(i: number, j: number): string {
    return `row ${i + 1}, column ${j + 1} is ${values[i * stride + j]}`;
  }
}

function refused(data: Dataset, how: string, got: string): HpoError {
  return new HpoError("DATA_UNSUPPORTED", `svm(): with a precomputed kernel the features of ${data.name} must ${how}; ${got}.`, {
    data: { data: data.name },
  });
}
