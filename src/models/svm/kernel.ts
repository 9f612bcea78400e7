import type { Json } from "../../core/json.ts";
import type { SvmKernels } from "../../kernels/svm-kernels.ts";

/** K(x, z) with its numbers, as plain data. */
export type Kernel =
  | { readonly kind: "rbf"; readonly gamma: number }
  | { readonly kind: "linear" }
  | { readonly kind: "poly"; readonly gamma: number; readonly degree: number; readonly coef0: number }
  | { readonly kind: "sigmoid"; readonly gamma: number; readonly coef0: number }
  | { readonly kind: "precomputed" };

/**
 * What a kernel value is made of: a squared distance, a product, or an entry of the given matrix. Kernels of one base can share
 * a matrix of it.
 */
export type KernelBase = "distances" | "products" | "entries";

/** Reads the options that `fullKernelOptions` wrote. `scaleGamma` is what "scale" stands for. */
export function kernelOf(options: Readonly<Record<string, Json>>, scaleGamma: () => number): Kernel {
  const gamma = (): number => (options["gamma"] === "scale" ? scaleGamma() : (options["gamma"] as number));
  const coef0 = options["coef0"] as number;
  switch (options["kernel"] as Kernel["kind"]) {
    case "rbf":
      return { kind: "rbf", gamma: gamma() };
    case "poly":
      return { kind: "poly", gamma: gamma(), degree: options["degree"] as number, coef0 };
    case "sigmoid":
      return { kind: "sigmoid", gamma: gamma(), coef0 };
    case "precomputed":
      return { kind: "precomputed" };
    case "linear":
      return { kind: "linear" };
  }
}

/** For keys and for people: equal names mean equal kernels. */
export function kernelName(kernel: Kernel): string {
  switch (kernel.kind) {
    case "rbf":
      return `γ=${kernel.gamma}`;
    case "poly":
      return `poly γ=${kernel.gamma} degree=${kernel.degree} coef0=${kernel.coef0}`;
    case "sigmoid":
      return `sigmoid γ=${kernel.gamma} coef0=${kernel.coef0}`;
    case "linear":
    case "precomputed":
      return kernel.kind;
  }
}

export function kernelBase({ kind }: Kernel): KernelBase {
  return kind === "rbf" ? "distances" : kind === "precomputed" ? "entries" : "products";
}

/** The most that a row's squared length, where products are taken, and a kernel value may be: sums stay finite in single precision. */
export const largestSize = 1e30;

/** Whether K(x, x) is 1 for every row. */
export function unitDiagonal({ kind }: Kernel): boolean {
  return kind === "rbf";
}

/** A bound of |K(x, z)| where no row's squared length is above `square`; 0 for a precomputed kernel, whose entries say it. */
export function largestValue(kernel: Kernel, square: number): number {
  switch (kernel.kind) {
    case "linear":
      return square;
    case "poly": {
      const size = kernel.gamma * square + Math.abs(kernel.coef0);
      let power = size;
      for (let k = 1; k < kernel.degree; k++) power *= size;
      return Math.max(size, power);
    }
    case "precomputed":
      return 0;
    case "rbf":
    case "sigmoid":
      return 1;
  }
}

/** A rectangle of values in memory: strides in bytes, `columns` a multiple of 8. */
export interface ValueRows {
  readonly source: number;
  readonly sourceStride: number;
  readonly out: number;
  readonly outStride: number;
  readonly rows: number;
  readonly columns: number;
}

/** Kernel values from values of the kernel's base. `out` is `source`, with equal strides, or lies apart from it. */
export function kernelRows(kernels: SvmKernels, memory: ArrayBufferLike, kernel: Kernel, area: ValueRows): void {
  const { source, sourceStride, out, outStride, rows, columns } = area;
  switch (kernel.kind) {
    case "rbf":
      kernels.exponentialRows(source, sourceStride, out, outStride, rows, columns, kernel.gamma);
      return;
    case "poly":
      for (let row = 0; row < rows; row++) {
        const { gamma, coef0, degree } = kernel;
        kernels.polynomials(source + row * sourceStride, out + row * outStride, columns, gamma, coef0, degree);
      }
      return;
    case "sigmoid":
      for (let row = 0; row < rows; row++) {
        kernels.sigmoids(source + row * sourceStride, out + row * outStride, columns, kernel.gamma, kernel.coef0);
      }
      return;
    case "linear":
    case "precomputed":
      if (source !== out) copyRows(memory, area);
  }
}

function copyRows(memory: ArrayBufferLike, { source, sourceStride, out, outStride, rows, columns }: ValueRows): void {
  const bytes = new Uint8Array(memory);
  for (let row = 0; row < rows; row++) {
    const from = source + row * sourceStride;
    bytes.copyWithin(out + row * outStride, from, from + columns * 4);
  }
}
