import fc from "fast-check";
import { groupKFold, HpoError, kFold, type Splitter, stratifiedKFold } from "hpo";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { foldsWithin, outerSplit } from "#hpo/validation/nested/nested-splitters";

const splitters: readonly Splitter[] = [kFold({ folds: 3 }), stratifiedKFold({ folds: 3 }), groupKFold({ folds: 3 })];

describe("foldsWithin", () => {
  it("divides an outer fold's training rows as a data set of them alone, and never touches its test rows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 60 }), fc.integer(), fc.constantFrom(...splitters), (rows, seed, inner) => {
        const stream = rng(seed);
        const classes = Int32Array.from({ length: rows }, () => Math.floor(stream.uniform() * 2));
        const groups = Int32Array.from({ length: rows }, (_, row) => row % 12);
        const [split] = groupKFold({ folds: 3 }).split(
          { rows, classes, groups, folds: null, times: null, coordinates: null },
          stream.fork("outer"),
        );
        if (split === undefined) throw new Error("no split");
        const within = foldsWithin(inner, { outer: kFold({ folds: 3 }), fold: 0, folds: 3, ...split });
        const of = (codes: Int32Array) => Int32Array.from(split.train, (row) => codes[row] as number);
        const alone = { rows: split.train.length, classes: of(classes), groups: of(groups), folds: null, times: null, coordinates: null };
        const input = { rows, classes, groups, folds: null, times: null, coordinates: null };
        let expected: { train: number[]; test: number[] }[];
        try {
          const global = (part: Uint32Array) => Array.from(part, (row) => split.train[row] as number);
          expected = [...inner.split(alone, rng(seed).fork("in"))].map(({ train, test }) => ({ train: global(train), test: global(test) }));
        } catch {
          expect(() => [...within.split(input, rng(seed).fork("in"))]).toThrow(HpoError);
          return;
        }
        const found = [...within.split(input, rng(seed).fork("in"))];
        expect(found.map(({ train, test }) => ({ train: [...train], test: [...test] }))).toEqual(expected);
        expect(within.count(input)).toBe(found.length);
        const held = new Set(split.test);
        expect(found.some(({ train, test }) => [...train, ...test].some((row) => held.has(row)))).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it("is declared by both splitters and the fold, and keeps the order of time", () => {
    const place = { outer: kFold({ folds: 4 }), fold: 1, folds: 4, train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(3) };
    const within = foldsWithin({ ...kFold({ folds: 3 }), ordered: true }, place);
    expect(within.label).toBe("3-fold in outer fold 2 of 4");
    expect(within.options).toEqual({
      folds: 3,
      shuffle: true,
      seed: null,
      outer: JSON.stringify({ name: "kFold", options: { folds: 4, shuffle: true, seed: null } }),
      outerFold: 1,
    });
    expect(within.ordered).toBe(true);
    expect([
      ...outerSplit(place).split({ rows: 4, classes: null, groups: null, folds: null, times: null, coordinates: null }, rng(0)),
    ]).toEqual([{ train: place.train, test: place.test }]);
  });
});
