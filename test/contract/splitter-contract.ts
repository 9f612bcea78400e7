import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Split, SplitInput, Splitter } from "#hpo/core/splitter";
import { rng } from "#hpo/math/rng";
import { checkSplit } from "#hpo/splitters/checked-split";

/** What a splitter promises beyond the contract. */
export interface SplitterPromises {
  /** Every row is tested exactly once. */
  readonly testsEachRowOnce: boolean;
  /** No group is on both sides. */
  readonly keepsGroups: boolean;
  /** The counts of a class differ by at most one over the test parts. */
  readonly keepsClasses: boolean;
  /** Different streams give different splits. */
  readonly random: boolean;
  /** Every training row is of an earlier time than every test row. */
  readonly keepsTime?: boolean;
  /** Every row is tested exactly once in each repeat. */
  readonly repeats?: number;
  /** A training row may be named more than once; there are as many as rows. */
  readonly replacement?: boolean;
  /** Whose sentence a refusal is, where it is not the splitter's own. */
  readonly refusedBy?: string;
  /** Rows of random inputs at most; 60 where it is not said. For splitters of very many splits. */
  readonly rows?: number;
  /** Parts whose sizes depend on the stream may turn out empty, so that `count` can't always tell. */
  readonly refusesLate?: boolean;
}

/** Random rows: up to 60, few classes and groups (with gaps in their codes), given folds of which some are −1, times in no order and of which some are equal, places. */
const inputsUpTo = (most: number): fc.Arbitrary<SplitInput> =>
  fc.integer({ min: 1, max: most }).chain((rows) => {
    const codes = (min: number, max: number): fc.Arbitrary<Int32Array> =>
      fc.array(fc.integer({ min, max }), { minLength: rows, maxLength: rows }).map((values) => Int32Array.from(values));
    return fc.record({
      rows: fc.constant(rows),
      classes: fc.integer({ min: 0, max: 5 }).chain((max) => codes(0, max)),
      groups: fc.integer({ min: 0, max: 20 }).chain((max) => codes(0, max)),
      folds: codes(-1, 4),
      times: codes(-30, 200).map((values) => Float64Array.from(values)),
      coordinates: fc.array(
        codes(-100, 100).map((values) => Float64Array.from(values, (value) => value / 2)),
        { minLength: 1, maxLength: 3 },
      ),
    });
  });

/** A row set on which every splitter has something to choose: 120 rows, 3 classes, 30 groups, 5 folds, all of another time, on a slope of 12 × 10 places. */
export const roomyInput: SplitInput = Object.freeze({
  rows: 120,
  classes: Int32Array.from({ length: 120 }, (_, row) => (row * 7) % 3),
  groups: Int32Array.from({ length: 120 }, (_, row) => Math.floor(Math.sqrt(row * 7.4))),
  folds: Int32Array.from({ length: 120 }, (_, row) => row % 5),
  times: Float64Array.from({ length: 120 }, (_, row) => (row * 77) % 120),
  coordinates: [
    Float64Array.from({ length: 120 }, (_, row) => row % 12),
    Float64Array.from({ length: 120 }, (_, row) => Math.floor(row / 12)),
  ],
});

/** As texts, which are compared faster than arrays. */
function shown(splits: Iterable<Split>): string[] {
  return Array.from(splits, ({ train, test }) => `${train.join()} | ${test.join()}`);
}

/** The splits, or undefined where the splitter refuses the input with its own kind of error. */
function attempt(splitter: Splitter, input: SplitInput, seed: number, refusedBy = splitter.name): readonly Split[] | undefined {
  try {
    return Array.from(splitter.split(input, rng(seed)));
  } catch (error) {
    expect(error).toMatchObject({ name: "HpoError", code: "SPLIT_INVALID" });
    expect((error as Error).message).toMatch(new RegExp(`^${refusedBy}\\(\\): .*; got .*\\.$`, "s"));
    return undefined;
  }
}

