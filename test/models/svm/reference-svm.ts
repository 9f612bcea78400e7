/**
 * A slow reference in plain TypeScript and double precision: first-order SMO (S. Keerthi et al. 2001) on a dense kernel.
 * min ½ aᵀKa − zᵀa, Σ a = 0, a_i between 0 and y_i C_i. For classification z = y.
 */
export interface ReferenceProblem {
  readonly kernel: readonly (readonly number[])[];
  /** ±1: the side of 0 on which a_i lies. */
  readonly y: readonly number[];
  readonly targets: readonly number[];
  readonly bounds: readonly number[];
}

/** Classification with one bound. */
export function referenceSvm(
  kernel: readonly (readonly number[])[],
  y: readonly number[],
  { C, tolerance }: { C: number; tolerance: number },
): number[] {
  return solveSlowly({ kernel, y, targets: y, bounds: y.map(() => C) }, tolerance);
}

export function solveSlowly(problem: ReferenceProblem, tolerance: number, mostSteps = 300_000): number[] {
  const { kernel, y, targets, bounds } = problem;
  const a = new Array<number>(y.length).fill(0);
  const f = [...targets];
  for (let step = 0; step < mostSteps; step++) {
    const { i, j, gap } = mostViolating(problem, f, a);
    if (!(gap >= tolerance)) return a;
    const [rowI, rowJ] = [kernel[i] as readonly number[], kernel[j] as readonly number[]];
    const curvature = Math.max((rowI[i] as number) + (rowJ[j] as number) - 2 * (rowI[j] as number), 1e-12);
    const top = (y[i] as number) > 0 ? (bounds[i] as number) : 0;
    const bottom = (y[j] as number) > 0 ? 0 : -(bounds[j] as number);
    const roomI = top - (a[i] as number);
    const roomJ = (a[j] as number) - bottom;
    const move = Math.min(gap / curvature, roomI, roomJ);
    a[i] = move >= roomI ? top : (a[i] as number) + move;
    a[j] = move >= roomJ ? bottom : (a[j] as number) - move;
    for (let l = 0; l < f.length; l++) f[l] = (f[l] as number) - move * ((rowI[l] as number) - (rowJ[l] as number));
  }
  return a;
}

/** f = z − Ka in double precision. */
export function gradientOf({ kernel, targets }: ReferenceProblem, a: readonly number[]): number[] {
  return targets.map((target, i) => target - a.reduce((sum, value, j) => sum + value * (kernel[i]?.[j] as number), 0));
}

/** The most violating pair and how far it violates the optimality conditions. */
export function violation(
  f: readonly number[],
  a: readonly number[],
  { y, C }: { readonly y: readonly number[]; readonly C: number },
): { readonly i: number; readonly j: number; readonly gap: number } {
  return mostViolating({ y, bounds: y.map(() => C) }, f, a);
}

export function mostViolating(
  { y, bounds }: Pick<ReferenceProblem, "y" | "bounds">,
  f: readonly number[],
  a: readonly number[],
): { readonly i: number; readonly j: number; readonly gap: number } {
  let i = -1;
  let j = -1;
  for (const [at, value] of f.entries()) {
    const positive = (y[at] as number) > 0;
    const bound = bounds[at] as number;
    const up = (a[at] as number) < (positive ? bound : 0);
    const low = (a[at] as number) > (positive ? 0 : -bound);
    if (up && (i < 0 || value > (f[i] as number))) i = at;
    if (low && (j < 0 || value < (f[j] as number))) j = at;
  }
  return { i, j, gap: i < 0 || j < 0 ? -Infinity : (f[i] as number) - (f[j] as number) };
}

/** The dual objective, to be minimized. `targets` is y for classification. */
export function objective(kernel: readonly (readonly number[])[], targets: readonly number[], a: readonly number[]): number {
  let value = 0;
  for (const [i, ai] of a.entries()) {
    value -= (targets[i] as number) * ai;
    for (const [j, aj] of a.entries()) value += 0.5 * ai * aj * (kernel[i]?.[j] as number);
  }
  return value;
}
