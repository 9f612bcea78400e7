import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SplitInput } from "#hpo/core/splitter";
import { rng } from "#hpo/math/rng";
import { type HoldOutOptions, holdOut } from "#hpo/splitters/hold-out";
import { describeSplitterContract, roomyInput } from "../contract/splitter-contract.ts";
import { rowsOf } from "./split-rows.ts";

const promises = { testsEachRowOnce: false, keepsGroups: false, keepsClasses: false, random: true };
describeSplitterContract("holdOut", () => holdOut("60/20/20"), promises);
describeSplitterContract("holdOut of two parts", () => holdOut({ validation: 0.3, stratify: true }), promises);
describeSplitterContract("holdOut without shuffling", () => holdOut({ train: 0.8, validation: 0.2, shuffle: false }), {
  ...promises,
  random: false,
});

function parts(given: HoldOutOptions | string, input: SplitInput, seed = 0): { train: number[]; validation: number[]; test: number[] } {
  const splitter = holdOut(given);
  const [split, ...more] = Array.from(splitter.split(input, rng(seed)));
  expect(more).toEqual([]);
  return { train: [...(split?.train ?? [])], validation: [...(split?.test ?? [])], test: [...splitter.held(input, rng(seed))] };
}

describe("holdOut", () => {
  it("cuts all rows into train, validation and a held-back test part", () => {
    const { train, validation, test } = parts("60/20/20", rowsOf({ rows: 50 }));
    expect([train.length, validation.length, test.length]).toEqual([30, 10, 10]);
    expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, row) => row));
  });

  it("takes rows in order without shuffling", () => {
    const { train, validation, test } = parts(
      { train: 3, validation: 2, test: 1, shuffle: false },
      rowsOf({ classes: [0, 1, 0, 1, 0, 1] }),
    );
    expect({ train, validation, test }).toEqual({ train: [0, 1, 2], validation: [3, 4], test: [5] });
  });

  it("means the same by a word, by fractions and by counts", () => {
    const word = parts("50/25/25", roomyInput, 4);
    expect(parts({ train: 0.5, validation: 0.25, test: 0.25 }, roomyInput, 4)).toEqual(word);
    expect(parts({ validation: 0.25, test: 0.25 }, roomyInput, 4)).toEqual(word);
    expect(parts({ train: 60, validation: 30, test: 30 }, roomyInput, 4)).toEqual(word);
    expect(parts({ validation: 30, test: 30 }, roomyInput, 4)).toEqual(word);
  });

  it("holds nothing back where there is no test part", () => {
    const { train, validation, test } = parts("80/20", rowsOf({ rows: 10 }));
    expect([train.length, validation.length, test.length]).toEqual([8, 2, 0]);
  });

  it("keeps every class within one row of its share, or two, and trains on every class where it can", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 5, maxLength: 80 }), fc.nat(), (classes, seed) => {
        const input = rowsOf({ classes });
        const dealt = parts("60/20/20", input, seed);
        const rows = classes.length;
        const some = [...new Set(classes)].filter((code) => !dealt.train.some((row) => classes[row] === code));
        if (new Set(classes).size <= dealt.train.length / 2) expect(some).toEqual([]);
        for (const part of [dealt.train, dealt.validation, dealt.test]) {
          for (const code of new Set(classes)) {
            const share = (classes.filter((one) => one === code).length * part.length) / rows;
            expect(Math.abs(part.filter((row) => classes[row] === code).length - share)).toBeLessThanOrEqual(2);
          }
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("stays within one row of every share where all classes are large", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = rng(seed);
      const classes = Array.from({ length: 137 }, () => random.below(5));
      const { train, validation, test } = parts("60/20/20", rowsOf({ classes }), seed);
      for (const part of [train, validation, test]) {
        for (let code = 0; code < 5; code++) {
          const share = (classes.filter((one) => one === code).length * part.length) / 137;
          expect(Math.abs(part.filter((row) => classes[row] === code).length - share)).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it("does not look at classes where it is told so", () => {
    const sorted = rowsOf({ classes: Array.from({ length: 40 }, (_, row) => (row < 20 ? 0 : 1)) });
    const counts = Array.from({ length: 10 }, (_, seed) => {
      return parts({ validation: 20, stratify: false }, sorted, seed).validation.filter((row) => row < 20).length;
    });
    expect(new Set(counts).size).toBeGreaterThan(1);
    expect(parts({ validation: 20 }, sorted).validation.filter((row) => row < 20).length).toBe(10);
  });

  it.each([
    ["60/20", 'two or three percentages that make 100, train first, such as "80/20" or "60/20/20"; got "60/20".'],
    ["100", 'got "100".'],
    ["0/100", 'got "0/100".'],
    ["a/b", 'got "a/b".'],
    ["40/20/20/20", 'got "40/20/20/20".'],
    [{ train: 0.6, validation: 0.2 }, "must be fractions that make 1 (such as 0.6, 0.2, 0.2) or counts of rows; got 0.6, 0.2."],
    [{ train: 0.6, validation: 20 }, "or counts of rows; got 0.6, 20."],
    [{ validation: 2.5 }, "or counts of rows; got 2.5."],
    [{ validation: 0 }, "holdOut(): validation must be a finite number above 0; got 0."],
    [{ train: 0.5 }, "holdOut(): validation must be a finite number above 0; got nothing."],
    [{ validation: Number.NaN }, "got NaN."],
  ])("tells what is wrong with %o", (given, message) => {
    expect(() => holdOut(given as never)).toThrow(message);
  });

  it.each([
    [{ train: 60, validation: 20, test: 20 }, 150, 'counts must make the number of rows (150); write fractions such as 0.6, or "60/20/20"'],
    ["60/20/20", 2, "holdOut(): every part must have at least one row; got 2, 0, 0 of 2 rows."],
    [{ validation: 9 }, 9, "every part must have at least one row; got 0, 9, 0 of 9 rows."],
  ])("refuses %o for %i rows", (given, rows, message) => {
    expect(() => holdOut(given).count(rowsOf({ rows }))).toThrow(message);
    expect(() => holdOut(given).split(rowsOf({ rows }), rng(0))).toThrow(message);
  });

  it("is labelled by its parts", () => {
    expect(holdOut("60/20/20").label).toBe("hold-out 60/20/20");
    expect(holdOut({ validation: 0.2 }).label).toBe("hold-out 80/20");
    expect(holdOut({ train: 4435, validation: 2000 }).label).toBe("hold-out 4435/2000 rows");
  });
});
