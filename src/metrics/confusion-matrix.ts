import { HpoError } from "../core/hpo-error.ts";
import type { MetricInput } from "../core/metric.ts";
import { showValue } from "../core/options.ts";

/** How often (or with what total weight) each class was taken for each. */
export interface ConfusionMatrix {
  readonly classCount: number;
  /** classCount × classCount, row-major: row = true class, column = predicted class. */
  readonly counts: Float64Array;
}

/** What `confusionMatrix()` needs besides the labels. */
export interface ConfusionMatrixOptions {
  readonly classCount: number;
  /** One a row; counts are 1 each without them. */
  readonly weights?: Float64Array | null;
}

/**
 * Counts true class against predicted class, or sums the rows' weights, in row order. O(rows + classCount²).
 * @throws HpoError DATA_INVALID where lengths differ or a label isn't a class code from 0 to classCount − 1.
 */
export function confusionMatrix(
  truth: Int32Array | Float64Array,
  predicted: Int32Array | Float64Array,
  { classCount, weights = null }: ConfusionMatrixOptions,
): ConfusionMatrix {
  const fail = (what: string, must: string, got: unknown): never => {
    throw new HpoError("DATA_INVALID", `confusionMatrix(): ${what} must ${must}; got ${showValue(got)}.`, { data: { what, got } });
  };
  if (!Number.isInteger(classCount) || classCount < 1) fail("classCount", "be an integer of at least 1", classCount);
  if (!isLabels(truth)) fail("truth", "be a list of class codes", truth);
  if (!isLabels(predicted)) fail("predicted", "be a list of class codes", predicted);
  const rows = truth.length;
  if (predicted.length !== rows) fail("predicted", `have one label for each of the ${rows} rows`, predicted.length);
  if (weights !== null && weights.length !== rows) fail("weights", `have one entry for each of the ${rows} rows`, weights.length);
  const counts = new Float64Array(classCount * classCount);
  for (let row = 0; row < rows; row++) {
    const actual = truth[row] as number;
    const guess = predicted[row] as number;
    if (!isCode(actual, classCount)) fail("truth", `hold class codes from 0 to ${classCount - 1}`, actual);
    if (!isCode(guess, classCount)) fail("predicted", `hold class codes from 0 to ${classCount - 1}`, guess);
    const at = actual * classCount + guess;
    counts[at] = (counts[at] as number) + (weights === null ? 1 : (weights[row] as number));
  }
  return Object.freeze({ classCount, counts });
}

function isLabels(value: unknown): boolean {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** The confusion matrix of a metric's input; undefined for no rows and where a prediction is not a class code (NaN, say). */
export function foldConfusion({ truth, predicted, weights, classCount }: MetricInput): ConfusionMatrix | undefined {
  if (truth.length === 0 || !areCodes(predicted, classCount)) return undefined;
  return confusionMatrix(truth, predicted, { classCount, weights });
}

/** Sums over the rows and columns of a confusion matrix, in order. */
export function marginals({ classCount, counts }: ConfusionMatrix): { readonly truth: Float64Array; readonly predicted: Float64Array } {
  const truth = new Float64Array(classCount);
  const predicted = new Float64Array(classCount);
  for (let t = 0; t < classCount; t++) {
    for (let p = 0; p < classCount; p++) {
      const count = counts[t * classCount + p] as number;
      truth[t] = (truth[t] as number) + count;
      predicted[p] = (predicted[p] as number) + count;
    }
  }
  return { truth, predicted };
}

/** Whether every label is a class code. */
export function areCodes(labels: Float64Array, classCount: number): boolean {
  return labels.every((label) => isCode(label, classCount));
}

function isCode(label: number, classCount: number): boolean {
  return Number.isInteger(label) && label >= 0 && label < classCount;
}
