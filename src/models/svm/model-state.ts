import type { Kernel } from "./kernel.ts";
import type { Curve } from "./platt.ts";

/** Everything a fitted machine knows. */
export interface SvmModelState {
  readonly kernel: Kernel;
  /** Features of a row: under a precomputed kernel, its values with the rows of the data set that was fitted. */
  readonly width: number;
  readonly classes: readonly string[];
  /** Place of each class in the order of its first training row; −1 = no training row. */
  readonly rank: readonly number[];
  /** Support vectors, row-major, `width` values each, by class; none under a precomputed kernel, where `rows` are the columns to be read. */
  readonly vectors: Float32Array;
  /** Row of each support vector in the data set that it comes from. */
  readonly rows: Uint32Array;
  /** Support vectors of each class. */
  readonly counts: readonly number[];
  /** All pairs of classes with training rows, in order. One coefficient a support vector, 0 outside the pair's two classes. */
  readonly pairs: readonly {
    readonly first: number;
    readonly second: number;
    readonly coefficients: Float64Array;
    readonly offset: number;
    /** Platt's curve, where probabilities were asked for: in all pairs or in none. */
    readonly curve: Curve | null;
  }[];
  /** Whether the machine gives probabilities. */
  readonly probabilities: boolean;
  readonly warnings: readonly string[];
}
