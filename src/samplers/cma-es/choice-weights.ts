/**
 * The alternatives of choices: an independent distribution for each, moved towards what the best points chose.
 *
 * Source: the categorical half of R. Hamano, S. Saito, M. Nomura, K. Uchida, S. Shirakawa, "CatCMA", GECCO 2024, arXiv 2405.09962, with a
 * fixed learning rate: q ← q + η (Σ w_i [chosen by i] − q), no probability below a floor.
 */

const rate = 0.15;
/** The least probability of an alternative, as a share of the even one. */
const floor = 0.2;

/** A draw: the first alternative whose cumulated probability exceeds u. */
export function pick(probabilities: Float64Array, u: number): number {
  let sum = 0;
  for (let at = 0; at < probabilities.length - 1; at++) {
    sum += probabilities[at] as number;
    if (u < sum) return at;
  }
  return probabilities.length - 1;
}

/** `picks`: what each point chose, −1 where the choice was not active; `weights`: one a point, of which the positive ones count. */
export function learnChoice(probabilities: Float64Array, picks: readonly number[], weights: Float64Array): void {
  const seen = new Float64Array(probabilities.length);
  let total = 0;
  for (const [i, picked] of picks.entries()) {
    const weight = Math.max(0, weights[i] as number);
    if (picked < 0) continue;
    seen[picked] = (seen[picked] as number) + weight;
    total += weight;
  }
  if (total === 0) return;
  const least = floor / probabilities.length;
  let sum = 0;
  for (let at = 0; at < probabilities.length; at++) {
    const q = probabilities[at] as number;
    const moved = Math.max(least, q + rate * ((seen[at] as number) - total * q));
    probabilities[at] = moved;
    sum += moved;
  }
  // What the floor added is taken from what stands above it.
  const above = sum - least * probabilities.length;
  const excess = sum - 1;
  for (let at = 0; at < probabilities.length && above > 0; at++) {
    const q = probabilities[at] as number;
    probabilities[at] = q - (excess * (q - least)) / above;
  }
}
