import type { DataRecipe } from "../core/dataset.ts";
import { type ArrayOptions, arrayRecipe } from "./array-recipe.ts";
import { readNpy } from "./npy-file.ts";

/**
 * Features from a NumPy .npy file (plain or gzipped), rows first; more dimensions are flattened to rows × the rest. The
 * target is a one-dimensional .npy, or a column of a CSV file. Not-a-number is a missing value. Paths are relative to the
 * study file's folder. Defining it reads nothing.
 */
export function npy(options: ArrayOptions): DataRecipe {
  return arrayRecipe("npy", options, readNpy);
}
