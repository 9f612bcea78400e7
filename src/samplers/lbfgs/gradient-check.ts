/**
 * Holds told gradients against told values: f(x + h d) − f(x) must be h (g(x) + g(x + h d)) · d / 2, the trapezoidal rule, whose error falls with h³ for a smooth
 * function. Along d every parameter has an equal share in the change (d_i ~ 1 / g_i), so that no large entry hides a wrong small one.
 *
 * Notation: f the value, g its gradient in the unit cube, x the point, d the direction, h the step.
 */
import type { Answer } from "./descent.ts";

/** A point that is tried for the check. */
export interface Probe {
  readonly from: Answer;
  /** x + h d */
  readonly point: Float64Array;
  /** h d */
  readonly move: Float64Array;
  /** The second one, after a first that disagreed: the other way, past no kink that the first one passed, and farther, lest noise decide. */
  readonly second: boolean;
}

export interface Verdict {
  /** "unclear": the change is too small to be told from rounding. */
  readonly verdict: "agrees" | "disagrees" | "unclear";
  /** What the value changed by, and what it had to by the gradients. */
  readonly found: number;
  readonly told: number;
}

const step = 1e-3;
/** A parameter's share is 1 / n of the change: a factor of 1 + 0.02 n on one entry is seen. */
const tolerance = 0.02;
/** What an iterative solver leaves open of a value. */
const noise = 1e-10;
/** Below this ratio to the largest entry a slope counts as this. */
const smallest = 1e-3;

/** The place of a check along `axes`, within the unit cube. */
export function probeFrom(from: Answer, at: Float64Array, { axes, second }: { axes: readonly number[]; second: boolean }): Probe {
  const slopes = axes.map((d) => from.gradient[d] as number);
  const largest = Math.max(...slopes.map(Math.abs)) || 1;
  const shares = slopes.map((slope) => 1 / Math.max(Math.abs(slope), smallest * largest));
  const longest = Math.max(...shares);
  const point = at.slice();
  const move = new Float64Array(at.length);
  for (const [i, d] of axes.entries()) {
    const size = ((shares[i] as number) / longest) * (second ? -4 * step : step);
    const signed = (slopes[i] as number) < 0 ? -size : size;
    const x = at[d] as number;
    point[d] = x + signed >= 0 && x + signed <= 1 ? x + signed : x - signed;
    move[d] = point[d] - x;
  }
  return { from, point, move, second };
}

export function judge({ from, move }: Probe, to: Answer): Verdict {
  let [start, end, size] = [0, 0, 0];
  for (const [d, by] of move.entries()) {
    const [a, b] = [(from.gradient[d] as number) * by, (to.gradient[d] as number) * by];
    start += a;
    end += b;
    size += (Math.abs(a) + Math.abs(b)) / 2;
  }
  const found = to.value - from.value;
  const told = (start + end) / 2;
  const rounding = noise * (Math.abs(from.value) + Math.abs(to.value));
  if (Math.max(Math.abs(found), size) <= 100 * rounding) return { verdict: "unclear", found, told };
  const allowed = tolerance * size + 0.1 * Math.abs(end - start) + rounding;
  return { verdict: Math.abs(found - told) <= allowed ? "agrees" : "disagrees", found, told };
}
