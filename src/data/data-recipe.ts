import path from "node:path";
import type { DataRecipe, Dataset } from "../core/dataset.ts";

/** What a reader is given when its recipe is loaded. */
export interface LoadContext {
  /** What relative paths are relative to. */
  readonly folder: string;
  readonly task: "classification" | "regression";
  /** A data set's name where none is given: the file's, without its folder and endings. */
  nameOf(file: string): string;
}

/** A frozen recipe; `options` become its description. */
export function dataRecipe(reader: string, options: object, load: (context: LoadContext) => Promise<Dataset>): DataRecipe {
  return Object.freeze({
    kind: "data",
    description: frozen({ reader, ...options }),
    load: ({ folder, task }: Parameters<DataRecipe["load"]>[0]) => load({ folder, task, nameOf }),
  });
}

function nameOf(file: string): string {
  return path.basename(file).replace(/(?<=.)\.(gz|csv|tsv|txt|npy|idx|svm|libsvm|data)(?=\.|$)/gi, "");
}

/** Freezes plain data in depth. */
function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === "object" && member !== null) frozen(member as object);
  return Object.freeze(value);
}
