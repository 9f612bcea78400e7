import type { Json } from "../../core/json.ts";
import type { SvmKernels } from "../../kernels/svm-kernels.ts";

/** K(x, z) with its numbers, as plain data. */
export type KernelFunction =
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
export function kernelOf(options: Readonly<Record<string, Json>>, scaleGamma: () => number): KernelFunction {
  const gamma = (): number => (options["gamma"] === "scale" ? scaleGamma() : (options["gamma"] as number));
  const coef0 = options["coef0"] as number;
  switch (options["kernel"] as KernelFunction["kind"]) {
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
export function kernelName(kernel: KernelFunction): string {
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

export function kernelBase({ kind }: KernelFunction): KernelBase {
  return kind === "rbf" ? "distances" : kind === "precomputed" ? "entries" : "products";
}

/** Whether K(x, x) is 1 for every row. */
export function unitDiagonal({ kind }: KernelFunction): boolean {
  return kind === "rbf";
}

/** A bound of |K(x, z)| where no row's squared length is above `square`; 0 for a precomputed kernel, whose entries say it. */
export function largestValue(kernel: KernelFunction, square: number): number {
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

/** Makes kernel values of `count` (a multiple of 8) values of the kernel's base; `out` may be `source`. */
export function toKernelValues(
  kernels: SvmKernels,
  kernel: KernelFunction,
  { source, out, count }: { readonly source: number; readonly out: number; readonly count: number },
): void {
  switch (kernel.kind) {
    case "rbf":
      kernels.exponentials(source, out, count, kernel.gamma);
      return;
    case "poly":
      kernels.polynomials(source, out, count, kernel.gamma, kernel.coef0, kernel.degree);
      return;
    case "sigmoid":
      kernels.sigmoids(source, out, count, kernel.gamma, kernel.coef0);
      return;
    case "linear":
    case "precomputed":
      // (1 p + 0)¹ is p: a copy, and nothing to do where the values stand already.
      if (out !== source) kernels.polynomials(source, out, count, 1, 0, 1);
  }
}
