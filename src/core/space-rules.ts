import type { ParamValue } from "./space.ts";

/** Values of one parameter: those listed, or all from `min` to `max`, ends included, null = no end. */
export type ValueSet = readonly ParamValue[] | { readonly min: number | null; readonly max: number | null };

/** A combination that no trial may have: each parameter named is active, and its value is in the set. */
export type ForbiddenRule = Readonly<Record<string, ValueSet>>;

/** min ≤ Σ coefficient · value ≤ max, null = no end; says nothing of a configuration in which a parameter named is not active. */
export interface LimitRule {
  readonly sum: Readonly<Record<string, number>>;
  readonly min: number | null;
  readonly max: number | null;
}

/** Which configurations of a space may be tried: those that have no forbidden combination and keep every limit. Plain data. */
export interface SpaceRules {
  readonly forbid: readonly ForbiddenRule[];
  readonly limits: readonly LimitRule[];
}
