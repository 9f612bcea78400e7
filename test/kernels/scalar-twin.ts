/**
 * The scalar twins of the solver's kernels in plain TypeScript: the same sums in the same order and precision, so that every
 * number they leave has the bits of the kernel's. They work on a copy of a problem.
 */
import type { TwoClassProblem } from "./two-class-problem.ts";

const single = Math.fround;
const leastCurvature = 1e-12;

/** 1/x within 0.3 %, as the kernel has it. */
function reciprocal(x: number): number {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  const guess = new Float32Array(Int32Array.of(0x7ef311c7 - (bits[0] as number)).buffer)[0] as number;
  return single(guess * single(2 - single(x * guess)));
}

export class ScalarTwin {
  readonly problem: TwoClassProblem;
  readonly local: number;
  readonly bound: number;
  readonly a: Float64Array;
  readonly f: Float32Array;
  readonly exact: Float64Array;
  highest = 0;
  lowest = 0;
  steps = 0;
  #pending = { i: 0, j: 0, step: 0 };
  /** The lane of the list that each row may stand in. */
  readonly #lanes: readonly number[];

  /** The cold start with the bound C. */
  constructor(problem: TwoClassProblem, bound: number) {
    this.problem = problem;
    this.local = problem.local;
    this.bound = bound;
    this.a = new Float64Array(problem.local);
    this.f = Float32Array.from(problem.target);
    this.exact = new Float64Array(problem.local);
    const runs = this.runs();
    this.#lanes = Array.from({ length: problem.local }, (_, l) => {
      const run = runs.findLastIndex((one) => one <= l);
      return run * 100 + ((l - (runs[run] as number)) >> 6) * 4 + (l & 3);
    });
  }

  up(l: number): boolean {
    return this.problem.trained(l) && (this.a[l] as number) < (this.problem.y(l) > 0 ? this.boundOf(l) : 0);
  }

  low(l: number): boolean {
    return this.problem.trained(l) && (this.a[l] as number) > (this.problem.y(l) > 0 ? 0 : -this.boundOf(l));
  }

  boundOf(l: number): number {
    return this.bound * (this.problem.weight[l] as number);
  }

  move(i: number, j: number, slope: number): void {
    const { k, y } = this.problem;
    const curvature = Math.max(k(i, i) + k(j, j) - 2 * k(i, j), leastCurvature);
    const top = y(i) > 0 ? this.boundOf(i) : 0;
    const bottom = y(j) > 0 ? 0 : -this.boundOf(j);
    const roomI = top - (this.a[i] as number);
    const roomJ = (this.a[j] as number) - bottom;
    const step = Math.min(single(slope / curvature), roomI, roomJ);
    this.a[i] = step >= roomI ? top : (this.a[i] as number) + step;
    this.a[j] = step >= roomJ ? bottom : (this.a[j] as number) - step;
    this.#pending = { i, j, step };
  }

  /** Applies the last step to f; returns the first up row with the largest f. */
  apply(): number {
    const { i, j, step } = this.#pending;
    const { k } = this.problem;
    let found = -1;
    this.highest = -Infinity;
    this.lowest = Infinity;
    for (let l = 0; l < this.local; l++) {
      const value = single((this.f[l] as number) - single(single(step) * single(k(i, l) - k(j, l))));
      this.f[l] = value;
      if (this.up(l) && value > this.highest) {
        this.highest = value;
        found = l;
      }
      if (this.low(l)) this.lowest = Math.min(this.lowest, value);
    }
    this.#pending.step = 0;
    return found;
  }

  #partner(i: number, candidates: ReadonlySet<number> | null): number {
    const { k } = this.problem;
    let [found, best] = [-1, 0];
    for (let l = 0; l < this.local; l++) {
      const drop = single(this.highest - (this.f[l] as number));
      if (!this.low(l) || drop <= 0 || candidates?.has(l) === false) continue;
      const curvature = Math.max(single(single(k(i, i) + k(l, l)) - single(2 * k(i, l))), single(leastCurvature));
      const gain = single(single(drop * drop) * reciprocal(curvature));
      if (gain > best) [found, best] = [l, gain];
    }
    return found;
  }

  /** First rows of the runs: a class begins one, and the row behind its longest stretch of whole blocks of 16 without a training row. */
  runs(): readonly number[] {
    const { sizeA } = this.problem;
    return [
      [0, sizeA],
      [sizeA, this.local],
    ].flatMap(([first, last]) => {
      let [start, longest, behind] = [first as number, 0, first as number];
      for (let block = first as number; block < (last as number); block += 16) {
        if (Array.from({ length: 16 }, (_, l) => this.problem.trained(block + l)).some(Boolean)) start = block + 16;
        else if (block + 16 - start > longest) [longest, behind] = [block + 16 - start, block + 16];
      }
      return [first as number, behind];
    });
  }

  /** The low rows of least f among the rows 0, 4, 8 … of each segment of 64 rows of a run, among 1, 5, 9 …, and so on. */
  #candidates(): ReadonlySet<number> {
    const found: number[] = [];
    for (const [l, lane] of this.#lanes.entries()) {
      const known = found[lane];
      if (this.low(l) && (known === undefined || (this.f[l] as number) < (this.f[known] as number))) found[lane] = l;
    }
    return new Set(found.filter((l) => l !== undefined));
  }

  optimize(count: number, listed = false): boolean {
    for (this.steps = 0; this.steps < count; this.steps++) {
      const i = this.apply();
      if (!(this.highest - this.lowest >= 1e-3)) return true;
      const j = this.#partner(i, listed ? this.#candidates() : null);
      if (j < 0) return true;
      this.move(i, j, this.highest - (this.f[j] as number));
    }
    return false;
  }

  optimizePrecisely(count: number): boolean {
    const { k } = this.problem;
    const g = this.exact;
    for (this.steps = 0; this.steps < count; this.steps++) {
      let [i, j, best] = [-1, -1, 0];
      this.highest = -Infinity;
      this.lowest = Infinity;
      for (let l = 0; l < this.local; l++) {
        if (this.up(l) && (g[l] as number) > this.highest) {
          this.highest = g[l] as number;
          i = l;
        }
        if (this.low(l)) this.lowest = Math.min(this.lowest, g[l] as number);
      }
      if (!(this.highest - this.lowest >= 1e-3)) return true;
      for (let l = 0; l < this.local; l++) {
        const drop = this.highest - (g[l] as number);
        if (!this.low(l) || drop <= 0) continue;
        const gain = (drop * drop) / Math.max(k(i, i) + k(l, l) - 2 * k(i, l), leastCurvature);
        if (gain > best) [j, best] = [l, gain];
      }
      if (j < 0) return true;
      this.move(i, j, this.highest - (g[j] as number));
      const { step } = this.#pending;
      for (let l = 0; l < this.local; l++) g[l] = (g[l] as number) - step * (k(i, l) - k(j, l));
    }
    return false;
  }

  /** f anew in double precision; returns the largest change on a training row. */
  regrade(): number {
    let drift = 0;
    for (let l = 0; l < this.local; l++) {
      const exact = this.#less(this.problem.target[l] as number, this.a, l);
      this.exact[l] = exact;
      if (this.problem.trained(l)) drift = Math.max(drift, Math.abs(exact - (this.f[l] as number)));
      this.f[l] = exact;
    }
    return drift;
  }

  /** f after changes of a. */
  correct(changes: Float64Array): void {
    for (let l = 0; l < this.local; l++) this.f[l] = this.#less(this.f[l] as number, changes, l);
  }

  /** `start` − Σ values_j K_jl, eight rows at a time. */
  #less(start: number, values: Float64Array, l: number): number {
    const rows = [...values.keys()].filter((j) => values[j] !== 0);
    let left = start;
    for (let first = 0; first < rows.length; first += 8) {
      left -= rows.slice(first, first + 8).reduce((sum, j) => sum + this.problem.k(j, l) * (values[j] as number), 0);
    }
    return left;
  }

  /** Makes a feasible: see seed.ts. False where no row has room for what is left. */
  seed(): boolean {
    const taken: [number, number][] = [];
    for (const [l, value] of this.a.entries()) {
      const most = this.problem.trained(l) ? this.boundOf(l) : 0;
      const clipped = this.problem.y(l) > 0 ? Math.max(Math.min(value, most), 0) : Math.min(Math.max(value, -most), 0);
      if (value === 0 || clipped === value) continue;
      this.a[l] = clipped;
      taken.push([l, value - clipped]);
    }
    for (const [l, amount] of taken) {
      for (let rest = amount; rest !== 0; ) {
        const upward = rest > 0;
        const sameClass = [...this.a.keys()].filter((one) => this.problem.y(one) === this.problem.y(l));
        const open = sameClass.filter((one) => (upward ? this.up(one) : this.low(one)));
        if (open.length === 0) return false;
        const to = open.reduce((best, one) => (this.problem.k(l, one) > this.problem.k(l, best) ? one : best));
        const positive = this.problem.y(to) > 0;
        const end = upward ? (positive ? this.boundOf(to) : 0) : positive ? 0 : -this.boundOf(to);
        const room = end - (this.a[to] as number);
        const fits = Math.abs(rest) < Math.abs(room);
        this.a[to] = fits ? (this.a[to] as number) + rest : end;
        rest = fits ? 0 : rest - room;
      }
    }
    return true;
  }

  /** ρ, the number of support vectors and the number at their bound. */
  offset(precise: boolean): readonly [number, number, number] {
    let [sum, free, support, bounded] = [0, 0, 0, 0];
    for (let l = 0; l < this.local; l++) {
      const value = Math.abs(this.a[l] as number);
      if (value === 0) continue;
      support++;
      if (value >= this.boundOf(l)) bounded++;
      if (!this.up(l) || !this.low(l)) continue;
      sum += (precise ? this.exact[l] : this.f[l]) as number;
      free++;
    }
    return [free > 0 ? sum / free : (this.highest + this.lowest) / 2, support, bounded];
  }

  /** The rows that can still move: see compaction.ts. */
  active(margin: number): readonly number[] {
    const middle = (this.highest + this.lowest) / 2;
    return [...this.a.keys()].filter((l) => {
      const [up, low, value] = [this.up(l), this.low(l), this.f[l] as number];
      return (up && low) || (up && value >= single(middle - margin)) || (low && value <= single(middle + margin));
    });
  }
}
