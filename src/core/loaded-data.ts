import type { DataRecipe, Dataset } from "./dataset.ts";
import { HpoError } from "./hpo-error.ts";
import { showValue } from "./options.ts";
import { partFailure } from "./part-failure.ts";

/** Loads the data of a study, which may be a recipe of a user's own. @throws HpoError DATA_INVALID where that throws, or gives something else */
export async function loadedData(recipe: DataRecipe, options: Parameters<DataRecipe["load"]>[0]): Promise<Dataset> {
  let data: unknown;
  try {
    data = await recipe.load(options);
  } catch (cause) {
    throw partFailure("load() of the data", "DATA_INVALID", cause);
  }
  if (isDataset(data)) return data;
  throw new HpoError(
    "DATA_INVALID",
    `load() of the data must give a data set, as csv(…) and inMemory(…) do; got ${showValue(data)}. Return what one of them loads.`,
  );
}

function isDataset(value: unknown): value is Dataset {
  if (typeof value !== "object" || value === null) return false;
  const { rows, features, columns, targets, roles, memory } = value as { readonly [K in keyof Dataset]?: unknown };
  const parts = [features, columns, targets, roles, memory];
  return Number.isSafeInteger(rows) && parts.every((one) => typeof one === "object" && one !== null) && Array.isArray(targets);
}
