import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = process.env["HPO_SHARED_DATA"] ?? path.join(root, "../shared/data");

/** The path of a file among the larger data sets that live beside a checkout; undefined where they are absent. */
export function sharedData(relative: string): string | undefined {
  const file = path.join(folder, relative);
  return existsSync(file) ? file : undefined;
}

/** Why a test that needs such a file is skipped. */
export const sharedDataReason = "needs ../shared/data, which is not beside this checkout";