/** Laws of every splitter, each checked on random rows. */
export function describeSplitterContract(name: string, factory: () => Splitter, promises: SplitterPromises): void {
  const inputs = inputsUpTo(promises.rows ?? 60);
  const { refusedBy } = promises;
  /** Checks a law wherever the splitter does not refuse. */
  const law = (check: (splits: readonly Split[], input: SplitInput, splitter: Splitter, seed: number) => void): void => {
    fc.assert(
      fc.property(inputs, fc.nat(1000), (input, seed) => {
        const splitter = factory();
        const splits = attempt(splitter, input, seed, refusedBy);
        if (splits !== undefined) check(splits, input, splitter, seed);
      }),
      { seed: 42, numRuns: 150 },
    );
  };

  describe(`${name} keeps the splitter contract`, () => {
    it("gives ascending, disjoint, non-empty parts within the rows", () => {
      law((splits, input, splitter) => {
        for (const split of splits) checkSplit(split, input.rows, splitter);
      });
    });

    it("counts the splits that it yields, and refuses both or neither", () => {
      law((splits, input, splitter) => expect(splitter.count(input)).toBe(splits.length));
      fc.assert(
        fc.property(inputs, (input) => {
          const splitter = factory();
          if (attempt(splitter, input, 0, refusedBy) === undefined && promises.refusesLate !== true)
            expect(() => splitter.count(input)).toThrow(/; got /);
        }),
        { seed: 7, numRuns: 150 },
      );
    });

    it("gives the same splits for the same stream, however often it is walked or used", () => {
      law((splits, input, splitter, seed) => {
        const expected = shown(splits);
        expect(shown(factory().split(input, rng(seed)))).toEqual(expected);
        const stream = rng(seed);
        stream.uniform();
        const again = splitter.split(input, stream);
        expect(shown(again)).toEqual(expected);
        expect(shown(again)).toEqual(expected);
      });
    });

    it("changes nothing of its input", () => {
      law((_, input, splitter, seed) => {
        const before = structuredClone(input);
        attempt(splitter, input, seed, refusedBy);
        expect(input).toEqual(before);
      });
    });

    if (promises.random)
      it("gives different splits for different streams", () => {
        const seen = new Set(
          Array.from({ length: 8 }, (_, seed) =>
            Array.from(factory().split(roomyInput, rng(seed)))
              .map((split) => split.test.join())
              .join(";"),
          ),
        );
        expect(seen.size).toBe(8);
      });

    if (!promises.random)
      it("gives the same splits for different streams", () => {
        expect(shown(factory().split(roomyInput, rng(1)))).toEqual(shown(factory().split(roomyInput, rng(2))));
      });

    if (promises.testsEachRowOnce)
      it("tests each row exactly once and trains on all others", () => {
        law((splits, input) => {
          const tested = new Uint8Array(input.rows);
          for (const { train, test } of splits) {
            for (const row of test) tested[row] = (tested[row] as number) + 1;
            expect(train.length + test.length).toBe(input.rows);
          }
          expect(tested.every((times) => times === 1)).toBe(true);
        });
      });

    const { repeats = 1 } = promises;
    if (repeats > 1)
      it("tests each row once in each repeat, and divides anew in the next", () => {
        law((splits, input, splitter) => {
          expect(splitter.repeats).toBe(repeats);
          const each = splits.length / repeats;
          for (let repeat = 0; repeat < repeats; repeat++) {
            const tested = splits.slice(repeat * each, (repeat + 1) * each).flatMap(({ test }) => [...test]);
            expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: input.rows }, (_, row) => row));
          }
        });
        const splits = Array.from(factory().split(roomyInput, rng(0)), ({ test }) => test.join());
        expect(new Set(splits).size).toBe(splits.length);
      });

    if (promises.keepsTime)
      it("trains on what was before, and keeps rows of one time together", () => {
        expect(factory().ordered).toBe(true);
        law((splits, { times }) => {
          for (const { train, test } of splits) {
            const at = (row: number): number => times?.[row] ?? Number.NaN;
            expect(Math.max(...Array.from(train, at))).toBeLessThan(Math.min(...Array.from(test, at)));
          }
        });
      });

    if (promises.replacement === true)
      it("draws as many training rows as there are, and tests exactly those that were not drawn", () => {
        expect(factory().replacement).toBe(true);
        law((splits, input) => {
          for (const { train, test } of splits) {
            expect(train.length).toBe(input.rows);
            expect(new Set([...train, ...test]).size).toBe(input.rows);
          }
        });
      });

    if (promises.keepsGroups)
      it("never tears a group", () => {
        law((splits, { groups }) => {
          for (const { train, test } of splits) {
            const trained = new Set(Array.from(train, (row) => groups?.[row]));
            expect(Array.from(test).some((row) => trained.has(groups?.[row]))).toBe(false);
          }
        });
      });

    if (promises.keepsClasses)
      it("keeps classes in proportion in every fold, and trains on every class of two rows or more", () => {
        law((splits, { classes }) => {
          for (const code of new Set(classes)) {
            const counts = splits.map(({ test }) => test.filter((row) => classes?.[row] === code).length);
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
            const total = counts.reduce((sum, count) => sum + count, 0);
            if (total >= 2) expect(counts.every((count) => count < total)).toBe(true);
          }
        });
      });

    it("says what it is in plain data", () => {
      const splitter = factory();
      expect(splitter.random !== false).toBe(promises.random);
      expect(splitter.repeats ?? 1).toBe(repeats);
      expect(splitter.replacement ?? false).toBe(promises.replacement ?? false);
      expect(structuredClone(splitter.options)).toEqual(splitter.options);
      expect(splitter.label).not.toBe("");
      expect(Object.isFrozen(splitter)).toBe(true);
    });

    it.each(["classes", "groups", "folds", "coordinates"] as const)(
      "tells a person what to do where it needs %s and there are none",
      (role) => {
        const splitter = factory();
        const without = { ...roomyInput, [role]: null };
        if (!splitter.needs.includes(role)) {
          expect(Array.from(splitter.split(without, rng(0))).length).toBeGreaterThan(0);
          return;
        }
        for (const call of [() => splitter.count(without), () => splitter.split(without, rng(0))]) {
          expect(call).toThrow(/the data must have .*; got none\. Name (a|its|their) column/);
        }
      },
    );

    it.each([0, 1])("refuses %i rows in one sentence", (rows) => {
      const codes = new Int32Array(rows);
      const times = new Float64Array(rows);
      const input = { rows, classes: codes, groups: codes, folds: codes, times, coordinates: [times, times] };
      expect(attempt(factory(), input, 0, refusedBy)).toBeUndefined();
    });
  });
}
