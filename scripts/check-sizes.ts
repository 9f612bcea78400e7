import { readFileSync } from "node:fs";
import path from "node:path";
import { sourceFiles, sourceFolders } from "./source-files.ts";

const wish = 300;
const limit = 500;

/** Files that are too long: above 300 lines without a reason in the head (`// Size: …`), above 500 with any. */
export function sizeProblems(root: string): string[] {
  return sourceFiles(root, sourceFolders).flatMap((file) => {
    const lines = readFileSync(path.join(root, file), "utf8").replace(/\n$/, "").split("\n");
    if (lines.length > limit) return [`${file}: ${lines.length} lines; a file has at most ${limit}: split it.`];
    if (lines.length > wish && !hasReason(lines)) {
      return [`${file}: ${lines.length} lines; above ${wish}, split it, or say why not in its head: // Size: …`];
    }
    return [];
  });
}

/** A `Size:` line among the comments that open the file. */
function hasReason(lines: readonly string[]): boolean {
  const code = lines.findIndex((line) => !/^\s*(\/\/|\/\*|\*|#!|$)/.test(line));
  return lines.slice(0, code < 0 ? lines.length : code).some((line) => /^\s*(\/\/|\/?\*+)\s*Size: \S/.test(line));
}
