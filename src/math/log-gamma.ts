import { log } from "./elementary.ts";

/** B₂ⱼ / (2j (2j − 1)) for j = 1 … 8. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400] as const;

const logRootTwoPi = 0.9189385332046728;

/**
 * ln Γ(x) for x > 0, to about 10⁻¹⁵ of max(1, its size): Stirling's series from 10 up, below it by Γ(x) = Γ(x + 1) / x.
 *
 * Source: NIST Digital Library of Mathematical Functions, 5.11.1 and 5.5.1, https://dlmf.nist.gov/5.11.
 */
export function logGamma(x: number): number {
  let factor = 1;
  let z = x;
  while (z < 10) factor *= z++;
  const inverse = 1 / z;
  const square = inverse * inverse;
  let series = 0;
  for (let j = stirling.length - 1; j >= 0; j--) series = series * square + (stirling[j] as number);
  return (z - 0.5) * log(z) - z + logRootTwoPi + series * inverse - log(factor);
}
