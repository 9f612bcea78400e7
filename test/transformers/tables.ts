import { readFileSync } from "node:fs";
import type { Cell, TransformerTable } from "../contract/transformer-contract.ts";

/** What scikit-learn made of a table: test/oracle/transformers_oracle.py. */
export interface TransformersOracle {
  readonly trained: number;
  readonly classes: readonly number[];
  readonly numbers: readonly (readonly number[])[];
  readonly holes: readonly (readonly (number | null)[])[];
  readonly repeated: readonly (readonly (number | null)[])[];
  readonly categories: readonly (readonly (string | null)[])[];
  readonly wide: readonly (readonly number[])[];
  readonly cases: Readonly<Record<string, readonly (readonly Cell[])[]>>;
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

export const oracle = JSON.parse(
  readFileSync(new URL("../oracle/transformers_oracle.json", import.meta.url), "utf8"),
) as TransformersOracle;

export function table(features: readonly (readonly Cell[])[], trained: number = oracle.trained): TransformerTable {
  const width = features[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, j) => `x${j + 1}`);
  const categories = columns.filter((_, j) => features.some((row) => typeof row[j] === "string"));
  // Two thirds of the rows are of one class, so that there is something to balance.
  const classes = features.map((_, row) => ["a", "a", "b", "a", "c", "a"][((oracle.classes[row] ?? row) + row) % 6] as string);
  return { features, columns, categories, classes, trained };
}

/** Numbers, all there. */
export const numbers: TransformerTable = table(oracle.numbers);

/** Numbers of which some miss, and categories of which some miss; the last levels are in no training row. */
export const mixed: TransformerTable = table(oracle.holes.map((row, at) => [...row.slice(0, 4), ...(oracle.categories[at] ?? [])]));
