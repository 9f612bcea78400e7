import type { DataRecipe } from "../core/dataset.ts";
import { type ArrayOptions, arrayRecipe } from "./array-recipe.ts";
import { readIdx } from "./idx-file.ts";

/**
 * Features from an idx file as MNIST's (plain or gzipped), rows first; images are flattened to rows × pixels. The target
 * is a one-dimensional idx file, or a column of a CSV file. Paths are relative to the study file's folder. Defining it
 * reads nothing.
 */
export function idx(options: ArrayOptions): DataRecipe {
  return arrayRecipe("idx", options, readIdx);
}
