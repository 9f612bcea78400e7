import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerWriter, decodePairAnswer, type PairFold, splitAnswers } from "#hpo/models/svm/pair-answer";

const forms = [
  { own: "votes", solutions: false, curves: false },
  { own: "values", solutions: false, curves: true },
  { own: "votes", solutions: true, curves: false },
  { own: "none", solutions: true, curves: true },
] as const;

/** Answers of one pair on some folds, with the shape that says how to read them. */
const answers = fc
  .record({
    form: fc.constantFrom(...forms),
    costs: fc.integer({ min: 1, max: 4 }),
    ownCounts: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 4 }),
    size: fc.constantFrom(32, 65536, 65552),
  })
  .chain((shape) => {
    const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length }).map((values) => Uint8Array.from(values));
    const reals = (length: number): fc.Arbitrary<number[]> =>
      fc.array(fc.double({ noNaN: true }), { minLength: length, maxLength: length });
    const fold = (own: number): fc.Arbitrary<PairFold | null> =>
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 9 })).chain(([solutions, supports]) => {
        const { form, costs, size } = shape;
        const kept = form.solutions ? supports : 0;
        const locals = fc.array(fc.integer({ min: 0, max: size - 1 }), { minLength: kept, maxLength: kept });
        const each = Array.from({ length: solutions });
        return fc.option(
          fc.record({
            asked: fc
              .array(fc.integer({ min: 0, max: solutions - 1 }), { minLength: costs, maxLength: costs })
              .map((list) => Uint16Array.from(list)),
            skipped: bytes(costs),
            offsets: reals(solutions).map((list) => Float64Array.from(list)),
            locals: locals.map((list) => (size <= 65536 ? Uint16Array.from(list) : Uint32Array.from(list))),
            coefficients: reals(solutions * kept).map((list) => Float64Array.from(list)),
            votes: fc.tuple(...(form.own === "votes" ? each.map(() => bytes(Math.ceil(own / 8))) : [])),
            values: fc.tuple(...(form.own === "values" ? each.map(() => reals(own).map((list) => Float32Array.from(list))) : [])),
            curves: reals(form.curves ? costs * 2 : 0).map((list) => Float64Array.from(list)),
          }),
        );
      });
    return fc.record({ shape: fc.constant(shape), folds: fc.tuple(...shape.ownCounts.map(fold)) });
  });

/** What can be read again: offsets are stored with the solutions. */
function stored(fold: PairFold | null, solutions: boolean): PairFold | null {
  return fold === null || solutions ? fold : { ...fold, offsets: new Float64Array(0) };
}

describe("a pair's stored answer", () => {
  it("is read as it was written, among others of its part", () => {
    fc.assert(
      fc.property(fc.array(answers, { minLength: 1, maxLength: 3 }), (parts) => {
        const writer = answerWriter();
        for (const { folds, shape } of parts) writer.add(folds, shape);
        const bytes = writer.bytes();
        const read = splitAnswers(bytes, parts.length).map((answer, at) =>
          decodePairAnswer(answer, (parts[at] as (typeof parts)[number]).shape),
        );
        expect(read).toEqual(parts.map(({ folds, shape }) => folds.map((fold) => stored(fold, shape.form.solutions))));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("takes one bit a row for votes, and nothing more for a C whose answer is that of another", () => {
    const fold = (costs: number): PairFold => ({
      asked: new Uint16Array(costs),
      skipped: new Uint8Array(costs),
      offsets: Float64Array.of(1),
      locals: new Uint16Array(0),
      coefficients: new Float64Array(0),
      votes: [new Uint8Array(100)],
      values: [],
      curves: new Float64Array(0),
    });
    const length = (costs: number): number => {
      const writer = answerWriter();
      writer.add([fold(costs)], { form: { own: "votes", solutions: false, curves: false }, costs, ownCounts: [800], size: 96 });
      return writer.bytes().length;
    };
    expect(length(1)).toBeLessThan(100 + 24);
    expect(length(9) - length(1)).toBeLessThanOrEqual(8 * 3 + 8);
  });
});
