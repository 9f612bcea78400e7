/**
 * A slow reference in plain TypeScript and double precision: first-order SMO (S. Keerthi et al. 2001) on a dense kernel.
 * min ½ aᵀKa − yᵀa, Σ a = 0, a_i between 0 and y_i C.
 */
export function referenceSvm(
  kernel: readonly (readonly number[])[],
  y: readonly number[],
  options: { C: number; tolerance: number },
): number[] {
  const { C, tolerance } = options;
  const n = y.length;
  const a = new Array<number>(n).fill(0);
  for (let step = 0; step < 300_000; step++) {
    const f = y.map((label, i) => label - a.reduce((sum, value, j) => sum + value * (kernel[i]?.[j] as number), 0));
    const { i, j, gap } = violation(f, a, { y, C });
    if (!(gap >= tolerance)) return a;
    const curvature = Math.max((kernel[i]?.[i] as number) + (kernel[j]?.[j] as number) - 2 * (kernel[i]?.[j] as number), 1e-12);
    const top = (y[i] as number) > 0 ? C : 0;
    const bottom = (y[j] as number) > 0 ? 0 : -C;
    const roomI = top - (a[i] as number);
    const roomJ = (a[j] as number) - bottom;
    const move = Math.min(gap / curvature, roomI, roomJ);
    a[i] = move >= roomI ? top : (a[i] as number) + move;
    a[j] = move >= roomJ ? bottom : (a[j] as number) - move;
  }
  return a;
}

/** The most violating pair and how far it violates the optimality conditions. */
export function violation(
  f: readonly number[],
  a: readonly number[],
  { y, C }: { readonly y: readonly number[]; readonly C: number },
): { readonly i: number; readonly j: number; readonly gap: number } {
  let i = -1;
  let j = -1;
  for (const [at, value] of f.entries()) {
    const positive = (y[at] as number) > 0;
    const up = (a[at] as number) < (positive ? C : 0);
    const low = (a[at] as number) > (positive ? 0 : -C);
    if (up && (i < 0 || value > (f[i] as number))) i = at;
    if (low && (j < 0 || value < (f[j] as number))) j = at;
  }
  return { i, j, gap: i < 0 || j < 0 ? -Infinity : (f[i] as number) - (f[j] as number) };
}

/** The dual objective, to be minimized. */
export function objective(kernel: readonly (readonly number[])[], y: readonly number[], a: readonly number[]): number {
  let value = 0;
  for (const [i, ai] of a.entries()) {
    value -= (y[i] as number) * ai;
    for (const [j, aj] of a.entries()) value += 0.5 * ai * aj * (kernel[i]?.[j] as number);
  }
  return value;
}
