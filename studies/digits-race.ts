import { accuracy, csv, defineStudy, type Estimator, float, int, random, stratifiedKFold } from "hpo";

/**
 * How many neighbours tell a digit, when pixels at the edge count less and some of them are left out? With ten folds and forty trials the race is on by itself:
 * hopeless configurations stop after a fold or two, and most of the fits are saved.
 */
export default defineStudy({
  name: "digits-race",
  data: csv("data/digits.csv.gz", { target: "y", scale: "min-max" }),
  space: {
    neighbours: int(1, 60, { log: true }),
    pixels: int(1, 64, { log: true }),
    middle: float(0, 2),
  },
  model: neighbours,
  cv: stratifiedKFold({ folds: 10 }),
  metrics: { accuracy: accuracy() },
  sampler: random(),
  trials: 40,
});

interface Options {
  /** How many rows vote. */
  readonly neighbours: number;
  /** How many of the 64 pixels are looked at, those that vary most first. */
  readonly pixels: number;
  /** By how much pixels in the middle of the image count more than those at its edge. */
  readonly middle: number;
}

/** Nearest neighbours by Euclidean distance; a model of a user's own, which is fitted fold by fold. */
function neighbours({ neighbours: votes, pixels, middle }: Options): Estimator {
  return {
    name: "neighbours",
    task: "classification",
    traits: { gives: ["labels"], missing: false, categories: false, weights: false },
    options: { neighbours: votes, pixels, middle },
    async fit({ data, rows, target }) {
      if (data.features.kind !== "dense" || target.kind !== "class") throw new TypeError("neighbours() takes dense features and classes.");
      const { codes, classes } = target;
      const { stride, values, width } = data.features;
      const chosen = varyingMost(width, rows, (row, j) => values[row * stride + j] as number).slice(0, pixels);
      const weighted = (row: number): Float64Array =>
        Float64Array.from(chosen, (j) => (values[row * stride + j] as number) * Math.exp(-middle * offCentre(j)));
      const known = Array.from(rows, weighted);
      const near = new Float64Array(votes);
      const labels = new Int32Array(votes);
      return {
        predict: ({ rows: asked }) =>
          Float64Array.from(asked, (row) => {
            const at = weighted(row);
            near.fill(Infinity);
            for (const [i, other] of known.entries()) {
              const far = squaredDistance(other, at);
              let place = votes;
              for (; place > 0 && far < (near[place - 1] as number); place--) {
                if (place === votes) continue;
                near[place] = near[place - 1] as number;
                labels[place] = labels[place - 1] as number;
              }
              if (place === votes) continue;
              near[place] = far;
              labels[place] = codes[rows[i] as number] as number;
            }
            const counts = new Float64Array(classes.length);
            for (const label of labels) counts[label] = (counts[label] as number) + 1;
            return counts.indexOf(Math.max(...counts));
          }),
        toJSON: () => ({ neighbours: votes, pixels, middle, rows: [...rows] }),
        dispose: () => undefined,
      };
    },
  };
}

/** 0 in the middle of the 8 × 8 image, 1 at its corners. */
function offCentre(pixel: number): number {
  const [x, y] = [(pixel % 8) - 3.5, Math.floor(pixel / 8) - 3.5];
  return Math.sqrt((x * x + y * y) / 24.5);
}

function varyingMost(width: number, rows: Uint32Array, value: (row: number, j: number) => number): readonly number[] {
  const spread = Array.from({ length: width }, (_, j) => {
    let [sum, squares] = [0, 0];
    for (const row of rows) {
      sum += value(row, j);
      squares += value(row, j) ** 2;
    }
    return squares - (sum * sum) / rows.length;
  });
  return Array.from({ length: width }, (_, j) => j).sort((a, b) => (spread[b] as number) - (spread[a] as number) || a - b);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}
