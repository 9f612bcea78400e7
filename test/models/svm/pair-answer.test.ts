import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePairAnswer, encodePairAnswer, type PairEntry } from "#hpo/models/svm/pair-answer";

describe("a pair's stored answer", () => {
  it("is read as it was written, among others", () => {
    const shape = fc.record({
      testCounts: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
      costs: fc.integer({ min: 1, max: 4 }),
    });
    const answer = shape.chain(({ testCounts, costs }) =>
      fc.record({
        testCounts: fc.constant(testCounts),
        costs: fc.constant(costs),
        form: fc.constantFrom("votes" as const, "values" as const),
        kinds: fc.array(fc.constantFrom("own", "same", "absent"), {
          minLength: testCounts.length * costs,
          maxLength: testCounts.length * costs,
        }),
        seed: fc.integer({ min: 1, max: 1000 }),
      }),
    );
    fc.assert(
      fc.property(answer, ({ testCounts, costs, form, kinds, seed }) => {
        const entries: PairEntry[] = [];
        for (const [at, kind] of kinds.entries()) {
          const count = testCounts[Math.floor(at / costs)] as number;
          const before = at % costs === 0 ? null : (entries[at - 1]?.decisions ?? null);
          const values = Float32Array.from({ length: count }, (_, row) =>
            form === "votes" ? ((row * seed) % 3 === 0 ? 1 : -1) : Math.sin(row + at + seed),
          );
          entries.push({
            skipped: at % 2 === 1,
            decisions: kind === "absent" ? null : kind === "same" && before !== null ? before : values,
          });
        }
        const bytes = encodePairAnswer(entries, costs, form);
        const held = new Uint8Array(bytes.length + 8);
        held.set(bytes, 3);
        const { answer: read, end } = decodePairAnswer(held, 3, { costs, testCounts, form });
        expect(end).toBe(bytes.length + 3);
        expect(read.entries).toEqual(entries);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("takes one bit a row for votes, and nothing for an answer that is the one before", () => {
    const decisions = new Float32Array(800).fill(-1);
    const entries = [1, 2, 3].map((_, at) => ({ skipped: at > 0, decisions }));
    expect(encodePairAnswer(entries, 3, "votes").length).toBe(3 + 100);
  });
});
