import { joeKuoNumbers } from "./joe-kuo-numbers.ts";

/**
 * Sobol's sequence in base 2, in Gray-code order, with the direction numbers of Joe and Kuo.
 *
 * Sources: I. M. Sobol', USSR Comput. Math. Math. Phys. 7 (1967), 86–112; I. A. Antonov, V. M. Saleev, USSR Comput. Math. Math.
 * Phys. 19 (1979), 252–256 (Gray code); S. Joe, F. Y. Kuo, "Remark on Algorithm 659", ACM TOMS 29 (2003), 49–57, eq. 2 and 3.
 */

/** How many dimensions there are numbers for. */
export const sobolDimensions = 256;

const bits = 32;

/** The direction numbers of dimensions 0 … count − 1, 32 a dimension: v_k as a fraction of 2³², k = 1 first. O(32 · count). */
export function sobolDirections(count: number): Uint32Array {
  if (!(Number.isInteger(count) && count >= 0 && count <= sobolDimensions)) {
    throw new RangeError(`sobolDirections(): count must be an integer from 0 to ${sobolDimensions}; got ${count}.`);
  }
  const directions = new Uint32Array(count * bits);
  for (let k = 0; k < bits && count > 0; k++) directions[k] = 2 ** (31 - k);
  const rows = joeKuoNumbers.split(",");
  for (let dimension = 1; dimension < count; dimension++) {
    const [polynomial, ...initial] = (rows[dimension - 1] as string).split(" ").map(Number) as [number, ...number[]];
    fillDirections(directions.subarray(dimension * bits, (dimension + 1) * bits), polynomial, initial);
  }
  return directions;
}

/** v_k = m_k / 2^k; m_k = 2 a_1 m_{k−1} ⊕ … ⊕ 2^{s−1} a_{s−1} m_{k−s+1} ⊕ 2^s m_{k−s} ⊕ m_{k−s} (eq. 2). */
function fillDirections(v: Uint32Array, polynomial: number, initial: readonly number[]): void {
  const degree = initial.length;
  for (let k = 0; k < degree; k++) v[k] = ((initial[k] as number) << (31 - k)) >>> 0;
  for (let k = degree; k < bits; k++) {
    const oldest = v[k - degree] as number;
    let next = oldest ^ (oldest >>> degree);
    for (let j = 1; j < degree; j++) {
      // a_j is the coefficient of x^(s−j).
      if (((polynomial >>> (degree - j)) & 1) === 1) next ^= v[k - j] as number;
    }
    v[k] = next >>> 0;
  }
}

/** Coordinate `dimension` of point `index` (0 … 2³² − 1) as a fraction of 2³²: the sum over GF(2) of v_k where Gray bit k is set (eq. 3). */
export function sobolCoordinate(directions: Uint32Array, index: number, dimension: number): number {
  let gray = (index ^ (index >>> 1)) >>> 0;
  let sum = 0;
  for (let k = dimension * bits; gray !== 0; k++, gray >>>= 1) {
    if ((gray & 1) === 1) sum ^= directions[k] as number;
  }
  return sum >>> 0;
}

/**
 * Nested uniform scrambling of a fraction of 2³² (A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995): each
 * bit is flipped by a coin that hangs on the seed and on all higher bits, so that every elementary interval keeps its points.
 * The coin is a hash in place of a table (B. Burley, "Practical Hash-based Owen Scrambling", JCGT 9(4), 2020).
 */
export function owenScramble(fraction: number, seed: number): number {
  let scrambled = fraction;
  for (let k = 0; k < bits; k++) {
    // The k bits above, and k, since 0 and 00 are different prefixes.
    const prefix = k === 0 ? 0 : fraction >>> (bits - k);
    if ((mix(prefix ^ Math.imul(mix(seed ^ k), 0x9e3779b1)) & 1) === 1) scrambled ^= 1 << (31 - k);
  }
  return scrambled >>> 0;
}

/** MurmurHash3's finalizer. */
function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
