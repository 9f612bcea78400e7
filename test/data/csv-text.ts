import type { Dataset } from "#hpo/core/dataset";
import type { HpoError } from "#hpo/core/hpo-error";
import { csv, type CsvOptions } from "#hpo/data/csv";
import { dataFolder, load, refusal } from "./data-folder.ts";

/** Reads a text as the file `a.csv`. */
export function loadText(
  text: string | Uint8Array,
  options: CsvOptions = { target: "y" },
  task: "classification" | "regression" = "classification",
): Promise<Dataset> {
  return load(csv("a.csv", options), dataFolder({ "a.csv": text }), task);
}

/** What a text as the file `a.csv` is refused with. */
export function refusalOf(
  text: string | Uint8Array,
  options: CsvOptions = { target: "y" },
  task: "classification" | "regression" = "classification",
): Promise<HpoError> {
  return refusal(csv("a.csv", options), dataFolder({ "a.csv": text }), task);
}
