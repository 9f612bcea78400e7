import type { Dataset } from "../core/dataset.ts";
import { HpoError } from "../core/hpo-error.ts";

/**
 * For a model that can't take missing values.
 * @throws HpoError DATA_UNSUPPORTED with the columns that have some, how many, and the cure.
 */
export function requireComplete(data: Dataset, model: string): void {
  const found = data.columns.filter((column) => column.missing > 0);
  if (found.length === 0) return;
  const total = found.reduce((sum, column) => sum + column.missing, 0);
  const shown = found.slice(0, 5).map((column) => `${JSON.stringify(column.name)} ${column.missing}`);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more columns` : "";
  throw new HpoError(
    "DATA_UNSUPPORTED",
    `${model}(): features must have no missing values; ${data.name} has ${total} (column ${shown.join(", ")}${more}). ` +
      "Ignore these columns, remove the rows, put impute() before the model in a pipeline, or take a model that handles missing values.",
    { data: { dataset: data.name, model, missing: total, columns: found.map(({ name, missing }) => ({ name, missing })) } },
  );
}

/**
 * For a model that takes numbers only.
 * @throws HpoError DATA_UNSUPPORTED with the columns that hold categories, and the cure.
 */
export function requireNumbers(data: Dataset, model: string): void {
  const found = data.columns.filter((column) => column.kind === "category").map((column) => column.name);
  if (found.length === 0) return;
  const shown = found.slice(0, 5).map((name) => JSON.stringify(name));
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  throw new HpoError(
    "DATA_UNSUPPORTED",
    `${model}(): features must be numbers; ${data.name} has categories in ${found.length === 1 ? "column" : "columns"} ${shown.join(", ")}${more}. ` +
      "Ignore them, put oneHot() or ordinal() before the model in a pipeline, or take a model that handles categories.",
    { data: { dataset: data.name, model, columns: found } },
  );
}
