import type { Dataset } from "../../core/dataset.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import type { ClassWeight } from "./class-weights.ts";
import { type Kernel, kernelOf } from "./kernel.ts";

/** A support vector machine's options with γ as a number: what decides its answer besides data and folds. */
export interface SvmSettings {
  readonly kernel: Kernel;
  readonly classWeight: ClassWeight | null;
  readonly C: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Reads the options of a request, as `svm()` wrote them. `scaleGamma` is what "scale" stands for. */
export function svmSettings(options: Readonly<Record<string, Json>>, scaleGamma: () => number): SvmSettings {
  return {
    kernel: kernelOf(options, scaleGamma),
    classWeight: (options["classWeight"] as ClassWeight | undefined) ?? null,
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
