import { readFileSync } from "node:fs";
import path from "node:path";
import { sourceFiles } from "./source-files.ts";

/** What may stand in the text of a statement besides letters: constants of the code, each with where it comes from. */
const constants: Readonly<Record<string, readonly string[]>> = {
  // Tables are a list in the file.
  "src/store/sqlite/study-catalog.ts": ["${table}"],
  // Tables are named where `insert` is called, in the file, by a constant text.
  "src/store/sqlite/batch-writer.ts": ["${table}", '${Array.from({ length: columns }, () => "?").join(", ")}'],
  "src/store/sqlite/migrations.ts": ["${applicationId}", "${migrations.length}"],
  // `version` counts our own migrations.
  "src/store/sqlite/doctor/known-tables.ts": ["${applicationId}", "${version}"],
  "src/store/sqlite/doctor/examine-database.ts": ["${mostShown}"],
  "src/store/sqlite/wal-limit.ts": ["${waitMs}"],
  // Hands on what it is called with: the calls are looked at.
  "src/store/sqlite/driver.ts": ["${source}"],
};

/** Statements about any table of ours: names of tables and columns stand in their texts, those of a file whose schema was held against ours when it was opened. */
const ownNames: ReadonlySet<string> = new Set(
  ["export-database", "readable-rows", "repair-database", "row-checks"].map((file) => `src/store/sqlite/doctor/${file}.ts`),
);

/** Names of texts that are handed on whole: constants of their files, or parameters of a function whose calls are looked at. */
const names: ReadonlySet<string> = new Set(["sql", "select"]);

/** Statements whose text is made of anything but constants: values are bound. */
export function sqlProblems(root: string): string[] {
  return sourceFiles(root, ["src"]).flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
    if (!/better-sqlite3|openDatabase/.test(text) || ownNames.has(file)) return [];
    const told = (at: number, what: string): string =>
      `${file}:${text.slice(0, at).split("\n").length}: ${what}; bind values with ?, or name the constant in scripts/check-sql.ts.`;
    const problems: string[] = [];
    for (const call of text.matchAll(/\.(?:prepare|exec|pragma)(?:<[^()]*>)?\(\s*|\b(?:prepare|select)(?:<[^()]*>)?\(\s*(?=["`\w])/g)) {
      const at = call.index + call[0].length;
      const argument = /^(?:"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|[\w.]+)\s*(.?)/s.exec(text.slice(at));
      if (argument === null || !/^[,)]$/.test(argument[1] ?? "")) problems.push(told(at, "the text of a statement is put together"));
      else problems.push(...partProblems(argument[0], file).map((what) => told(at, what)));
    }
    return problems;
  });
}

function partProblems(argument: string, file: string): string[] {
  if (argument.startsWith('"')) return [];
  if (!argument.startsWith("`")) {
    const name = argument.replace(/\s*.$/s, "");
    return names.has(name) ? [] : [`${name} is run as a statement`];
  }
  let rest = argument;
  for (const constant of constants[file] ?? []) rest = rest.replaceAll(constant, "");
  return rest.includes("${") ? ["a value stands in the text of a statement"] : [];
}
