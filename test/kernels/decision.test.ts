import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

describe("decisions", () => {
  it("match sums in double precision over the given rows, for one and two solutions", () => {
    for (const solutions of [1, 2] as const) {
      const { kernels, f32, f64, u32 } = bench(1 << 16);
      const random = rng(2);
      const [columns, rows] = [48, 5];
      for (let at = 0; at < columns * rows; at++) f32[at] = random.normal();
      const [rowsAt, tilesAt, packedAt, outAt] = [4096, 4160, 8192, 16384];
      const support = [4, 0, 2];
      const tiles = [21, 0, 32];
      u32.set(
        support.map((row) => row * columns * 4),
        rowsAt / 4,
      );
      u32.set(
        tiles.map((column) => column * 4),
        tilesAt / 4,
      );
      for (let at = 0; at < support.length * solutions; at++) f64[packedAt / 8 + at] = random.normal();
      kernels.decisions(solutions, rowsAt, packedAt, support.length, tilesAt, tiles.length, outAt);
      for (const [tile, column] of tiles.entries()) {
        for (let solution = 0; solution < solutions; solution++) {
          for (let lane = 0; lane < 16; lane++) {
            let sum = 0;
            for (const [s, row] of support.entries()) {
              sum += (f32[row * columns + column + lane] as number) * (f64[packedAt / 8 + solution * support.length + s] as number);
            }
            expect(f64[outAt / 8 + (tile * solutions + solution) * 16 + lane]).toBe(sum);
          }
        }
      }
    }
  });
});
