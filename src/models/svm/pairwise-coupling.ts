/**
 * Class probabilities from the probabilities of all pairs of classes.
 *
 * Notation: k classes, r_ij the probability of class i among the rows of i and j (r_ij + r_ji = 1), p the answer.
 * p minimizes Σ_i Σ_{j≠i} (r_ji p_i − r_ij p_j)² subject to Σ p_i = 1, that is pᵀQp with Q_ii = Σ_{j≠i} r_ji² and Q_ij = −r_ji r_ij.
 *
 * Source: T.-F. Wu, C.-J. Lin, R. C. Weng, "Probability estimates for multi-class classification by pairwise coupling", JMLR 5:975–1005 (2004),
 * the second method, algorithm 2 in the form of its appendix; limits on r and steps, and the stop rule 0.005 / k, are LIBSVM's.
 */

/** Probabilities of pairs stay this far from 0 and 1: then Q is positive definite on the simplex and p is unique. */
const leastPair = 1e-7;

/**
 * The probabilities of k ≥ 1 classes: each at least 0, sum 1 to within a few roundings. `pairs[i · k + j]` is r_ij for i < j; nothing else is read.
 * The order of the classes moves the answer by less than the stop rule. Deterministic. O(k² · steps), mostly 3 to 10 steps, at most max(100, k).
 */
export function pairwiseCoupling(pairs: ArrayLike<number>, k: number): Float64Array {
  if (k === 1) return Float64Array.of(1);
  const r = clipped(pairs, k);
  if (k === 2) return Float64Array.of(r[1] as number, r[2] as number);
  const Q = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    let diagonal = 0;
    for (let j = 0; j < k; j++) {
      if (j === i) continue;
      const rji = r[j * k + i] as number;
      diagonal += rji * rji;
      Q[i * k + j] = -rji * (r[i * k + j] as number);
    }
    Q[i * k + i] = diagonal;
  }
  const p = new Float64Array(k).fill(1 / k);
  const product = new Float64Array(k);
  const stop = 0.005 / k;
  for (let step = 0; step < Math.max(100, k); step++) {
    // Recomputed in each step: the updates below gather rounding errors.
    let total = 0;
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += (Q[i * k + j] as number) * (p[j] as number);
      product[i] = sum;
      total += (p[i] as number) * sum;
    }
    // Optimal where all (Qp)_i equal pᵀQp.
    let error = 0;
    for (let i = 0; i < k; i++) error = Math.max(error, Math.abs((product[i] as number) - total));
    if (error < stop) break;
    for (let i = 0; i < k; i++) {
      const diagonal = Q[i * k + i] as number;
      const change = (total - (product[i] as number)) / diagonal;
      const scale = 1 / (1 + change);
      total = (total + change * (change * diagonal + 2 * (product[i] as number))) * scale * scale;
      (p[i] as number) += change;
      for (let j = 0; j < k; j++) {
        product[j] = ((product[j] as number) + change * (Q[i * k + j] as number)) * scale;
        (p[j] as number) *= scale;
      }
    }
  }
  let sum = 0;
  for (let i = 0; i < k; i++) {
    // A step from a positive p stays positive; only rounding can leave −0 or a little below.
    p[i] = Math.max(p[i] as number, 0);
    sum += p[i] as number;
  }
  return p.map((value) => value / sum);
}

/** The whole matrix r, away from 0 and 1. */
function clipped(pairs: ArrayLike<number>, k: number): Float64Array {
  const r = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const value = Math.min(Math.max(pairs[i * k + j] as number, leastPair), 1 - leastPair);
      r[i * k + j] = value;
      r[j * k + i] = 1 - value;
    }
  }
  return r;
}
