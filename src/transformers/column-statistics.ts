import { pairwiseSum } from "../math/pairwise-sum.ts";

/** The mean. */
export function mean(values: Float64Array): number {
  const sum = pairwiseSum(values) / values.length;
  if (Number.isFinite(sum)) return sum;
  // A sum beyond 64-bit floats: its parts are not.
  return pairwiseSum(values.map((value) => value / values.length));
}

/** The variance with n in the denominator, by two passes. */
export function variance(values: Float64Array, middle: number): number {
  return pairwiseSum(values.map((value) => (value - middle) * (value - middle))) / values.length;
}

/** The standard deviation; 1 where it is no more than rounding makes of a constant (T. F. Chan, G. H. Golub, R. J. LeVeque 1983). */
export function spread(values: Float64Array, middle: number): number {
  const square = variance(values, middle);
  if (!Number.isFinite(square)) {
    // Squares beyond 64-bit floats: those of numbers 2⁶⁰⁰ times as small are not.
    const size = 4.149515568880993e180;
    return (
      size *
      Math.sqrt(
        variance(
          values.map((value) => value / size),
          middle / size,
        ),
      )
    );
  }
  const rounding = values.length * Number.EPSILON;
  const size = middle * rounding;
  return square <= rounding * square + size * size ? 1 : Math.sqrt(square);
}

/** The quantile between order statistics, linearly (R. J. Hyndman, Y. Fan 1996, type 7). `sorted` ascends. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}
