/**
 * Cholesky factors of symmetric positive definite matrices, row by row, so that a factor grows by appended rows and has the same
 * bits as one made at once.
 *
 * Notation: A = L Lᵀ, n × n. Lower triangles are packed by rows: entry (i, j ≤ i) stands at i (i + 1) / 2 + j.
 * Source: G. H. Golub, C. F. Van Loan, "Matrix Computations", 4th ed., 2013, section 4.2.9 (by rows: Cholesky–Banachiewicz).
 */

/** How many numbers a packed triangle of `n` rows holds. */
export function packedLength(n: number): number {
  return (n * (n + 1)) / 2;
}

/** Σ matrix[a + k] matrix[b + k] over k < count, in four lanes. */
function product(matrix: Float64Array, a: number, b: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = count - (count & 3);
  for (let k = 0; k < whole; k += 4) {
    s0 += (matrix[a + k] as number) * (matrix[b + k] as number);
    s1 += (matrix[a + k + 1] as number) * (matrix[b + k + 1] as number);
    s2 += (matrix[a + k + 2] as number) * (matrix[b + k + 2] as number);
    s3 += (matrix[a + k + 3] as number) * (matrix[b + k + 3] as number);
  }
  for (let k = whole; k < count; k++) s0 += (matrix[a + k] as number) * (matrix[b + k] as number);
  return s0 + s1 + (s2 + s3);
}

/**
 * Factors rows `from` … n − 1 in place: `matrix` holds L above them and A's packed rows from there on. A pivot below `floor` times
 * its diagonal entry (a matrix that rounding made singular) is raised to it. Returns how many were. O(n³ / 6) multiplications
 * for the whole, O(n²) a row.
 */
export function cholesky(matrix: Float64Array, n: number, from: number = 0, floor: number = 1e-14): number {
  let raised = 0;
  for (let i = from; i < n; i++) {
    const row = packedLength(i);
    for (let j = 0; j < i; j++) {
      const other = packedLength(j);
      matrix[row + j] = ((matrix[row + j] as number) - product(matrix, row, other, j)) / (matrix[other + j] as number);
    }
    const diagonal = matrix[row + i] as number;
    let pivot = diagonal - product(matrix, row, row, i);
    if (!(pivot >= floor * diagonal)) {
      pivot = floor * diagonal;
      raised++;
    }
    matrix[row + i] = Math.sqrt(pivot);
  }
  return raised;
}

/** Solves L x = b in place. O(n² / 2). */
export function solveLower(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const whole = i - (i & 3);
    for (let k = 0; k < whole; k += 4) {
      s0 += (factor[row + k] as number) * (b[k] as number);
      s1 += (factor[row + k + 1] as number) * (b[k + 1] as number);
      s2 += (factor[row + k + 2] as number) * (b[k + 2] as number);
      s3 += (factor[row + k + 3] as number) * (b[k + 3] as number);
    }
    for (let k = whole; k < i; k++) s0 += (factor[row + k] as number) * (b[k] as number);
    b[i] = ((b[i] as number) - (s0 + s1 + (s2 + s3))) / (factor[row + i] as number);
  }
}

/** Solves Lᵀ x = b in place. O(n² / 2). */
export function solveUpper(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = packedLength(i);
    const x = (b[i] as number) / (factor[row + i] as number);
    b[i] = x;
    for (let j = 0; j < i; j++) b[j] = (b[j] as number) - (factor[row + j] as number) * x;
  }
}

/** ln det A. */
export function logDeterminant(factor: Float64Array, n: number, log: (x: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += log(factor[packedLength(i) + i] as number);
  return 2 * sum;
}

/** A⁻¹ as a packed triangle into `inverse`; `scratch` takes L⁻¹. O(n³ / 3) multiplications. */
export function inverseFromFactor(factor: Float64Array, n: number, inverse: Float64Array, scratch: Float64Array): void {
  invertTriangle(factor, n, scratch);
  // A⁻¹ = MᵀM with M = L⁻¹: row i is the sum over M's rows k ≥ i of M(k, i) times row k, four rows at a time.
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    inverse.fill(0, row, row + i + 1);
    let k = i;
    for (; k + 3 < n; k += 4) {
      const k0 = packedLength(k);
      const k1 = packedLength(k + 1);
      const k2 = packedLength(k + 2);
      const k3 = packedLength(k + 3);
      const m0 = scratch[k0 + i] as number;
      const m1 = scratch[k1 + i] as number;
      const m2 = scratch[k2 + i] as number;
      const m3 = scratch[k3 + i] as number;
      for (let j = 0; j <= i; j++) {
        inverse[row + j] =
          (inverse[row + j] as number) +
          (m0 * (scratch[k0 + j] as number) + m1 * (scratch[k1 + j] as number)) +
          (m2 * (scratch[k2 + j] as number) + m3 * (scratch[k3 + j] as number));
      }
    }
    for (; k < n; k++) {
      const k0 = packedLength(k);
      const m0 = scratch[k0 + i] as number;
      for (let j = 0; j <= i; j++) inverse[row + j] = (inverse[row + j] as number) + m0 * (scratch[k0 + j] as number);
    }
  }
}

/** M = L⁻¹: row i is the unit row less L(i, k) times row k, over k < i, divided by the pivot; two rows at a time. */
function invertTriangle(factor: Float64Array, n: number, into: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    into.fill(0, row, row + i + 1);
    let k = 0;
    for (; k + 1 < i; k += 2) {
      const k0 = packedLength(k);
      const k1 = packedLength(k + 1);
      const l0 = factor[row + k] as number;
      const l1 = factor[row + k + 1] as number;
      for (let j = 0; j <= k; j++) {
        into[row + j] = (into[row + j] as number) - (l0 * (into[k0 + j] as number) + l1 * (into[k1 + j] as number));
      }
      into[row + k + 1] = (into[row + k + 1] as number) - l1 * (into[k1 + k + 1] as number);
    }
    if (k < i) {
      const k0 = packedLength(k);
      const l0 = factor[row + k] as number;
      for (let j = 0; j <= k; j++) into[row + j] = (into[row + j] as number) - l0 * (into[k0 + j] as number);
    }
    into[row + i] = 1;
    const scale = 1 / (factor[row + i] as number);
    for (let j = 0; j <= i; j++) into[row + j] = (into[row + j] as number) * scale;
  }
}
