/**
 * Minimises a smooth function within bounds by a limited-memory quasi-Newton method: curvature pairs as in L-BFGS, restricted at each step
 * to the variables that are free, and steps projected onto the bounds.
 *
 * Sources: R. H. Byrd, P. Lu, J. Nocedal, C. Zhu, "A limited memory algorithm for bound constrained optimization", SIAM J. Sci. Comput.
 * 16(5), 1995, doi 10.1137/0916069 (the problem and the stopping rules); D. P. Bertsekas, "Projected Newton methods for optimization
 * problems with simple constraints", SIAM J. Control Optim. 20(2), 1982, doi 10.1137/0320018 (free variables, eq. 32–37); J. Nocedal,
 * "Updating quasi-Newton matrices with limited storage", Math. Comp. 35, 1980, doi 10.1090/S0025-5718-1980-0572855-7 (the two loops);
 * A. S. Lewis, M. L. Overton, "Nonsmooth optimization via quasi-Newton methods", Math. Program. 141, 2013,
 * doi 10.1007/s10107-012-0514-2 (the bracketing search for the weak Wolfe conditions).
 *
 * Notation: x the point, f its value, g its gradient, d the direction, t the step, s and y the differences of x and g.
 */

/** What a point was found to be worth. A value that is not finite makes the search come closer; so does such a gradient. */
export interface Evaluated {
  readonly value: number;
  readonly gradient: ArrayLike<number>;
}

export interface LbfgsbOptions {
  /** Curvature pairs kept; default 10. */
  readonly memory?: number;
  /** Most points asked for; default 1000. */
  readonly maxEvaluations?: number;
  /** Ends where no entry of the projected gradient, P(x − g) − x, is larger; default 1e-6. */
  readonly gradientTolerance?: number;
  /** Ends where a step gains less than this times max(|f|, 1); default 1e-12. */
  readonly valueTolerance?: number;
  /** The first step's largest move of one variable; default 1. */
  readonly firstMove?: number;
}

export interface LbfgsbResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
  /** What ended it: a small projected gradient, a small gain, all evaluations spent, or no lower point found along the last direction. */
  readonly reason: "gradient" | "value" | "evaluations" | "search";
}

const sufficient = 1e-4;
const curvature = 0.9;

/**
 * The search as a sequence of questions: yields the next point to evaluate (a view that the next question overwrites), is sent what it is worth, and
 * returns the best point. `start` is moved into the bounds. Deterministic; O(memory × n) a step.
 */
export function* lbfgsbSteps(
  start: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  options: LbfgsbOptions = {},
): Generator<Float64Array, LbfgsbResult, Evaluated> {
  const { memory = 10, maxEvaluations = 1000, gradientTolerance = 1e-6, valueTolerance = 1e-12, firstMove = 1 } = options;
  const n = start.length;
  const clamp = (value: number, i: number): number => Math.min(upper[i] as number, Math.max(lower[i] as number, value));
  let x = Float64Array.from(start, clamp);
  let next = new Float64Array(n);
  const trial = new Float64Array(n);
  let g = new Float64Array(n);
  let nextG = new Float64Array(n);
  const d = new Float64Array(n);
  const free = new Uint8Array(n);
  const pairs = new CurvaturePairs(n, memory);
  let evaluations = 1;

  const first = yield x;
  let f = first.value;
  g.set(first.gradient);
  const end = (reason: LbfgsbResult["reason"]): LbfgsbResult => ({ x, value: f, evaluations, reason });
  if (!areFinite(f, g)) return end("search");

  for (;;) {
    let size = 0;
    for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(clamp((x[i] as number) - (g[i] as number), i) - (x[i] as number)));
    if (size <= gradientTolerance) return end("gradient");
    if (evaluations >= maxEvaluations) return end("evaluations");

    // Bertsekas: variables near a bound that the gradient pushes against are held, lest the steps shrink to nothing.
    const near = Math.min(1e-8, size);
    for (let i = 0; i < n; i++) {
      const [low, high, at, slope] = [lower[i] as number, upper[i] as number, x[i] as number, g[i] as number];
      free[i] = low === high || (at <= low + near && slope > 0) || (at >= high - near && slope < 0) ? 0 : 1;
    }
    let known = pairs.direction(g, free, d);
    let slope = along(g, d);
    if (!(slope < 0)) {
      pairs.clear();
      known = false;
      for (let i = 0; i < n; i++) d[i] = free[i] === 1 ? -(g[i] as number) : 0;
      slope = along(g, d);
    }
    if (!(slope < 0)) return end("gradient");
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(d[i] as number));

    // Lewis, Overton: between a step that is too short and one that is too long; doubled until there is one that is too long.
    let t = known ? 1 : Math.min(1, firstMove / largest);
    let short = 0;
    let long = Infinity;
    let value = f;
    for (let tries = 0; tries < 30 && evaluations < maxEvaluations; tries++) {
      let predicted = 0;
      for (let i = 0; i < n; i++) {
        const at = x[i] as number;
        trial[i] = clamp(at + t * (d[i] as number), i);
        predicted += (g[i] as number) * ((trial[i] as number) - at);
      }
      evaluations++;
      const told = yield trial;
      const fits = areFinite(told.value, told.gradient);
      if (fits && told.value <= f + sufficient * predicted && told.value <= value) {
        value = told.value;
        next.set(trial);
        nextG.set(told.gradient);
        // Variables that the bounds have stopped move no further.
        let nextSlope = 0;
        for (let i = 0; i < n; i++) {
          const at = next[i] as number;
          if (at > (lower[i] as number) && at < (upper[i] as number)) nextSlope += (nextG[i] as number) * (d[i] as number);
        }
        if (nextSlope >= curvature * slope) break;
        short = t;
        t = long === Infinity ? 2 * t : (short + long) / 2;
      } else {
        if (short > 0 && tries > 4) break;
        long = t;
        // The minimum of the parabola through both values and the slope, kept within the bracket.
        const bend = fits ? told.value - f - t * slope : Infinity;
        const guess = bend > 0 ? (-slope * t * t) / (2 * bend) : 0;
        t = short > 0 ? (short + long) / 2 : Math.min(0.5 * t, Math.max(0.1 * t, guess));
      }
    }
    if (!(value < f)) {
      // Curvature that misleads is forgotten; where there was none, nothing lower can be found.
      if (!known) return end(evaluations >= maxEvaluations ? "evaluations" : "search");
      pairs.clear();
      continue;
    }
    pairs.learn(x, next, g, nextG);
    const gain = f - value;
    [x, next] = [next, x];
    [g, nextG] = [nextG, g];
    f = value;
    if (gain <= valueTolerance * Math.max(Math.abs(f), 1)) return end("value");
  }
}

