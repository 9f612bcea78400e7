import type { Direction } from "../core/metric.ts";

/** Whether `a` is worse than `b`; equal ones are not. */
export function worse(a: number, b: number, direction: Direction): boolean {
  return direction === "minimize" ? a > b : a < b;
}

/** The best of some values; the worst there is where there are none. */
export function bestOf(values: readonly number[], direction: Direction): number {
  let best = direction === "minimize" ? Infinity : -Infinity;
  for (const value of values) if (worse(best, value, direction)) best = value;
  return best;
}

/** A value in a reason: six digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
