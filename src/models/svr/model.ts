import type { Model } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { judge } from "../svm/judge.ts";
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

/** A fitted regression. */
export function svrModel(state: SvrModelState): Model {
  const { kernel, width, vectors, coefficients, offset } = state;
  const functions = [{ coefficients, offset }];
  const supports = { kernel, width, count: coefficients.length, vectors, columns: new Uint32Array(0) };
  const { decisions, dispose } = judge({ model: "svr", ...supports, functions });
  return {
    predict: (input) => decisions(input)[0] as Float64Array,
    toJSON: (): Json => ({
      kind: "svr",
      version: 1,
      ...state,
      kernel: { ...kernel },
      vectors: [...vectors],
      coefficients: [...coefficients],
    }),
    dispose,
  };
}

/** Reads what `toJSON` wrote. */
export function svrFromJSON(json: Json): Model {
  const saved = json as unknown as SvrModelState & { readonly kind?: unknown; readonly version?: unknown };
  if (typeof json !== "object" || json === null || saved.kind !== "svr" || saved.version !== 1) {
    throw new HpoError("DATA_INVALID", "svrFromJSON(): must be what a fitted svr()'s toJSON() gave, version 1.", {});
  }
  return svrModel({
    kernel: saved.kernel,
    width: saved.width,
    vectors: Float32Array.from(saved.vectors),
    coefficients: Float64Array.from(saved.coefficients),
    offset: saved.offset,
    warnings: saved.warnings,
  });
}
