import type { Kernel } from "../svm/kernel.ts";

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
