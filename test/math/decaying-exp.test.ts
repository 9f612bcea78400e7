import { expect, it } from "vitest";
import { decayingExp } from "#hpo/math/decaying-exp";
import { exp } from "#hpo/math/elementary";
import { rng } from "#hpo/math/rng";

it("decayingExp is within 3 units in the last place of exp", () => {
  const stream = rng(5);
  for (let i = 0; i < 20_000; i++) {
    const t = i % 2 === 0 ? 700 * stream.uniform() : 5 * stream.uniform();
    // exp itself is off by up to one.
    expect(Math.abs(decayingExp(t) / exp(-t) - 1), `t = ${t}`).toBeLessThan(4 * 2.3e-16);
  }
});

it("decayingExp has its limits", () => {
  expect([0, 745, 746, Infinity, Number.NaN].map(decayingExp)).toEqual([1, 0, 0, 0, Number.NaN]);
  expect(decayingExp(744)).toBeGreaterThan(0);
});
