/** Axes by falling variance. */
export interface PrincipalAxes {
  /** min(n, d) vectors of d entries; 0 where nothing varies along them. */
  readonly axes: readonly Float64Array[];
  /** With n − 1 in the denominator, at least 0. */
  readonly variances: Float64Array;
}

/**
 * The principal axes of centred columns (d of n rows each): eigenvectors of the smaller of XᵀX and XXᵀ, which have the same eigenvalues above 0 and
 * from whose vectors u the others follow as Xᵀu/√λ. Sums run in row order.
 */
export async function principalAxes(centred: readonly Float64Array[], rows: number): Promise<PrincipalAxes> {
  const { PCA } = await import("ml-pca");
  const wide = rows < centred.length;
  const vectors = wide ? Array.from({ length: rows }, (_, row) => Float64Array.from(centred, (column) => column[row] as number)) : centred;
  const size = vectors.length;
  const scale = 1 / Math.max(1, rows - 1);
  const products = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(vectors[i] as Float64Array, vectors[j] as Float64Array) * scale;
      (products[i] as number[])[j] = product;
      (products[j] as number[])[i] = product;
    }
  }
  const found = new PCA(products, { isCovarianceMatrix: true });
  const eigenvectors = found.getEigenvectors();
  const values = found.getEigenvalues();
  const floor = Math.max(0, values[0] ?? 0) * size * Number.EPSILON;
  const variances = Float64Array.from(values, (value) => (value > floor ? value : 0));
  const axes = Array.from({ length: size }, (_, at) => {
    const own = Float64Array.from({ length: size }, (_entry, i) => eigenvectors.get(i, at));
    if (!wide) return pointed(own);
    const length = Math.sqrt((variances[at] as number) / scale);
    return pointed(Float64Array.from(centred, (column) => (length === 0 ? 0 : dot(column, own) / length)));
  });
  return { axes, variances };
}

/** The same axis with its largest entry (the first of equals) above 0. */
function pointed(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? axis.map((value) => 0 - value) : axis;
}

/** In four lanes, in a fixed order. */
function dot(one: Float64Array, two: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = one.length - (one.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += (one[i] as number) * (two[i] as number);
    b += (one[i + 1] as number) * (two[i + 1] as number);
    c += (one[i + 2] as number) * (two[i + 2] as number);
    d += (one[i + 3] as number) * (two[i + 3] as number);
  }
  let sum = a + b + (c + d);
  for (let i = whole; i < one.length; i++) sum += (one[i] as number) * (two[i] as number);
  return sum;
}
