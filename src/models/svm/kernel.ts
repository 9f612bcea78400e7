import type { SvmKernels } from "../../kernels/svm-kernels.ts";

/** A kernel function with its numbers; what a kind doesn't use is 0. */
export interface Kernel {
  /** "rbf": exp(−γ ‖x − z‖²); "linear": x · z. */
  readonly kind: "rbf" | "linear";
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** What a kernel is computed from, value by value; kernels of one base share it. */
export type KernelBase = "distances" | "products";

export function kernelBase({ kind }: Kernel): KernelBase {
  return kind === "rbf" ? "distances" : "products";
}

/** Every K(x, x) is 1. */
export function unitDiagonal({ kind }: Kernel): boolean {
  return kind === "rbf";
}

/** For keys and for people: equal names mean equal kernels. */
export function kernelName({ kind, gamma }: Kernel): string {
  return kind === "linear" ? "linear" : `γ=${gamma}`;
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
    case "linear":
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
