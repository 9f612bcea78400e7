import { showValue } from "../core/options.ts";
import type { ChoiceParameter, ParamValue, Space } from "../core/space.ts";
import { checkChoice } from "./check-space.ts";
import { spaceError } from "./check-parameter.ts";

/** A `ChoiceParameter` that knows its alternatives' types; `B` is null for a plain list. */
export interface TypedChoice<V extends ParamValue, B extends Branches | null> extends ChoiceParameter {
  readonly values: readonly V[];
  readonly branches: B;
}

/** The parameters that exist only in each alternative. */
export type Branches = Readonly<Record<string, Space>>;

/** The names of branches, as texts: they are texts at run time, also where they look like numbers. */
export type BranchName<B> = `${keyof B & (string | number)}`;

/**
 * One of several alternatives without an order: `choice(["gini", "entropy"])`, or
 * `choice({ rbf: { gamma: float(1e-4, 10, { log: true }) }, linear: {} })`, whose branches hold the parameters that
 * exist only there. One name may stand in several branches when it is defined alike; it is one parameter then.
 * @throws HpoError SPACE_INVALID
 */
export function choice<const V extends ParamValue>(list: readonly V[]): TypedChoice<V, null>;
export function choice<const B extends Branches>(branches: B): TypedChoice<BranchName<B>, B>;
export function choice(given: readonly ParamValue[] | Branches): ChoiceParameter {
  if (Array.isArray(given)) return checkChoice("choice()", { kind: "choice", values: given, branches: null });
  if (typeof given !== "object" || given === null) {
    throw spaceError("choice()", `must have a list of values, or an object with a branch for each; got ${showValue(given)}.`);
  }
  return checkChoice("choice()", { kind: "choice", values: Object.keys(given), branches: given as Branches });
}
