/**
 * Natural logarithm and exponential from + − × ÷ and bits alone, so that every Node version and machine gives equal
 * bits, which `Math.log` and `Math.exp` do not promise. Errors stay below 1 ulp.
 *
 * Source: K. C. Ng et al., fdlibm 5.3, `e_log.c` and `e_exp.c` (https://netlib.org/fdlibm), whose notice follows.
 *
 * Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro and SunSoft. Permission
 * to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
 */

/** ln 2 in two parts; `k · ln2High` is exact for every exponent k of a double. */
const ln2High = 6.9314718036912381649e-1;
const ln2Low = 1.90821492927058770002e-10;
const inverseLn2 = 1.442695040888963387;

/** Scratch to reach the bits of a double; nothing stays in it between calls. */
const bits = new DataView(new ArrayBuffer(8));

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: number): number {
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** e^x. exp(−∞) = 0, exp(∞) = ∞, exp(NaN) = NaN; overflows above 709.78, is subnormal below −708.4 and 0 below −745.13. */
export function exp(x: number): number {
  if (x > 7.09782712893383973096e2) return Infinity;
  if (x < -7.4513321910194110842e2) return 0;
  const size = Math.abs(x);
  if (size < 3.7252902984619140625e-9) return 1 + x;

  // x = k ln 2 + r with |r| ≤ ln 2 / 2, r = high − low.
  let k = 0;
  let high = x;
  let low = 0;
  if (size > 0.5 * 6.93147180559945286227e-1) {
    k = Math.trunc(inverseLn2 * x + (x < 0 ? -0.5 : 0.5));
    high = x - k * ln2High;
    low = k * ln2Low;
  }
  const r = high - low;

  // e^r = 1 + 2r / (R − r), with R(r²) a Remez polynomial of degree 5.
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  if (k === 0) return 1 - ((r * c) / (c - 2) - r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k === 1024) return y * 2 * powerOfTwo(1023);
  return k >= -1021 ? y * powerOfTwo(k) : y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

/** ln x. log(0) = −∞, log(∞) = ∞, and NaN below 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;

  // x = 2^k (1 + f) with √2/2 < 1 + f < √2.
  let k = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    k = -54;
    scaled = x * 18014398509481984;
  }
  bits.setFloat64(0, scaled);
  let word = bits.getUint32(0);
  k += (word >> 20) - 1023;
  word &= 0xfffff;
  const carry = (word + 0x95f64) & 0x100000;
  bits.setUint32(0, word | (carry ^ 0x3ff00000));
  k += carry >> 20;
  const f = bits.getFloat64(0) - 1;

  // ln(1 + f) = f − f²/2 + s (f²/2 + R), s = f / (2 + f), with R(s²) a Remez polynomial of degree 7.
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd = z * (6.66666666666673513e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const remainder = odd + even;
  const high = k * ln2High;
  const low = k * ln2Low;
  // Near 1 the subtraction of f²/2 would lose digits; the other form is used outside 0.38 ≤ mantissa − 1 ≤ 0.42.
  if (((word - 0x6147a) | (0x6b851 - word)) > 0) {
    const half = 0.5 * f * f;
    if (k === 0) return f - (half - s * (half + remainder));
    return high - (half - (s * (half + remainder) + low) - f);
  }
  if (k === 0) return f - s * (f - remainder);
  return high - (s * (f - remainder) - low - f);
}
