import { inflateRawSync } from "node:zlib";
import { rng } from "#hpo/math/rng";
import { packPrediction, unpackPrediction, unpackRowSet } from "#hpo/store/packed-prediction";
import { describe, expect, it } from "vitest";

describe("packPrediction()", () => {
  // Around the length below which nothing is compressed, with one, two and four bytes a row.
  it.each([1, 15, 31, 32, 63, 64, 127, 128, 129, 255, 256, 700])("gives %i rows back", (length) => {
    const stream = rng(length);
    const rows = Uint32Array.from({ length }, (_, i) => 3 * i);
    const key = { trial: 4, repeat: 0, fold: 2 };
    for (const draw of [() => stream.below(3), () => stream.below(60_000), () => Math.fround(stream.normal())]) {
      const predicted = Float64Array.from({ length }, draw);
      const scores = Float64Array.from({ length: 2 * length }, () => Math.fround(stream.uniform()));
      const record = { ...key, rows, predicted, truth: Float64Array.from({ length }, draw), scores };
      const packed = packPrediction(record);
      expect(unpackPrediction(key, packed, unpackRowSet(packed))).toEqual(record);
      // Readers know no other form than DEFLATE's.
      const bytes = inflateRawSync(packed.predicted).length;
      expect(packed.predicted.length).toBeLessThanOrEqual(bytes + 5);
    }
  });
});
