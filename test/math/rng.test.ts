import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Rng, rng } from "#hpo/math/rng";

/** xoshiro128++ 1.0 in BigInt, after the authors' C code; returns the next 32-bit word. */
function slowXoshiro(seed: readonly [bigint, bigint, bigint, bigint]): () => number {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, r: bigint): bigint => ((x << r) | (x >> (32n - r))) & mask;
  const s = [...seed] as [bigint, bigint, bigint, bigint];
  return () => {
    const result = (rotate((s[0] + s[3]) & mask, 7n) + s[0]) & mask;
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
    return Number(result);
  };
}

/** The hash of a path in BigInt: MurmurHash3's 128-bit rounds over code units, then its finalizer once. */
function slowHash(text: string): [bigint, bigint, bigint, bigint] {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, r: bigint): bigint => ((x << r) | (x >> (32n - r))) & mask;
  const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n] as const;
  const add = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n] as const;
  const turns = [15n, 16n, 17n, 18n] as const;
  const mixes = [19n, 17n, 15n, 13n] as const;
  const h = [0x9368e53cn, 0x2f6e9b1an, 0x5851f42dn, 0x4c957f2dn] as [bigint, bigint, bigint, bigint];
  for (let block = 0; block < text.length + 4; block += 4) {
    for (const lane of [0, 1, 2, 3] as const) {
      const next = ((lane + 1) % 4) as 0 | 1 | 2 | 3;
      const unit = block + lane < text.length ? BigInt(text.charCodeAt(block + lane)) : 0n;
      h[lane] ^= (rotate((unit * c[lane]) & mask, turns[lane]) * c[next]) & mask;
      h[lane] = ((rotate(h[lane], mixes[lane]) + h[next]) * 5n + add[lane]) & mask;
    }
  }
  for (const lane of [0, 1, 2, 3] as const) {
    let x = h[lane] ^ BigInt(text.length);
    x = ((x ^ (x >> 16n)) * 0x85ebca6bn) & mask;
    x = ((x ^ (x >> 13n)) * 0xc2b2ae35n) & mask;
    h[lane] = x ^ (x >> 16n);
  }
  const sum = (h[0] + h[1] + h[2] + h[3]) & mask;
  return [sum, (h[1] + sum) & mask, (h[2] + sum) & mask, (h[3] + sum) & mask];
}

const word = (stream: Rng): number => stream.below(4294967296);
const words = (stream: Rng, count: number): number[] => Array.from({ length: count }, () => word(stream));

/** The chi-square statistic as a number of standard deviations from its mean; the seeds are fixed, so 4 is far out. */
function chiSquareScore(counts: readonly number[], expected: (index: number) => number): number {
  const statistic = counts.reduce((sum, count, i) => sum + (count - expected(i)) ** 2 / expected(i), 0);
  const freedom = counts.length - 1;
  return Math.abs(statistic - freedom) / Math.sqrt(2 * freedom);
}

describe("rng", () => {
  it("gives the first numbers that it always gave", () => {
    expect(words(rng(0), 4)).toEqual([1901022400, 1214451946, 2889319747, 1746478574]);
    expect(words(rng("a").fork("split", 3), 4)).toEqual([2758371771, 2056872507, 2736970650, 1491047469]);
    const stream = rng(42);
    expect([stream.uniform(), stream.normal(), stream.below(10)]).toEqual([0.3142680436001416, 0.16906726558970522, 1]);
  });

  it("is xoshiro128++, seeded with the hash of its path", () => {
    // The reference first reproduces the vector of the Rust crate rand_xoshiro for the state 1, 2, 3, 4.
    const known = slowXoshiro([1n, 2n, 3n, 4n]);
    expect(Array.from({ length: 6 }, known)).toEqual([641, 1573767, 3222811527, 3517856514, 836907274, 4247214768]);
    const paths: readonly (readonly [Rng, string])[] = [
      [rng(0), "number:0"],
      [rng(-1.5), "number:-1.5"],
      [rng("é𝄞"), "string:é𝄞"],
      [rng(7).fork("a", 1), "number:7/string:a/number:1"],
      [rng(7).fork("a/b"), "number:7/string:a//b"],
    ];
    for (const [stream, path] of paths) {
      const slow = slowXoshiro(slowHash(path));
      expect(words(stream, 200), path).toEqual(Array.from({ length: 200 }, slow));
    }
  });

  it("makes 53-bit numbers from two words, the first one high", () => {
    const pair = words(rng("bits"), 2) as [number, number];
    expect(rng("bits").uniform()).toBe((Math.floor(pair[0] / 32) * 2 ** 26 + Math.floor(pair[1] / 64)) / 2 ** 53);
  });
});

describe("uniform", () => {
  it("is equidistributed, alone and in pairs", () => {
    const stream = rng("uniform");
    const single = Array.from({ length: 100 }, () => 0);
    const pairs = Array.from({ length: 256 }, () => 0);
    const count = 100_000;
    for (let i = 0; i < count; i++) {
      const a = stream.uniform();
      const b = stream.uniform();
      expect(a >= 0 && a < 1).toBe(true);
      single[Math.floor(a * 100)]! += 1;
      pairs[Math.floor(a * 16) * 16 + Math.floor(b * 16)]! += 1;
    }
    expect(chiSquareScore(single, () => count / 100)).toBeLessThan(4);
    expect(chiSquareScore(pairs, () => count / 256)).toBeLessThan(4);
  });

  it("has low bits as random as its high bits", () => {
    const stream = rng("low bits");
    const counts = Array.from({ length: 64 }, () => 0);
    for (let i = 0; i < 64_000; i++) counts[(stream.uniform() * 2 ** 53) % 64]! += 1;
    expect(chiSquareScore(counts, () => 1000)).toBeLessThan(4);
  });
});

