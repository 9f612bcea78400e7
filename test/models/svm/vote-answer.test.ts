import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeVerdicts, encodeVerdicts, type Verdict } from "#hpo/models/svm/vote-answer";

describe("stored verdicts", () => {
  it("are read as they were written, at any place in a buffer, with few classes and with many", () => {
    const shapes = fc.record({
      rows: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 3 }),
      costs: fc.integer({ min: 1, max: 4 }),
      classes: fc.constantFrom(3, 254, 255, 300),
      scores: fc.boolean(),
      seed: fc.integer({ min: 0, max: 1000 }),
      shift: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(shapes, ({ rows, costs, classes, scores, seed, shift }) => {
        const folds = rows.map((count) => {
          const verdicts: Verdict[] = [];
          for (let cost = 0; cost < costs; cost++) {
            const before = verdicts.at(-1);
            const identical = (seed + cost) % 2 === 1;
            if (before !== undefined && (seed >> cost) % 2 === 1) verdicts.push({ ...before, identical });
            else {
              const labels = Int32Array.from({ length: count }, (_, row) => ((row * seed + cost) % (classes + 1)) - 1);
              const values = Float64Array.from({ length: count * classes }, (_, at) => Math.sin(at + seed));
              verdicts.push({ identical, labels, scores: scores ? values : null });
            }
          }
          return verdicts;
        });
        const bytes = encodeVerdicts(folds, { costs, classes, scores });
        const held = new Uint8Array(bytes.length + shift);
        held.set(bytes, shift);
        expect(decodeVerdicts(held.subarray(shift), { costs, classes, scores, rows })).toEqual(folds);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("take a byte a row, and one for a C whose answer is the one before", () => {
    const labels = new Int32Array(100);
    const verdicts = [1, 2, 3].map(() => ({ identical: true, labels, scores: null }));
    expect(encodeVerdicts([verdicts], { costs: 3, classes: 6, scores: false }).length).toBe(103);
  });
});
