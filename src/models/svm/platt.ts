/**
 * Probabilities from the decisions of a two-class machine.
 *
 * Notation: f_i decisions, N₊ and N₋ the (weighted) rows of the two classes, p_i = 1 / (1 + exp(A f_i + B)) the probability of the
 * positive class, t_i its target: (N₊ + 1) / (N₊ + 2) for a positive row and 1 / (N₋ + 2) for a negative one.
 * A and B minimize F(A, B) = −Σ w_i (t_i ln p_i + (1 − t_i) ln (1 − p_i)), which is convex.
 *
 * Source: H.-T. Lin, C.-J. Lin, R. C. Weng, "A note on Platt's probabilistic outputs for support vector machines", Machine Learning
 * 68:267–276 (2007), doi:10.1007/s10994-007-5018-6: Newton's method with backtracking, with the constants of its appendix, which are LIBSVM's.
 */
import { exp, log } from "../../math/elementary.ts";

/** P(positive | f) = 1 / (1 + exp(slope · f + offset)). The slope is negative where larger decisions mean the positive class. */
export interface Curve {
  readonly slope: number;
  readonly offset: number;
}

export interface Platt extends Curve {
  /** false where the search ended by its limit; the curve is the best one found. */
  readonly converged: boolean;
}

const maxIterations = 100;
/** Least share of a Newton step that is tried. */
const leastStep = 1e-10;
/** Added to the diagonal of the Hessian, which then is positive definite. */
const ridge = 1e-12;
/** The search stops where both derivatives are smaller. */
const flat = 1e-5;
/** Share of the predicted decrease that a step must reach. */
const sufficient = 1e-4;
/** Decisions from here on are scaled down by a power of two: their squares and products would swamp the ridge and the stop rule. */
const large = 2 ** 20;

/**
 * Fits the curve to finite decisions; `positive[i]` is 1 where row i is of the positive class, else 0, and `weights` (above 0) count
 * rows: a row of weight 2 is two rows. Where all decisions are equal, or there is none, the curve is flat. Deterministic. O(rows · iterations).
 */
export function platt(decisions: ArrayLike<number>, positive: ArrayLike<number>, weights: ArrayLike<number> | null = null): Platt {
  const rows = decisions.length;
  let [above, below, largest, spread] = [0, 0, 0, false];
  for (let i = 0; i < rows; i++) {
    const weight = weights === null ? 1 : (weights[i] as number);
    if (positive[i] === 1) above += weight;
    else below += weight;
    largest = Math.max(largest, Math.abs(decisions[i] as number));
    spread ||= decisions[i] !== decisions[0];
  }
  const high = (above + 1) / (above + 2);
  const low = 1 / (below + 2);
  if (!spread) {
    // The minimum of F along the line of equal p: the mean target.
    const mean = above + below > 0 ? (above * high + below * low) / (above + below) : 0.5;
    return { slope: 0, offset: log((1 - mean) / mean), converged: true };
  }
  const scale = largest < large ? 1 : powerOfTwoAbove(largest);
  const problem = { rows, decisions, positive, weights, high, low, scale };

  let at = { slope: 0, offset: log((below + 1) / (above + 1)) };
  let value = loss(problem, at.slope, at.offset);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const step = newtonStep(problem, at.slope, at.offset);
    if (step === undefined) return { slope: at.slope / scale, offset: at.offset, converged: true };
    let size = 1;
    for (; size >= leastStep; size /= 2) {
      const next = { slope: at.slope + size * step.slope, offset: at.offset + size * step.offset };
      const found = loss(problem, next.slope, next.offset);
      if (found < value + sufficient * size * step.decrease) {
        at = next;
        value = found;
        break;
      }
    }
    if (size < leastStep) break;
  }
  return { slope: at.slope / scale, offset: at.offset, converged: false };
}

/** The probability of the positive class at decision `f`. */
export function plattProbability({ slope, offset }: Curve, f: number): number {
  const z = slope * f + offset;
  // Both forms keep their argument of exp at or below 0.
  return z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z));
}

interface Problem {
  readonly rows: number;
  readonly decisions: ArrayLike<number>;
  readonly positive: ArrayLike<number>;
  readonly weights: ArrayLike<number> | null;
  readonly high: number;
  readonly low: number;
  readonly scale: number;
}

/** F(A, B) in the paper's two forms, which lose no digits. */
function loss({ rows, decisions, positive, weights, high, low, scale }: Problem, slope: number, offset: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    const z = slope * ((decisions[i] as number) / scale) + offset;
    const target = positive[i] === 1 ? high : low;
    const one = z >= 0 ? target * z + log(1 + exp(-z)) : (target - 1) * z + log(1 + exp(z));
    sum += weights === null ? one : (weights[i] as number) * one;
  }
  return sum;
}

/** The Newton direction and its derivative of F; undefined where F is flat. */
function newtonStep(
  { rows, decisions, positive, weights, high, low, scale }: Problem,
  slope: number,
  offset: number,
): { readonly slope: number; readonly offset: number; readonly decrease: number } | undefined {
  let [h11, h22, h21, g1, g2] = [ridge, ridge, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const f = (decisions[i] as number) / scale;
    const weight = weights === null ? 1 : (weights[i] as number);
    const z = slope * f + offset;
    const small = exp(-Math.abs(z));
    const p = z >= 0 ? small / (1 + small) : 1 / (1 + small);
    const q = z >= 0 ? 1 / (1 + small) : small / (1 + small);
    const curvature = weight * p * q;
    h11 += f * f * curvature;
    h22 += curvature;
    h21 += f * curvature;
    const slant = weight * ((positive[i] === 1 ? high : low) - p);
    g1 += f * slant;
    g2 += slant;
  }
  if (Math.abs(g1) < flat && Math.abs(g2) < flat) return undefined;
  const determinant = h11 * h22 - h21 * h21;
  // Nearly equal decisions: the difference is rounding, so only the diagonal is used, which is a descent direction too.
  const [a, b] =
    determinant > 1e-14 * h11 * h22
      ? [-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant]
      : [-g1 / (2 * h11), -g2 / (2 * h22)];
  return { slope: a, offset: b, decrease: g1 * a + g2 * b };
}

function powerOfTwoAbove(value: number): number {
  let power = large;
  while (power <= value) power *= 2;
  return power;
}