describe("below", () => {
  it("gives every integer equally often, also where the count does not divide 2³²", () => {
    for (const count of [1, 2, 3, 7, 10, 100]) {
      const stream = rng(`below ${count}`);
      const seen = Array.from({ length: count }, () => 0);
      for (let i = 0; i < 500 * count; i++) seen[stream.below(count)]! += 1;
      if (count > 1) expect(chiSquareScore(seen, () => 500)).toBeLessThan(4);
      else expect(seen).toEqual([500]);
    }
    // Remainders alone would give the lower half of 3 · 2³⁰ two thirds more often than the rest.
    const stream = rng("large");
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (stream.below(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(4 * Math.sqrt((30_000 * 2) / 9));
  });

  it("refuses a count that is not an integer from 1 to 2³²", () => {
    for (const count of [0, -1, 1.5, 2 ** 32 + 1, NaN, Infinity]) {
      expect(() => rng(0).below(count)).toThrow(`count must be an integer from 1 to 4294967296; got ${count}.`);
    }
    expect(rng(0).below(2 ** 32)).toBeGreaterThanOrEqual(0);
  });
});

describe("normal", () => {
  it("has the moments and the quantiles of the normal distribution", () => {
    const stream = rng("normal");
    const count = 100_000;
    const moments = [0, 0, 0, 0];
    // Upper bounds of ten cells of probability 1/10.
    const deciles = [-1.2815515655, -0.8416212336, -0.5244005127, -0.2533471031, 0, 0.2533471031, 0.5244005127, 0.8416212336, 1.2815515655];
    const cells = Array.from({ length: 10 }, () => 0);
    let tail = 0;
    for (let i = 0; i < count; i++) {
      const x = stream.normal();
      for (let power = 0; power < 4; power++) moments[power]! += x ** (power + 1) / count;
      cells[deciles.filter((bound) => x > bound).length]! += 1;
      if (Math.abs(x) > 3) tail++;
    }
    // Standard errors: 1, √2, √15, √96 over √count; the bounds are 4 of them.
    const error = 4 / Math.sqrt(count);
    expect(Math.abs(moments[0]!)).toBeLessThan(error);
    expect(Math.abs(moments[1]! - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(moments[2]!)).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(moments[3]! - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(chiSquareScore(cells, () => count / 10)).toBeLessThan(4);
    expect(Math.abs(tail - 269.98)).toBeLessThan(4 * Math.sqrt(270));
  });
});

describe("shuffle", () => {
  it("gives every order equally often, in place", () => {
    const stream = rng("shuffle");
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const items = [0, 1, 2, 3];
      expect(stream.shuffle(items)).toBe(items);
      const key = items.join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquareScore([...counts.values()], () => 1000)).toBeLessThan(4);
  });

  it("permutes typed arrays and leaves lists of none and one alone", () => {
    const items = rng(1).shuffle(Uint32Array.from({ length: 100 }, (_, i) => i));
    expect([...items]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(rng(1).shuffle([])).toEqual([]);
    expect(rng(1).shuffle([5])).toEqual([5]);
  });
});

describe("fork", () => {
  it("depends on its keys alone, never on how much its parent was used", () => {
    const parent = rng(3);
    const before = words(parent.fork("x", 1), 5);
    words(parent, 1000);
    expect(words(parent.fork("x", 1), 5)).toEqual(before);
    expect(words(parent.fork("x").fork(1), 5)).toEqual(before);
  });

  it("gives different streams for different paths, whatever the keys hold", () => {
    const key = fc.oneof(fc.string({ unit: fc.constantFrom("a", "/", ":", "string", "number", "1") }), fc.integer({ min: -3, max: 3 }));
    const path = fc.tuple(key, fc.array(key, { maxLength: 3 }));
    const first = ([seed, keys]: [string | number, (string | number)[]]): number[] => words(rng(seed).fork(...keys), 4);
    const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
    fc.assert(
      fc.property(path, path, (a, b) => {
        expect(same(first(a), first(b))).toBe(same(a, b));
      }),
      { seed: 1, numRuns: 2000 },
    );
    expect(first(["a/string:b", []])).not.toEqual(first(["a", ["b"]]));
    expect(first([1, []])).not.toEqual(first(["1", []]));
    expect(first(["a", [""]])).not.toEqual(first(["a", []]));
  });

  it("makes siblings that are independent, bit by bit and in order", () => {
    const count = 20_000;
    const makers: readonly ((n: number) => Rng)[] = [(n) => rng(n), (n) => rng(0).fork(n), (n) => rng(0).fork("split", n, 3)];
    for (const make of makers) {
      const heads = Array.from({ length: count }, (_, n) => word(make(n)));
      expect(count - new Set(heads).size).toBeLessThanOrEqual(2);
      for (const distance of [1, 2, 10]) {
        const pairs = count - distance;
        const flips = Array.from({ length: 32 }, () => 0);
        let product = 0;
        for (let n = 0; n < pairs; n++) {
          const [a, b] = [heads[n]!, heads[n + distance]!];
          for (let bit = 0; bit < 32; bit++) flips[bit]! += ((a ^ b) >>> bit) & 1;
          product += (a / 2 ** 32 - 0.5) * (b / 2 ** 32 - 0.5);
        }
        // 32 bits and 9 pairings: 4.5 deviations is beyond chance.
        for (const flip of flips) expect(Math.abs(flip - pairs / 2)).toBeLessThan(4.5 * Math.sqrt(pairs / 4));
        expect(Math.abs(product * 12)).toBeLessThan(4 * Math.sqrt(pairs));
      }
    }
  });
});
