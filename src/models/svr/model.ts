import type { Model } from "../../core/estimator.ts";
import { judge } from "../svm/judge.ts";
import { svrModelJson } from "./model-json.ts";
import type { SvrModelState } from "./model-state.ts";

/** A fitted support vector regression. */
export interface SvrModel extends Model {
  readonly kind: "svr";
  /** What a person should know, such as an iteration limit reached. */
  readonly warnings: readonly string[];
}

/** A fitted regression. */
export function svrModel(state: SvrModelState): SvrModel {
  const { kernel, width, vectors, coefficients, offset, warnings } = state;
  const functions = [{ coefficients, offset }];
  const supports = { kernel, width, count: coefficients.length, vectors, columns: new Uint32Array(0) };
  const { decisions, dispose } = judge({ model: "svr", ...supports, functions });
  return {
    kind: "svr",
    warnings,
    predict: (input) => decisions(input)[0] as Float64Array,
    toJSON: () => svrModelJson(state),
    dispose,
  };
}
