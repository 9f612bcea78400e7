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

/** Σ a[aStart + k] b[bStart + k] over k < count, in four lanes. */
function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = count - (count & 3);
  for (let k = 0; k < whole; k += 4) {
    s0 += (a[aStart + k] as number) * (b[bStart + k] as number);
    s1 += (a[aStart + k + 1] as number) * (b[bStart + k + 1] as number);
    s2 += (a[aStart + k + 2] as number) * (b[bStart + k + 2] as number);
    s3 += (a[aStart + k + 3] as number) * (b[bStart + k + 3] as number);
  }
  for (let k = whole; k < count; k++) s0 += (a[aStart + k] as number) * (b[bStart + k] as number);
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
      matrix[row + j] = ((matrix[row + j] as number) - dot(matrix, row, matrix, other, j)) / (matrix[other + j] as number);
    }
    const diagonal = matrix[row + i] as number;
    let pivot = diagonal - dot(matrix, row, matrix, row, i);
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
    b[i] = ((b[i] as number) - dot(factor, row, b, 0, i)) / (factor[row + i] as number);
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

/** target[…] += scale × source[…] over `count` entries. */
function addScaled(
  target: Float64Array,
  targetStart: number,
  source: Float64Array,
  sourceStart: number,
  count: number,
  scale: number,
): void {
  for (let k = 0; k < count; k++) {
    target[targetStart + k] = (target[targetStart + k] as number) + scale * (source[sourceStart + k] as number);
  }
}

/** A⁻¹ as a packed triangle into `inverse`; `scratch` takes L⁻¹. O(n³ / 3) multiplications. */
export function inverseFromFactor(factor: Float64Array, n: number, inverse: Float64Array, scratch: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = packedLength(i);
    scratch.fill(0, row, row + i + 1);
    for (let k = 0; k < i; k++) addScaled(scratch, row, scratch, packedLength(k), k + 1, -(factor[row + k] as number));
    scratch[row + i] = 1;
    const scale = 1 / (factor[row + i] as number);
    for (let j = 0; j <= i; j++) scratch[row + j] = (scratch[row + j] as number) * scale;
  }
  inverse.fill(0, 0, packedLength(n));
  // A⁻¹ = MᵀM with M = L⁻¹: the sum over M's rows of their outer products.
  for (let k = 0; k < n; k++) {
    const row = packedLength(k);
    for (let i = 0; i <= k; i++) addScaled(inverse, packedLength(i), scratch, row, i + 1, scratch[row + i] as number);
  }
}