/** Runs `lbfgsbSteps` on a function, which writes its gradient at x into `gradient` and returns its value. */
export function lbfgsb(
  evaluate: (x: Float64Array, gradient: Float64Array) => number,
  start: ArrayLike<number>,
  bounds: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> },
  options: LbfgsbOptions = {},
): LbfgsbResult {
  const told = { value: 0, gradient: new Float64Array(start.length) };
  const steps = lbfgsbSteps(start, bounds.lower, bounds.upper, options);
  let step = steps.next();
  while (step.done !== true) {
    told.value = evaluate(step.value, told.gradient);
    step = steps.next(told);
  }
  return step.value;
}

/** The last differences s of points and y of gradients, in a ring. */
class CurvaturePairs {
  readonly #n: number;
  readonly #memory: number;
  readonly #s: Float64Array;
  readonly #y: Float64Array;
  readonly #weights: Float64Array;
  readonly #products: Float64Array;
  #count = 0;
  #next = 0;

  constructor(n: number, memory: number) {
    this.#n = n;
    this.#memory = memory;
    this.#s = new Float64Array(n * memory);
    this.#y = new Float64Array(n * memory);
    this.#weights = new Float64Array(memory);
    this.#products = new Float64Array(memory);
  }

  clear(): void {
    this.#count = 0;
  }

  /** Keeps a pair whose curvature is positive. */
  learn(x: Float64Array, next: Float64Array, g: Float64Array, nextG: Float64Array): void {
    const at = this.#next * this.#n;
    let product = 0;
    let size = 0;
    for (let i = 0; i < this.#n; i++) {
      const s = (next[i] as number) - (x[i] as number);
      const y = (nextG[i] as number) - (g[i] as number);
      this.#s[at + i] = s;
      this.#y[at + i] = y;
      product += s * y;
      size += y * y;
    }
    if (!(product > 2.2e-16 * size)) return;
    this.#next = (this.#next + 1) % this.#memory;
    this.#count = Math.min(this.#memory, this.#count + 1);
  }

  /** d = −H g over the free variables (Nocedal, 1980), 0 over the others; false where no pair is known there and d = −g. */
  direction(g: Float64Array, free: Uint8Array, d: Float64Array): boolean {
    const n = this.#n;
    for (let i = 0; i < n; i++) d[i] = free[i] === 1 ? -(g[i] as number) : 0;
    let scale = 0;
    for (let back = 1; back <= this.#count; back++) {
      const pair = (this.#next - back + this.#memory) % this.#memory;
      const at = pair * n;
      let product = 0;
      let size = 0;
      let onto = 0;
      for (let i = 0; i < n; i++) {
        if (free[i] === 0) continue;
        const s = this.#s[at + i] as number;
        const y = this.#y[at + i] as number;
        product += s * y;
        size += y * y;
        onto += s * (d[i] as number);
      }
      // Among the free variables alone a pair may have no positive curvature; it is passed over.
      const fits = product > 2.2e-16 * size && size > 0;
      this.#products[pair] = fits ? product : 0;
      if (!fits) continue;
      if (scale === 0) scale = product / size;
      const weight = onto / product;
      this.#weights[pair] = weight;
      for (let i = 0; i < n; i++) if (free[i] === 1) d[i] = (d[i] as number) - weight * (this.#y[at + i] as number);
    }
    if (scale === 0) return false;
    for (let i = 0; i < n; i++) d[i] = (d[i] as number) * scale;
    for (let back = this.#count; back >= 1; back--) {
      const pair = (this.#next - back + this.#memory) % this.#memory;
      const product = this.#products[pair] as number;
      if (product === 0) continue;
      const at = pair * n;
      let onto = 0;
      for (let i = 0; i < n; i++) if (free[i] === 1) onto += (this.#y[at + i] as number) * (d[i] as number);
      const weight = (this.#weights[pair] as number) - onto / product;
      for (let i = 0; i < n; i++) if (free[i] === 1) d[i] = (d[i] as number) + weight * (this.#s[at + i] as number);
    }
    return true;
  }
}

/** The slope along d. */
function along(g: Float64Array, d: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < d.length; i++) sum += (g[i] as number) * (d[i] as number);
  return sum;
}

function areFinite(value: number, gradient: ArrayLike<number>): boolean {
  if (!Number.isFinite(value)) return false;
  for (let i = 0; i < gradient.length; i++) if (!Number.isFinite(gradient[i])) return false;
  return true;
}
