import { log } from "./elementary.ts";

/**
 * Seeded streams of random numbers.
 *
 * Generator: xoshiro128++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021, doi 10.1145/3460772), state of 4 × 32 bits. The state is the 128-bit hash of the stream's path
 * (seed / key / key …), so a fork depends on its keys alone, never on how much its parent was used.
 */
export interface Rng {
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer from 0 to count − 1, without bias. Throws a RangeError unless `count` is an integer from 1 to 2³². */
  below(count: number): number;
  /** A standard normal number (Marsaglia's polar method). */
  normal(): number;
  /** Fisher–Yates shuffle in place; returns its argument. */
  shuffle<T extends { [index: number]: number; length: number }>(items: T): T;
  /** An independent stream for `keys`; the same keys give the same stream. */
  fork(...keys: readonly (string | number)[]): Rng;
}

/** The stream of a seed. */
export function rng(seed: number | string): Rng {
  return stream(step(seed));
}

/** One step of a path. Slashes inside are doubled, so that different steps never make equal paths. */
function step(key: string | number): string {
  return typeof key === "number" ? `number:${key}` : `string:${key.replaceAll("/", "//")}`;
}

function stream(path: string): Rng {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let started = false;
  /** The last count that was drawn below, and the largest multiple of it up to 2³². */
  let count = 1;
  let limit = 4294967296;

  /** When the first number is asked for: many streams are only forked. */
  function start(): void {
    started = true;
    [a, b, c, d] = hash128(path);
    if ((a | b | c | d) === 0) a = 1;
  }

  /** xoshiro128++ 1.0, next(). */
  function next(): number {
    if (!started) start();
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) | 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  }

  const self: Rng = {
    uniform: () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992,
    below(wanted) {
      if (wanted !== count) {
        if (!(Number.isInteger(wanted) && wanted >= 1 && wanted <= 4294967296)) {
          throw new RangeError(`rng.below(): count must be an integer from 1 to 4294967296; got ${wanted}.`);
        }
        count = wanted;
        limit = 4294967296 - (4294967296 % count);
      }
      // Rejects the values above the largest multiple of `count`, so that every remainder is equally likely.
      let value = next();
      while (value >= limit) value = next();
      return value % count;
    },
    normal() {
      for (;;) {
        const u = 2 * self.uniform() - 1;
        const v = 2 * self.uniform() - 1;
        const s = u * u + v * v;
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
      }
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = self.below(i + 1);
        const held = items[i] as number;
        items[i] = items[j] as number;
        items[j] = held;
      }
      return items;
    },
    fork(...keys) {
      let forked = path;
      for (const key of keys) forked += `/${step(key)}`;
      return stream(forked);
    },
  };
  return self;
}

/** MurmurHash3 x86 128-bit (A. Appleby, public domain description) over the string's UTF-16 code units as 32-bit words. */
function hash128(text: string): [number, number, number, number] {
  const c1 = 0x239b961b;
  const c2 = 0xab0e9789;
  const c3 = 0x38b34ae5;
  const c4 = 0xa1e38b93;
  let h1 = 0x9368e53c;
  let h2 = 0x2f6e9b1a;
  let h3 = 0x5851f42d;
  let h4 = 0x4c957f2d;
  const rotate = (x: number, r: number): number => (x << r) | (x >>> (32 - r));
  const { length } = text;
  for (let i = 0; i < length + 4; i += 4) {
    const k1 = i < length ? text.charCodeAt(i) : 0;
    const k2 = i + 1 < length ? text.charCodeAt(i + 1) : 0;
    const k3 = i + 2 < length ? text.charCodeAt(i + 2) : 0;
    const k4 = i + 3 < length ? text.charCodeAt(i + 3) : 0;
    h1 ^= Math.imul(rotate(Math.imul(k1, c1), 15), c2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(k2, c2), 16), c3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(k3, c3), 17), c4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(k4, c4), 18), c1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const finish = (h: number): number => {
    let x = h ^ text.length;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return x ^ (x >>> 16);
  };
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1, (h2 + h1) | 0, (h3 + h1) | 0, (h4 + h1) | 0];
}
