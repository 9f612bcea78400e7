import { readFileSync } from "node:fs";
import path from "node:path";
import { sourceFiles } from "./source-files.ts";
import { type SourceImport, sourceImports } from "./source-imports.ts";

/**
 * The house, floor 0 first. Imports run only downwards; rooms of one row are strangers to each other.
 * The files of `src/` itself are the room "public", the floor below the programs.
 */
const house: readonly (readonly string[])[] = [
  ["math"],
  ["core"],
  ["space", "data", "metrics", "kernels"],
  ["samplers", "pruners", "splitters", "transformers", "models", "store", "workers"],
  ["pipelines"],
  ["study"],
  ["validation"],
  ["report", "loader"],
  ["public"],
  ["cli", "dashboard"],
];

/** The files of the room "public": names and wiring, no more, so a new one is a decision. */
const publicFiles: readonly string[] = [
  "index.ts",
  "define-study.ts",
  "open-study.ts",
  "study-wiring.ts",
  "study-header.ts",
  "read-study.ts",
  "bootstrap-estimate.ts",
  "cross-validate.ts",
  "compare-trials.ts",
  "audit-splits.ts",
  "diagnostics.ts",
];

/** Rooms that import modules whose address is data. */
const computedImports: readonly string[] = ["workers", "loader"];

/** Where the imports of a checkout break the rules of the house: one sentence each. */
export function layerProblems(root: string): string[] {
  return sourceFiles(root, ["src", "studies", "test"]).flatMap((file) =>
    sourceImports(readFileSync(path.join(root, file), "utf8"))
      .map((one) => ({ line: one.line, problem: problemOf(file, one) }))
      .filter(({ problem }) => problem !== undefined)
      .map(({ line, problem }) => `${file}:${line}: ${problem}`),
  );
}

function problemOf(file: string, { target }: SourceImport): string | undefined {
  const relative = target?.startsWith(".") === true ? path.posix.join(path.posix.dirname(file), target) : undefined;
  if (file.startsWith("src/")) return sourceProblem(file, target, relative);
  if (relative?.startsWith("src/") === true) return `imports ${relative}; import the built package: "hpo" or "#hpo/…".`;
  if (file.startsWith("studies/") && (target?.startsWith("#") === true || relative?.startsWith("studies/") === false)) {
    return `imports ${target}; a study uses what a user can: "hpo", packages and files beside it.`;
  }
  return undefined;
}

function sourceProblem(file: string, target: string | null, relative: string | undefined): string | undefined {
  const from = roomOf(file);
  const floor = floorOf(from);
  if (floor < 0) return `the room ${from} is not in the house; give it a row in scripts/check-layers.ts.`;
  if (target === null) {
    return computedImports.includes(from) ? undefined : `computes an import(); only ${computedImports.join(" and ")} may.`;
  }
  if (relative === undefined) {
    return target === "hpo" || target.startsWith("#") ? `imports ${target}; within src, import the file by its path.` : undefined;
  }
  if (!relative.startsWith("src/")) return `imports ${relative}, which is not part of the package.`;
  const to = roomOf(relative);
  if (to === from) return undefined;
  if (floorOf(to) < 0) return `imports the room ${to}, which is not in the house; give it a row in scripts/check-layers.ts.`;
  if (floorOf(to) > floor) return `${from} imports ${to}, a floor above it.`;
  if (floorOf(to) === floor) return `${from} imports ${to}; rooms of one row are strangers.`;
  return undefined;
}

/** `src/core/json.ts` lies in "core", `src/index.ts` in "public", an unknown `src/x.ts` in "x.ts", which is no room. */
function roomOf(file: string): string {
  const [, room = "", inside] = file.split("/");
  return inside === undefined && publicFiles.includes(room) ? "public" : room;
}

function floorOf(room: string): number {
  return house.findIndex((row) => row.includes(room));
}
