import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

/** The scalar twin: sums of eight rows, each taken from g. */
function subtracted(g: number, values: readonly number[], coefficients: readonly number[]): number {
  let rest = g;
  for (let first = 0; first < values.length; first += 8) {
    let sum = (values[first] as number) * (coefficients[first] as number);
    for (let row = first + 1; row < first + 8; row++) sum += (values[row] as number) * (coefficients[row] as number);
    rest -= sum;
  }
  return rest;
}

describe("row sums", () => {
  it("are taken from g in double precision, however the columns are cut into calls", () => {
    const { kernels, f32, f64, u32 } = bench(1 << 16);
    const random = rng(3);
    const [rows, columns] = [24, 48];
    const [listAt, coefficientsAt, valuesAt] = [16384, 16512, 20480];
    for (let at = 0; at < rows * columns; at++) f32[at] = random.normal();
    // Rows lie in any order.
    const list = Array.from({ length: 16 }, (_, at) => (at * 7 + 3) % rows);
    const coefficients = list.map((_, at) => (at === 15 ? 0 : random.normal() * 10 ** (at % 5)));
    u32.set(
      list.map((row) => row * columns * 4),
      listAt / 4,
    );
    f64.set(coefficients, coefficientsAt / 8);
    const start = Array.from({ length: columns }, () => random.normal());
    f64.set(start, valuesAt / 8);
    for (const [first, count] of [
      [4, 4],
      [8, 32],
    ] as const) {
      kernels.subtractRows(listAt, coefficientsAt, list.length, first * 4, count, valuesAt + first * 8);
    }
    for (let column = 0; column < columns; column++) {
      const values = list.map((row) => f32[row * columns + column] as number);
      const outside = column < 4 || column >= 40;
      const expected = outside ? start[column] : subtracted(start[column] as number, values, coefficients);
      expect(f64[valuesAt / 8 + column]).toBe(expected);
    }
  });
});
