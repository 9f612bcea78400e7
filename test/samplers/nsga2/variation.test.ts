import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { child, genesOf, genomeOf } from "#hpo/samplers/nsga2/variation";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";

const draws = (count: number, make: (stream: ReturnType<typeof rng>) => Float64Array): number[] =>
  Array.from({ length: count }, (_, n) => make(rng("variation").fork(n))[0] as number);

/** A sample's empirical distribution against `cdf`: the largest gap (Kolmogorov–Smirnov). */
function largestGap(sample: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return Math.max(...sorted.map((x, i) => Math.max(Math.abs(cdf(x) - i / sorted.length), Math.abs(cdf(x) - (i + 1) / sorted.length))));
}

describe("crossing", () => {
  const genes = genesOf({ x: float(0, 1) });

  it("spreads children of far-off ends as the paper's density says, within [0, 1]", () => {
    const [low, high, index] = [0.4, 0.6, 15];
    const sample = draws(8000, (stream) =>
      child(genes, [Float64Array.of(low), Float64Array.of(high)], { crossover: 1, mutation: 0 }, stream),
    ).filter((x) => x !== low && x !== high);
    // Half of the genes are crossed. A child lies at 0.5 ± 0.1 β; P(β ≤ b) = b^(η+1) / 2 below 1, 1 − b^−(η+1) / 2 above (no bound is near).
    expect(sample.length).toBeGreaterThan(3800);
    const spread = (b: number): number => (b <= 1 ? b ** (index + 1) / 2 : 1 - b ** -(index + 1) / 2);
    const cdf = (x: number): number => (x < 0.5 ? (1 - spread((0.5 - x) / 0.1)) / 2 : (1 + spread((x - 0.5) / 0.1)) / 2);
    // 1.63 / √n is passed by 1 in 100 right samples; the seed is fixed.
    expect(largestGap(sample, cdf)).toBeLessThan(1.63 / Math.sqrt(sample.length));
  });

  it("keeps to the ends from parents at them", () => {
    const sample = draws(500, (stream) => child(genes, [Float64Array.of(1), Float64Array.of(0.98)], { crossover: 1, mutation: 1 }, stream));
    expect(sample.every((x) => x >= 0 && x <= 1)).toBe(true);
    expect(new Set(sample).size).toBeGreaterThan(400);
  });

  it("takes an axis that only one parent has from it, and draws one that neither has", () => {
    const space = { model: choice({ svm: { C: float(1, 9) }, tree: { depth: int(1, 9) } }) };
    const branches = genesOf(space);
    const svm = genomeOf(branches, { model: "svm", C: 3 });
    const tree = genomeOf(branches, { model: "tree", depth: 4 });
    expect([...svm]).toEqual([0.25, 0.25, Number.NaN]);
    const mixed = child(branches, [svm, tree], { crossover: 1, mutation: 0 }, rng(1));
    expect(mixed[1]).toBe(0.25);
    expect(mixed[2]).toBe(tree[2]);
    const alike = draws(200, (stream) => child(branches, [svm, svm], { crossover: 1, mutation: 0 }, stream).slice(2));
    expect(new Set(alike).size).toBe(9);
  });
});

describe("mutation", () => {
  it("moves a place as the polynomial density says", () => {
    const genes = genesOf({ x: float(0, 1) });
    const [from, index] = [0.5, 10];
    const sample = draws(4000, (stream) =>
      child(genes, [Float64Array.of(from), Float64Array.of(from)], { crossover: 0, mutation: 1 }, stream),
    );
    // From the middle: u = (t^(η+1) − r) / (1 − r) / 2 with t = 1 + change and r = ½^(η+1), mirrored above.
    const rest = (1 - from) ** (index + 1);
    const below = (x: number): number => ((1 + x - from) ** (index + 1) - rest) / (1 - rest) / 2;
    expect(largestGap(sample, (x) => (x <= from ? below(x) : 1 - below(2 * from - x)))).toBeLessThan(1.63 / Math.sqrt(sample.length));
  });

  it("changes a category to any other alike, and an ordered value by a step at least", () => {
    const genes = genesOf({ kind: choice(["a", "b", "c", "d"]), size: values([1, 2, 4]), n: int(1, 5) });
    const start = genomeOf(genes, { kind: "b", size: 4, n: 3 });
    const children = Array.from({ length: 900 }, (_, n) => child(genes, [start, start], { crossover: 0, mutation: 1 }, rng("m").fork(n)));
    const kinds = children.map((one) => genes[0]?.scale.fromUnit(one[0] as number));
    for (const kind of ["a", "c", "d"]) expect(Math.abs(kinds.filter((one) => one === kind).length - 300)).toBeLessThan(60);
    expect(kinds).not.toContain("b");
    expect(children.every((one) => one[1] !== start[1] && one[2] !== start[2])).toBe(true);
  });

  it("leaves an axis of one value as it is", () => {
    const genes = genesOf({ kind: choice(["only"]), n: int(3, 3), x: float(2, 2) });
    const start = genomeOf(genes, { kind: "only", n: 3, x: 2 });
    expect([...child(genes, [start, start], { crossover: 1, mutation: 1 }, rng(1))]).toEqual([...start]);
  });
});
