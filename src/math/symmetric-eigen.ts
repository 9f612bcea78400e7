/**
 * Eigenvalues and eigenvectors of a real symmetric matrix: Householder's reduction to a tridiagonal matrix, then implicit QL.
 *
 * Sources: R. S. Martin, C. Reinsch, J. H. Wilkinson, Numer. Math. 11 (1968), 181–195 (tred2); H. Bowdler, R. S. Martin, C. Reinsch,
 * J. H. Wilkinson, Numer. Math. 11 (1968), 293–306 (tql2), with the loops of the public-domain package JAMA. Notation: V the matrix,
 * then its vectors; d the diagonal, then the values; e the subdiagonal.
 */

/** QL steps for one eigenvalue; two or three are usual. */
const mostSteps = 60;

/**
 * Overwrites `matrix` (n × n, row-major, symmetric, finite) with its orthonormal eigenvectors as columns and `values` (n) with the
 * eigenvalues, in no order. About 9 n³ operations.
 */
export function symmetricEigen(matrix: Float64Array, values: Float64Array): void {
  const n = values.length;
  if (n === 0) return;
  const offDiagonal = new Float64Array(n);
  tridiagonalise(matrix, values, offDiagonal);
  implicitQl(matrix, values, offDiagonal);
}

function tridiagonalise(V: Float64Array, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  for (let j = 0; j < n; j++) d[j] = V[(n - 1) * n + j] as number;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    let h = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k] as number);
    if (scale === 0) {
      e[i] = d[i - 1] as number;
      for (let j = 0; j < i; j++) {
        d[j] = V[(i - 1) * n + j] as number;
        V[i * n + j] = 0;
        V[j * n + i] = 0;
      }
    } else {
      h = reflect(V, d, e, { i, n, scale });
    }
    d[i] = h;
  }
  accumulate(V, d, n);
  e[0] = 0;
}

/** One Householder vector and its similarity transformation; gives h = |u|² / 2. */
function reflect(V: Float64Array, d: Float64Array, e: Float64Array, at: { i: number; n: number; scale: number }): number {
  const { i, n, scale } = at;
  let h = 0;
  for (let k = 0; k < i; k++) {
    d[k] = (d[k] as number) / scale;
    h += (d[k] as number) * (d[k] as number);
  }
  const f = d[i - 1] as number;
  const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * g;
  h -= f * g;
  d[i - 1] = f - g;
  for (let j = 0; j < i; j++) e[j] = 0;
  for (let j = 0; j < i; j++) {
    const u = d[j] as number;
    V[j * n + i] = u;
    let sum = (e[j] as number) + (V[j * n + j] as number) * u;
    for (let k = j + 1; k < i; k++) {
      const v = V[k * n + j] as number;
      sum += v * (d[k] as number);
      e[k] = (e[k] as number) + v * u;
    }
    e[j] = sum;
  }
  let dot = 0;
  for (let j = 0; j < i; j++) {
    e[j] = (e[j] as number) / h;
    dot += (e[j] as number) * (d[j] as number);
  }
  const half = dot / (h + h);
  for (let j = 0; j < i; j++) e[j] = (e[j] as number) - half * (d[j] as number);
  for (let j = 0; j < i; j++) {
    const u = d[j] as number;
    const q = e[j] as number;
    for (let k = j; k < i; k++) {
      const place = k * n + j;
      V[place] = (V[place] as number) - (u * (e[k] as number) + q * (d[k] as number));
    }
    d[j] = V[(i - 1) * n + j] as number;
    V[i * n + j] = 0;
  }
  return h;
}

/** The product of the reflections, in place of the matrix; the diagonal goes to d. */
function accumulate(V: Float64Array, d: Float64Array, n: number): void {
  const last = n - 1;
  for (let i = 0; i < last; i++) {
    V[last * n + i] = V[i * n + i] as number;
    V[i * n + i] = 1;
    const h = d[i + 1] as number;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = (V[k * n + i + 1] as number) / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += (V[k * n + i + 1] as number) * (V[k * n + j] as number);
        for (let k = 0; k <= i; k++) V[k * n + j] = (V[k * n + j] as number) - g * (d[k] as number);
      }
    }
    for (let k = 0; k <= i; k++) V[k * n + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = V[last * n + j] as number;
    V[last * n + j] = 0;
  }
  V[n * n - 1] = 1;
}

function implicitQl(V: Float64Array, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  for (let i = 1; i < n; i++) e[i - 1] = e[i] as number;
  e[n - 1] = 0;
  let shift = 0;
  let size = 0;
  for (let l = 0; l < n; l++) {
    // An entry of e this small is none.
    size = Math.max(size, Math.abs(d[l] as number) + Math.abs(e[l] as number));
    let m = l;
    while (m < n - 1 && Math.abs(e[m] as number) > 2.220446049250313e-16 * size) m++;
    for (let step = 0; m > l; step++) {
      if (!(step < mostSteps)) throw new RangeError("symmetricEigen(): the matrix must be symmetric and finite.");
      shift += qlStep(V, d, e, { l, m, n });
      if (!(Math.abs(e[l] as number) > 2.220446049250313e-16 * size)) break;
    }
    d[l] = (d[l] as number) + shift;
    e[l] = 0;
  }
}

/** One implicit QL step on rows l … m; gives the shift that it took off the diagonal. */
function qlStep(V: Float64Array, d: Float64Array, e: Float64Array, { l, m, n }: { l: number; m: number; n: number }): number {
  const g = d[l] as number;
  let p = ((d[l + 1] as number) - g) / (2 * (e[l] as number));
  const root = length(p, 1);
  const r = p < 0 ? -root : root;
  d[l] = (e[l] as number) / (p + r);
  d[l + 1] = (e[l] as number) * (p + r);
  const dl1 = d[l + 1] as number;
  const h = g - d[l];
  for (let i = l + 2; i < n; i++) d[i] = (d[i] as number) - h;
  const el1 = e[l + 1] as number;
  p = d[m] as number;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const ei = e[i] as number;
    const di = d[i] as number;
    const cg = c * ei;
    const ch = c * p;
    const hypotenuse = length(p, ei);
    e[i + 1] = s * hypotenuse;
    s = ei / hypotenuse;
    c = p / hypotenuse;
    p = c * di - s * cg;
    d[i + 1] = ch + s * (c * cg + s * di);
    for (let k = 0; k < n; k++) {
      const right = k * n + i + 1;
      const v = V[right] as number;
      const w = V[right - 1] as number;
      V[right] = s * w + c * v;
      V[right - 1] = c * w - s * v;
    }
  }
  p = (-s * s2 * c3 * el1 * (e[l] as number)) / dl1;
  e[l] = s * p;
  d[l] = c * p;
  return h;
}

/** √(a² + b²) without overflow; Math.hypot is not the same in all versions of Node. */
function length(a: number, b: number): number {
  const x = Math.abs(a);
  const y = Math.abs(b);
  const large = x > y ? x : y;
  if (large === 0) return 0;
  const ratio = (x > y ? y : x) / large;
  return large * Math.sqrt(1 + ratio * ratio);
}
