import type { ClassPair } from "./pair-of-classes.ts";
import { pairwiseCoupling } from "./pairwise-coupling.ts";

/**
 * One probability a class from P(first | first or second) of each pair, for one row. `rank` is each class's place in the order of the
 * training rows, in which classes are coupled as in LIBSVM; −1 = no training row, and then the probability is 0.
 * `pairs` has all pairs of classes with training rows; values of other pairs are not read.
 */
export function classProbabilities(rank: ArrayLike<number>, pairs: readonly ClassPair[], values: ArrayLike<number>): Float64Array {
  const codes = Array.from({ length: rank.length }, (_, code) => code);
  const count = codes.filter((code) => (rank[code] as number) >= 0).length;
  const matrix = new Float64Array(count * count);
  for (const [at, [first, second]] of pairs.entries()) {
    const [i, j] = [rank[first] as number, rank[second] as number];
    if (i < 0 || j < 0) continue;
    const value = values[at] as number;
    if (i < j) matrix[i * count + j] = value;
    else matrix[j * count + i] = 1 - value;
  }
  const ranked = pairwiseCoupling(matrix, count);
  return Float64Array.from(codes, (code) => ((rank[code] as number) < 0 ? 0 : (ranked[rank[code] as number] as number)));
}
