import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "#hpo/core/hpo-error";
import type { DataRecipe, Dataset, DenseBlock } from "#hpo/core/dataset";
import { onTestFinished } from "vitest";

/** A folder with these files, removed when the test is over. */
export function dataFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

export function load(recipe: DataRecipe, folder = "/", task: "classification" | "regression" = "classification"): Promise<Dataset> {
  return recipe.load({ folder, task });
}

/** What a recipe is refused with. */
export async function refusal(
  recipe: DataRecipe,
  folder = "/",
  task: "classification" | "regression" = "classification",
): Promise<HpoError> {
  try {
    await load(recipe, folder, task);
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
  throw new Error("the recipe was not refused");
}

export function dense(data: Dataset): DenseBlock {
  if (data.features.kind !== "dense") throw new Error("not dense");
  return data.features;
}

/** Features as lists, without padding. */
export function matrix(data: Dataset): number[][] {
  const { values, width, stride } = dense(data);
  return Array.from({ length: data.rows }, (_, row) => Array.from(values.subarray(row * stride, row * stride + width)));
}

/** Class names of the rows. */
export function labels(data: Dataset): string[] {
  const target = data.targets[0];
  if (target?.kind !== "class") throw new Error("no class target");
  return Array.from(target.codes, (code) => target.classes[code] as string);
}

export function counts(values: readonly string[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const value of values) result[value] = (result[value] ?? 0) + 1;
  return result;
}
