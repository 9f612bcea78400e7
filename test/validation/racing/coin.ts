import { type Estimator, inMemory, rng } from "hpo";
import type { DataRecipe } from "#hpo/core/dataset";

/** Noise of a row that is the same for all models: 0 to 1. */
const luck = Float64Array.from({ length: 4000 }, (_, row) => rng("luck").fork(row).uniform());

interface CoinOptions {
  /** About the share of rows that it gets right. */
  readonly quality: number;
  /** Throws where the fold that it is fitted to leaves this row out. */
  readonly fails?: number | undefined;
}

/** A model that knows the truth and tells it, wherever a row's luck and its own coin together are below its quality: comparisons with known ends, at no cost. */
export function coin({ quality, fails }: CoinOptions): Estimator {
  return {
    name: "coin",
    task: "classification",
    traits: { gives: ["labels", "scores", "probabilities"], missing: true, categories: true, weights: true },
    options: { quality },
    fit: ({ rows, target }) => {
      if (fails !== undefined && !rows.includes(fails)) throw new Error(`row ${fails} is missing`);
      if (target.kind !== "class") throw new TypeError("coin() takes classes.");
      const { codes } = target;
      const own = rng("coin").fork(Math.round(quality * 1e6));
      const noise = Float64Array.from({ length: codes.length }, () => own.uniform());
      const right = (row: number): boolean => 0.8 * (luck[row] as number) + 0.2 * (noise[row] as number) < quality;
      const score = (row: number): number =>
        (right(row) ? (codes[row] as number) : 1 - (codes[row] as number)) * 0.5 + (noise[row] as number) * 0.6;
      const probabilities = ({ rows: test }: { rows: Uint32Array }): Float64Array =>
        Float64Array.from({ length: 2 * test.length }, (_, i) => {
          const one = Math.min(1, score(test[i >> 1] as number));
          return i % 2 === 1 ? one : 1 - one;
        });
      return Promise.resolve({
        predict: ({ rows: test }) => Float64Array.from(test, (row) => (right(row) ? (codes[row] as number) : 1 - (codes[row] as number))),
        predictScores: probabilities,
        predictProbabilities: probabilities,
        toJSON: () => ({}),
        dispose: () => undefined,
      });
    },
  };
}

/** So many rows of two classes; `groups`: rows of a group follow each other. */
export function coinData(rows: number, { groups }: { readonly groups?: number } = {}): DataRecipe {
  return inMemory({
    name: "coins",
    features: Array.from({ length: rows }, (_, row) => [row]),
    target: Array.from({ length: rows }, (_, row) => ((row * 7) % 3 === 0 ? "a" : "b")),
    ...(groups === undefined ? {} : { group: Array.from({ length: rows }, (_, row) => Math.floor((row * groups) / rows)) }),
  });
}
