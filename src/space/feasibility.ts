import type { ForbiddenRule, LimitRule, SpaceRules, ValueSet } from "../core/space-rules.ts";
import type { Params, ParamValue } from "../core/space.ts";

/** Sums may be off by so much of their largest term: 0.1 + 0.2 is at most 0.3. */
const rounding = 1e-12;

/** Whether a configuration may be tried. A rule that names a parameter that is not active says nothing of it. O(rules · names). */
export function isFeasible({ forbid, limits }: SpaceRules, params: Params): boolean {
  for (const rule of forbid) if (hasCombination(rule, params)) return false;
  for (const limit of limits) if (!keepsLimit(limit, params)) return false;
  return true;
}

function hasCombination(rule: ForbiddenRule, params: Params): boolean {
  for (const name in rule) {
    if (!Object.hasOwn(params, name) || !inSet(rule[name] as ValueSet, params[name] as ParamValue)) return false;
  }
  return true;
}

/** Whether a value is one of a set's. */
export function inSet(set: ValueSet, value: ParamValue): boolean {
  if ("min" in set) return typeof value === "number" && (set.min === null || value >= set.min) && (set.max === null || value <= set.max);
  return set.includes(value);
}

function keepsLimit(limit: LimitRule, params: Params): boolean {
  const sum = limitSum(limit, params);
  return sum === null || (sum.value <= highest(limit, sum.size) && sum.value >= lowest(limit, sum.size));
}

/** The sum of a limit and the size of its largest term; null where it says nothing of the configuration. */
export function limitSum({ sum }: LimitRule, params: Params): { readonly value: number; readonly size: number } | null {
  let value = 0;
  let size = 0;
  for (const name in sum) {
    const given = Object.hasOwn(params, name) ? params[name] : undefined;
    if (typeof given !== "number") return null;
    const term = (sum[name] as number) * given;
    value += term;
    size = Math.max(size, Math.abs(term));
  }
  return { value, size };
}

function highest({ max }: LimitRule, size: number): number {
  return max === null ? Infinity : max + rounding * Math.max(size, Math.abs(max));
}

function lowest({ min }: LimitRule, size: number): number {
  return min === null ? -Infinity : min - rounding * Math.max(size, Math.abs(min));
}
