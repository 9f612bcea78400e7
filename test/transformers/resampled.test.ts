import { describe, expect, it } from "vitest";
import { type Dataset, HpoError, oversample, rng, smote, subsample, type Transformer } from "hpo";
import type { FitInput } from "#hpo/core/estimator";
import { loadTable, trainingRows, valuesOf } from "../contract/transformer-contract.ts";
import { numbers } from "./tables.ts";

const { trained } = numbers;

async function balanced(transformer: Transformer, seed = 1): Promise<{ data: Dataset; input: FitInput; found: FitInput }> {
  const data = await loadTable(numbers);
  const input = trainingRows(data, trained);
  const transform = await transformer.fit(input, { rng: rng(seed), signal: new AbortController().signal });
  return { data, input, found: transform.resample?.(input) as FitInput };
}

function countsOf({ target, rows }: FitInput): readonly number[] {
  if (target.kind !== "class") throw new TypeError("countsOf: classes.");
  const counts = target.classes.map(() => 0);
  for (const row of rows) counts[target.codes[row] as number] = (counts[target.codes[row] as number] ?? 0) + 1;
  return counts;
}

/** Where a row's values stand among the training rows. */
const key = (row: readonly number[] | undefined): string => JSON.stringify(row);

describe("class balancing", () => {
  it("subsample leaves rows out and keeps the order, weights and classes of the others", async () => {
    for (const ratio of [1, 0.5]) {
      const { data, input, found } = await balanced(subsample({ ratio }));
      const before = countsOf(input);
      const after = countsOf(found);
      const most = Math.floor(Math.min(...before) / ratio);
      expect(after).toEqual(before.map((count) => Math.min(count, most)));
      const places = valuesOf(found.data).map((row) => valuesOf(data).findIndex((one) => key(one) === key(row)));
      expect(places.every((place, at) => place < trained && (at === 0 || place > (places[at - 1] as number)))).toBe(true);
      for (const [at, place] of places.entries()) {
        expect(found.weights?.[at]).toBe(input.weights?.[place]);
        expect((found.target as { codes: Int32Array }).codes[at]).toBe((input.target as { codes: Int32Array }).codes[place]);
        expect(found.data.roles.group?.codes[at]).toBe(data.roles.group?.codes[place]);
      }
    }
  });

  it("oversample repeats rows of the smaller classes behind all others", async () => {
    for (const ratio of [1, 0.7]) {
      const { data, input, found } = await balanced(oversample({ ratio }));
      const before = countsOf(input);
      const least = Math.ceil(Math.max(...before) * ratio);
      expect(countsOf(found)).toEqual(before.map((count) => Math.max(count, least)));
      const all = valuesOf(data).slice(0, trained);
      const values = valuesOf(found.data);
      expect(values.slice(0, trained)).toEqual(all);
      for (const [at, row] of values.entries()) {
        const place = all.findIndex((one) => key(one) === key(row));
        expect(place).toBeGreaterThanOrEqual(0);
        expect((found.target as { codes: Int32Array }).codes[at]).toBe((input.target as { codes: Int32Array }).codes[place]);
      }
    }
  });

  it("smote makes rows between one of a class and one of its nearest there, and nowhere else", async () => {
    for (const neighbours of [1, 3]) {
      const { data, input, found } = await balanced(smote({ neighbours }));
      const codes = (input.target as { codes: Int32Array }).codes;
      const all = valuesOf(data).slice(0, trained);
      const values = valuesOf(found.data);
      expect(values.slice(0, trained)).toEqual(all);
      expect(new Set(countsOf(found)).size).toBe(1);
      const shares: number[] = [];
      for (let at = trained; at < values.length; at++) {
        const code = (found.target as { codes: Int32Array }).codes[at] as number;
        const made = values[at] as number[];
        const own = [...all.keys()].filter((row) => codes[row] === code);
        const share = own.flatMap((from) => {
          const near = own
            .filter((row) => row !== from)
            .sort((one, two) => squared(all[from], all[one]) - squared(all[from], all[two]))
            .slice(0, neighbours);
          return near.flatMap((to) => shareOf(all[from] as number[], all[to] as number[], made));
        });
        expect(share.length).toBeGreaterThan(0);
        shares.push(share[0] as number);
      }
      expect(shares.length).toBeGreaterThan(30);
      // Even between 0 and 1: the mean of 30 or more is within 4 standard errors.
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * shares.length));
    }
  });

  it("draws anew from another stream, and refuses what is no share", async () => {
    for (const transformer of [subsample(), oversample(), smote()]) {
      const [one, two] = [await balanced(transformer, 1), await balanced(transformer, 2)];
      expect(valuesOf(one.found.data)).not.toEqual(valuesOf(two.found.data));
    }
    for (const ratio of [0, 1.1, Number.NaN, -1]) {
      expect(() => smote({ ratio })).toThrow(HpoError);
      expect(() => smote({ ratio })).toThrow(/^smote\(\): ratio must be a number above 0 and at most 1; got /);
    }
  });

  it("smote repeats the row of a class that has one alone", async () => {
    const features = [
      [0, 0],
      [1, 0],
      [0, 1],
      [5, 5],
      [9, 9],
    ];
    const table = { features, columns: ["x", "y"], categories: [], classes: ["a", "a", "a", "b", "a"], trained: 4 };
    const data = await loadTable(table);
    const input = trainingRows(data, 4);
    const transform = await smote().fit(input, { rng: rng(0), signal: new AbortController().signal });
    const found = transform.resample?.(input) as FitInput;
    expect(valuesOf(found.data)).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [5, 5],
      [5, 5],
      [5, 5],
    ]);
  });
});

function squared(one: readonly number[] = [], two: readonly number[] = []): number {
  return one.reduce((sum, value, j) => sum + (value - (two[j] as number)) ** 2, 0);
}

/** How far along the way from one row to another a third lies; nothing where it lies off it by more than rounding. */
function shareOf(from: readonly number[], to: readonly number[], made: readonly number[]): readonly number[] {
  const steps = from.map((value, j) => (to[j] as number) - value);
  const share = from.reduce((sum, value, j) => sum + ((made[j] as number) - value) * (steps[j] as number), 0) / squared(from, to);
  const off = from.some(
    (value, j) =>
      Math.abs(value + share * (steps[j] as number) - (made[j] as number)) > 1e-9 * (1 + Math.abs(value) + Math.abs(steps[j] as number)),
  );
  return off || share < 0 || share > 1 ? [] : [share];
}
