import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dependencyProblems } from "../../scripts/check-dependencies.ts";
import { sqlProblems } from "../../scripts/check-sql.ts";

const home = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "hpo-checks-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function plant(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

describe("the check of SQL", () => {
  it("finds nothing in the store, and accepts constant texts with bound values", () => {
    expect(sqlProblems(home)).toEqual([]);
    plant(
      "src/store/x.ts",
      'import "better-sqlite3"; db.prepare<[string], number>("SELECT 1 FROM a WHERE b = ?").get(name); db.exec(`BEGIN`);',
    );
    expect(sqlProblems(root)).toEqual([]);
  });

  it.each([
    ["a value in a template", "db.prepare(`SELECT 1 FROM a WHERE b = '${name}'`);"],
    ["texts that are put together", 'db.prepare("SELECT 1 FROM a WHERE b = " + name);'],
    ["a text from elsewhere", "db.exec(statement);"],
    ["a call that makes the text", "db.pragma(made(name));"],
    ["a value behind a type", "db.prepare<[], number>(`DELETE FROM ${table}`).run();"],
  ])("finds %s", (_, code) => {
    plant("src/store/x.ts", `import "better-sqlite3";\n${code}`);
    expect(sqlProblems(root)).toEqual([expect.stringMatching(/^src\/store\/x\.ts:2: .*bind values with \?/u)]);
  });
});

describe("the check of dependencies", () => {
  const lock = { a: { license: "MIT", integrity: "sha512-x", resolved: "https://registry.npmjs.org/a.tgz" } };

  function problems(changes: { readonly lock?: object; readonly table?: string; readonly scripts?: object }): string[] {
    const packages = Object.fromEntries(Object.entries(changes.lock ?? lock).map(([name, one]) => [`node_modules/${name}`, one]));
    plant("package.json", JSON.stringify({ dependencies: { a: "^1" }, allowScripts: changes.scripts ?? {} }));
    plant("package-lock.json", JSON.stringify({ packages: { "": {}, ...packages } }));
    plant("docs/security.md", changes.table ?? "| `a` | reads | 1 MB | MIT | none |\n");
    return dependencyProblems(root, { pack: false });
  }

  it("finds nothing here, and what is meant in the package", () => {
    expect(dependencyProblems(home)).toEqual([]);
    expect(problems({})).toEqual([]);
    expect(readFileSync(path.join(home, "package.json"), "utf8")).not.toContain('"overrides"');
  });

  it.each([
    ["one that is not listed", { table: "" }, /must list a with what it is for/u],
    [
      "one that is listed and gone",
      { table: "| `a` | x | 1 | MIT | none |\n| `b` | x | 1 | MIT | none |\n" },
      /lists b, which is no dependency/u,
    ],
    ["another licence", { table: "| `a` | x | 1 | ISC | none |\n" }, /licence of a must be MIT; got ISC/u],
    ["one without a hash", { lock: { a: { license: "MIT" } } }, /node_modules\/a must have an integrity/u],
    ["one from elsewhere", { lock: { a: { ...lock.a, resolved: "git+ssh://x" } } }, /comes from git\+ssh/u],
    [
      "a script that nobody allowed",
      { lock: { ...lock, b: { ...lock.a, hasInstallScript: true } } },
      /b runs a script when it is installed/u,
    ],
    [
      "a script that is not told",
      { lock: { a: { ...lock.a, hasInstallScript: true } }, scripts: { a: true } },
      /must say what the install script of a does/u,
    ],
    ["a script that is gone", { scripts: { c: true } }, /allowScripts names c/u],
  ])("finds %s", (_, changes, message) => {
    expect(problems(changes).join("\n")).toMatch(message);
  });
});
