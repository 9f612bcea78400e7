import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import type { Kernel } from "./kernel.ts";

/** A support vector machine's options with γ as a number: what decides its answer besides data and folds. */
export interface SvmSettings {
  readonly kernel: Kernel;
  readonly C: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Reads the options of a request, as `svm()` wrote them. `scaleGamma` is what "scale" stands for. */
export function svmSettings(options: Readonly<Record<string, Json>>, scaleGamma: () => number): SvmSettings {
  const linear = options["kernel"] === "linear";
  const gamma = linear ? 0 : options["gamma"] === "scale" ? scaleGamma() : (options["gamma"] as number);
  return {
    kernel: { kind: linear ? "linear" : "rbf", gamma, coef0: 0, degree: 0 },
    C: options["C"] as number,
    tolerance: options["tolerance"] as number,
    maxIterations: options["maxIterations"] as number,
  };
}

/** 1 / (width · variance of all feature values of all rows), two passes in row order; 1 where all values are equal. */
export function scaleGamma(data: Dataset): number {
  const { width, stride, values } = denseFeatures(data);
  let sum = 0;
  for (let row = 0; row < data.rows; row++) for (let k = 0; k < width; k++) sum += values[row * stride + k] as number;
  const mean = sum / (data.rows * width);
  let squares = 0;
  for (let row = 0; row < data.rows; row++) {
    for (let k = 0; k < width; k++) squares += ((values[row * stride + k] as number) - mean) ** 2;
  }
  const variance = squares / (data.rows * width);
  const gamma = 1 / (width * variance);
  if (!(variance > 0)) return 1;
  return Math.min(Math.max(gamma, leastGamma), mostGamma);
}

/** γ is used in single precision; these bounds keep it and its products with finite distances away from 0 · ∞. */
export const leastGamma = 1e-30;
export const mostGamma = 1e30;

/** The feature block where it is dense; errors name the `model`. */
export function denseFeatures(
  data: Dataset,
  model = "svm",
): {
  readonly width: number;
  readonly stride: number;
  readonly values: Float32Array | Float64Array;
} {
  const { features } = data;
  if (features.kind !== "dense") {
    throw new HpoError("DATA_UNSUPPORTED", `${model}(): features must be dense numbers; ${data.name} has ${features.kind} features.`, {
      data: { data: data.name, kind: features.kind },
    });
  }
  return features;
}

/**
 * Checks what the traits can't say: finite numbers in single precision, and for the linear kernel (`linear`) finite products.
 * @throws HpoError DATA_UNSUPPORTED
 */
export function checkFeatures(data: Dataset, linear: boolean, model = "svm"): void {
  const { width, stride, values } = denseFeatures(data, model);
  for (let row = 0; row < data.rows; row++) {
    let square = 0;
    for (let k = 0; k < width; k++) {
      const value = values[row * stride + k] as number;
      if (Number.isFinite(Math.fround(value))) {
        square += value * value;
        continue;
      }
      const column = data.columns[k]?.name ?? String(k + 1);
      const cure = Number.isNaN(value) ? "Fill missing values first." : "Scale the features first.";
      throw new HpoError(
        "DATA_UNSUPPORTED",
        `${model}(): features must be finite in single precision; row ${row + 1}, column ${column} of ${data.name} is ${value}. ${cure}`,
        { data: { data: data.name, row, column: k } },
      );
    }
    if (linear && square > 1e30) {
      throw new HpoError(
        "DATA_UNSUPPORTED",
        `${model}(): with the linear kernel a row's squared length must be at most 1e30; row ${row + 1} of ${data.name} has ${square.toPrecision(3)}. Scale the features first.`,
        { data: { data: data.name, row } },
      );
    }
  }
}
