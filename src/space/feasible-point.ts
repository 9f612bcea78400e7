import type { LimitRule, SpaceRules } from "../core/space-rules.ts";
import type { Parameter, Params, ParamValue, Space } from "../core/space.ts";
import type { Rng } from "../math/rng.ts";
import { visitActive } from "./active-parameters.ts";
import { completion } from "./completion.ts";
import { discreteValues } from "./discrete-values.ts";
import { isFeasible, limitSum } from "./feasibility.ts";
import { gridParams, spaceSize } from "./space-grid.ts";

/** Draws before the search gives up, and how many of the first ones are moved towards the limits besides. */
const draws = 20_000;
const moved = 256;
const sweeps = 60;

/** Finite spaces up to here are searched cell by cell, so that the answer is exact. */
const listedCells = 100_000;

/**
 * A configuration that the rules allow and that has the values of `given`: the first of a bounded number of draws of the stream,
 * as drawn or moved to its limits, else the first cell of a finite space. null where none is found; for a space of at most 100 000 cells: where there is none.
 */
export function feasiblePoint(
  space: Space,
  rules: SpaceRules,
  { given = {}, rng }: { readonly given?: Params; readonly rng: Rng },
): Params | null {
  const size = spaceSize(space);
  const listed = size !== null && size <= listedCells;
  for (let draw = 0; draw < (listed ? moved : draws); draw++) {
    const params = completion(space, given, rng);
    if (isFeasible(rules, params)) return params;
    const near = draw < moved ? movedToLimits(space, rules, { params, given }) : null;
    if (near !== null) return near;
  }
  if (!listed) return null;
  const fixed = Object.entries(given);
  for (let cell = 0; cell < size; cell++) {
    const params = gridParams(space, cell);
    if (fixed.every(([name, value]) => Object.hasOwn(params, name) && params[name] === value) && isFeasible(rules, params)) return params;
  }
  return null;
}

/**
 * The configuration moved, with its branches, until it keeps the limits: each broken one in turn moves its parameters along its
 * coefficients, weighted by the parameters' widths, clipped to their ends (alternating projections: S. Agmon, "The relaxation method for
 * linear inequalities", Canadian Journal of Mathematics 6, 1954). What `given` names stays. null where that does not meet all rules.
 */
export function movedToLimits(
  space: Space,
  rules: SpaceRules,
  { params, given = {} }: { readonly params: Params; readonly given?: Params },
): Params | null {
  if (rules.limits.length === 0) return null;
  const active = new Map<string, Parameter>();
  visitActive(space, (name, parameter) => {
    active.set(name, parameter);
    return params[name];
  });
  const current: Record<string, ParamValue> = { ...params };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const limit of rules.limits) {
      const excess = excessOf(limit, current, sweep);
      if (excess === 0) continue;
      const free = Object.entries(limit.sum).filter(([name, factor]) => {
        return (
          !Object.hasOwn(given, name) && factor !== 0 && canMove(active.get(name) as Parameter, current[name] as number, -excess * factor)
        );
      });
      // Relative to the widest, so that no square overflows.
      const widest = Math.max(0, ...free.map(([name]) => widthOf(active.get(name) as Parameter)));
      const share = (name: string): number => (widthOf(active.get(name) as Parameter) / widest) ** 2;
      let total = 0;
      for (const [name, factor] of free) total += factor * factor * share(name);
      if (!(total > 0)) continue;
      for (const [name, factor] of free) {
        const target = (current[name] as number) - ((excess * factor) / total) * share(name);
        current[name] = snapped(active.get(name) as Parameter, target, -excess * factor);
      }
    }
    if (isFeasible(rules, current)) return Object.freeze(current);
  }
  return null;
}

/** By how much a limit is broken, above positive, below negative; later sweeps aim a little inside, against rounding. */
function excessOf(limit: LimitRule, params: Params, sweep: number): number {
  const sum = limitSum(limit, params);
  if (sum === null) return 0;
  const inside = sweep === 0 ? 0 : 1e-9 * sweep * Math.max(sum.size, 1e-300);
  if (limit.max !== null && sum.value > limit.max) return sum.value - limit.max + inside;
  if (limit.min !== null && sum.value < limit.min) return sum.value - limit.min - inside;
  return 0;
}

function endsOf(parameter: Parameter): readonly [number, number] {
  if (parameter.kind === "float" || parameter.kind === "int") return [parameter.low, parameter.high];
  const numbers = parameter.values.filter((value) => typeof value === "number");
  return [Math.min(...numbers), Math.max(...numbers)];
}

function widthOf(parameter: Parameter): number {
  const [low, high] = endsOf(parameter);
  return high - low;
}

function canMove(parameter: Parameter, value: number, direction: number): boolean {
  const [low, high] = endsOf(parameter);
  return direction > 0 ? value < high : value > low;
}

/** The parameter's value at `target` or next to it in the direction of the move; its end where there is none. */
function snapped(parameter: Parameter, target: number, direction: number): number {
  const [low, high] = endsOf(parameter);
  if (target <= low) return low;
  const discrete = discreteValues(parameter);
  if (discrete === null) return Math.min(high, target);
  if (parameter.kind === "float" || parameter.kind === "int") {
    const place = (target - low) / (parameter.step ?? 1);
    return discrete.at(Math.min(discrete.count - 1, direction > 0 ? Math.ceil(place) : Math.floor(place))) as number;
  }
  const numbers = parameter.values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  if (direction > 0) return numbers.find((value) => value >= target) ?? high;
  return numbers.findLast((value) => value <= target) ?? low;
}
