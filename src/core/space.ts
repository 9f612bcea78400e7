/** The search space as plain data: what `space/` makes, samplers read and the fingerprint covers. */

/** A value that a parameter can take. */
export type ParamValue = number | string | boolean | null;

/** One configuration: flat, since a branch's parameters exist beside their choice while that branch is chosen. */
export type Params = Readonly<Record<string, ParamValue>>;

/** By float name, the derivative of a number in the parameter's own units: d value / d parameter, not of its logarithm or share of the range. */
export type Gradient = Readonly<Record<string, number>>;

/** A real interval, endpoints included. `step` counts from `low`; not together with `log`. */
export interface FloatParameter {
  readonly kind: "float";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number | null;
}

/** Integers low … high, endpoints included, `step` apart. */
export interface IntParameter {
  readonly kind: "int";
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly step: number;
}

/** An ordered list of distinct values (an ordinal; the axis of a table). */
export interface ValuesParameter {
  readonly kind: "values";
  readonly values: readonly ParamValue[];
}

/** Unordered alternatives; each may hold the parameters that exist only there (empty where it holds none). */
export interface ChoiceParameter {
  readonly kind: "choice";
  readonly values: readonly ParamValue[];
  /** Keyed by String(value); absent for a plain list. */
  readonly branches: Readonly<Record<string, Space>> | null;
}

/** What a parameter may be: an interval, integers, a list of values, or alternatives. */
export type Parameter = FloatParameter | IntParameter | ValuesParameter | ChoiceParameter;

/** Parameters by name, in the order of their declaration, which is the order of a grid's axes. */
export type Space = { readonly [name: string]: Parameter };
