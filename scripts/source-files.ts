import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** Folders whose files follow the rules of the house. */
export const sourceFolders: readonly string[] = ["src", "studies", "test", "scripts"];

/** Source files below `folders` of `root`, as sorted relative paths with "/". */
export function sourceFiles(root: string, folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)))
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !/(^|[\\/])(node_modules|\.hpo)[\\/]/.test(file))
    .map((file) => file.replaceAll(path.sep, "/"))
    .sort();
}
