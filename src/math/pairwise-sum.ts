/**
 * The sum of `values[start]` … `values[start + count − 1]`, by halves down to blocks of 128 added in eight lanes: the rounding
 * error grows with log n, and the order of additions (NumPy's) is fixed, so that the bits are the same everywhere. O(count).
 *
 * Source: N. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14(4), 1993, doi 10.1137/0914050.
 */
export function pairwiseSum(values: Float64Array, start: number = 0, count: number = values.length - start): number {
  const at = (index: number): number => values[start + index] as number;
  if (count < 8) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += at(i);
    return sum;
  }
  if (count <= 128) {
    let a = at(0);
    let b = at(1);
    let c = at(2);
    let d = at(3);
    let e = at(4);
    let f = at(5);
    let g = at(6);
    let h = at(7);
    let i = 8;
    for (; i < count - (count % 8); i += 8) {
      a += at(i);
      b += at(i + 1);
      c += at(i + 2);
      d += at(i + 3);
      e += at(i + 4);
      f += at(i + 5);
      g += at(i + 6);
      h += at(i + 7);
    }
    let sum = a + b + (c + d) + (e + f + (g + h));
    for (; i < count; i++) sum += at(i);
    return sum;
  }
  let half = Math.floor(count / 2);
  half -= half % 8;
  return pairwiseSum(values, start, half) + pairwiseSum(values, start + half, count - half);
}
