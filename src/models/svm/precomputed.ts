import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { denseFeatures } from "./settings.ts";

/** How far the two entries of a pair of rows may lie apart, as a share of the largest entry: single precision and a long sum. */
const symmetryTolerance = 1e-5;
/** As the squared length of a row with the linear kernel: products with multipliers stay finite. */
const largestEntry = 1e30;

/** K(row i, row j) for i ≠ j is the entry above the diagonal, so that a matrix that is symmetric up to rounding is used as a symmetric one. */
export function kernelEntries(data: Dataset): (i: number, j: number) => number {
  const { stride, values } = denseFeatures(data);
  return (i, j) => values[i < j ? i * stride + j : j * stride + i] as number;
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
      if (!(size <= largestEntry)) throw refused(data, `be finite and at most ${largestEntry}`, entry(i, j));
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
