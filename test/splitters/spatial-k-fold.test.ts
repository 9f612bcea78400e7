import { accuracy, crossValidate, npy, type Splitter, stratifiedKFold, svm } from "hpo";
import { rng } from "#hpo/math/rng";
import { neighbourGroups } from "#hpo/splitters/neighbours";
import { spatialKFold } from "#hpo/splitters/spatial-k-fold";
import { tiles } from "#hpo/splitters/tiles";
import { describe, expect, it } from "vitest";
import { describeSplitterContract, roomyInput } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { moreSplits } from "./more-splits.ts";
import { rowsOf, testFolds } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: false, keepsClasses: false, random: true };
describeSplitterContract("spatialKFold by blocks", () => spatialKFold({ folds: 2, block: 3 }), promises);
describeSplitterContract("spatialKFold by neighbours", () => spatialKFold({ folds: 2, within: 0.9, stratify: true, shuffle: false }), {
  ...promises,
  random: false,
});
describeSplitterContract("spatialKFold with a buffer", () => spatialKFold({ folds: 3, block: 3, buffer: 1, stratify: false }), {
  ...promises,
  testsEachRowOnce: false,
  refusesLate: true,
});

function distance(coordinates: readonly ArrayLike<number>[], a: number, b: number): number {
  return Math.sqrt(coordinates.reduce((sum, axis) => sum + ((axis[a] ?? 0) - (axis[b] ?? 0)) ** 2, 0));
}

describe("spatialKFold", () => {
  it("groups neighbours as SciPy's tree and connected components do, and tiles as NumPy does", () => {
    for (const { coordinates, within, block, neighbours, tiles: expected } of moreSplits.space) {
      const axes = coordinates.map((axis) => Float64Array.from(axis));
      expect([...neighbourGroups(axes, within)]).toEqual(neighbours);
      expect([...tiles(axes, block).codes]).toEqual(expected);
    }
  });

  it("deals blocks and groups of neighbours as scikit-learn's group splitters deal groups", () => {
    let compared = 0;
    for (const { coordinates, classes, within, block, folds } of moreSplits.space) {
      const input = rowsOf({ coordinates, classes });
      for (const [name, unit] of Object.entries({ within: { within }, block: { block } })) {
        for (const stratify of [false, true]) {
          const expected = folds[`${name} ${stratify ? "stratified" : "plain"}`];
          const splitter = spatialKFold({ folds: 3, ...unit, stratify, shuffle: false });
          if (expected == null) continue;
          compared++;
          expect(testFolds(splitter, input).join("")).toBe(expected);
        }
      }
    }
    expect(compared).toBeGreaterThan(25);
  });

  it("keeps whole blocks on one side", () => {
    const foldOf = testFolds(spatialKFold({ folds: 4, block: 4 }), roomyInput);
    const [x, y] = roomyInput.coordinates as readonly Float64Array[];
    const folds = new Map<string, Set<number | undefined>>();
    for (let row = 0; row < roomyInput.rows; row++) {
      const block = `${Math.floor((x?.[row] as number) / 4)}/${Math.floor((y?.[row] as number) / 4)}`;
      folds.set(block, (folds.get(block) ?? new Set()).add(foldOf[row]));
    }
    expect(folds.size).toBe(9);
    for (const one of folds.values()) expect(one.size).toBe(1);
  });

  it("lets no test row be within the distance of a training row", () => {
    const random = rng("places");
    const coordinates = [0, 1].map(() => Array.from({ length: 150 }, () => random.uniform() * 30));
    const input = rowsOf({ coordinates });
    for (const splitter of [spatialKFold({ folds: 5, within: 1.5 }), spatialKFold({ folds: 5, block: 6, buffer: 1.5 })]) {
      for (const { train, test } of splitter.split(input, rng(2))) {
        for (const a of train) for (const b of test) expect(distance(coordinates, a, b)).toBeGreaterThan(1.5);
      }
    }
  });

  it("leaves out of training what the buffer takes, and nothing else", () => {
    const plain = Array.from(spatialKFold({ folds: 4, block: 4, seed: 1 }).split(roomyInput, rng(0)));
    const buffered = Array.from(spatialKFold({ folds: 4, block: 4, seed: 1, buffer: 2 }).split(roomyInput, rng(0)));
    const places = roomyInput.coordinates as readonly Float64Array[];
    for (const [fold, { train, test }] of plain.entries()) {
      const kept = train.filter((row) => test.every((other) => distance(places, row, other) > 2));
      expect([buffered[fold]?.train, buffered[fold]?.test]).toEqual([kept, test]);
      expect(kept.length).toBeLessThan(train.length);
    }
  });

  it("refuses a buffer that leaves nothing to train on", () => {
    const splits = spatialKFold({ folds: 2, block: 2, buffer: 100 }).split(roomyInput, rng(0));
    expect(() => Array.from(splits)).toThrow(
      "spatialKFold(): buffer must leave rows to train on; got 100, within which every row has a test row.",
    );
  });

  it("takes blocks or neighbours, and says how many groups they make", () => {
    expect(() => spatialKFold({ folds: 2 })).toThrow("must be given, not both; got neither.");
    expect(() => spatialKFold({ folds: 2, block: 1, within: 1 })).toThrow("must be given, not both; got both.");
    expect(() => spatialKFold({ folds: 5, block: 100 }).count(roomyInput)).toThrow(
      "spatialKFold(): for folds there must be at least 2 groups; got 1.",
    );
    expect(() => spatialKFold({ folds: 5, within: 1 }).count(roomyInput)).toThrow("there must be at least 2 groups; got 1.");
  });

  it("shows that pixels of Indian Pines are known from their neighbours", async (context) => {
    const folder = sharedData("indian-pines");
    context.skip(folder === undefined, sharedDataReason);
    const of = (column: string) => ({ file: `${folder}/hong695_meta.csv.gz`, column });
    const data = npy({
      features: `${folder}/hong695_X.npy`,
      target: { ...of("label_name"), kind: "class" },
      coordinates: [of("row"), of("col")],
    });
    const right = async (cv: Splitter): Promise<number> => {
      const model = svm({ kernel: "rbf", gamma: 2, C: 100 });
      return (await crossValidate({ data, model, cv, metrics: { accuracy: accuracy() } })).values["accuracy"]?.pooled ?? Number.NaN;
    };
    const shuffled = await right(stratifiedKFold({ folds: 5 }));
    const blocks = await right(spatialKFold({ folds: 5, block: 16 }));
    const apart = await right(spatialKFold({ folds: 5, block: 16, buffer: 8 }));
    expect(shuffled).toBeGreaterThan(0.73);
    expect(blocks).toBeLessThan(shuffled - 0.1);
    expect(apart).toBeLessThan(blocks - 0.1);
  });

  it("is labelled by folds and what is kept together", () => {
    expect(() => spatialKFold(undefined as never)).toThrow("spatialKFold(): options must be an ob");
    expect(spatialKFold({ folds: 5, block: 16 }).label).toBe("5-fold by blocks of 16");
    expect(spatialKFold({ folds: 5, within: 1.5, buffer: 2 }).label).toBe("5-fold by neighbours within 1.5, buffer 2");
  });
});
