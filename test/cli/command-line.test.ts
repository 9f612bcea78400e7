import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const main = path.join(root, "dist/cli/main.js");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hpo-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function hpo(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env: { ...process.env, CI: "1" } });
}

describe("hpo", () => {
  it("prints its version", () => {
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect(hpo("--version")).toEqual(expect.objectContaining({ status: 0, stdout: `${version}\n`, stderr: "" }));
  });

  it("prints its help on stdout when asked, and on stderr with code 2 when given nothing", () => {
    const asked = hpo("--help");
    expect(asked.status).toBe(0);
    for (const command of ["run", "list", "show", "best", "table", "trials", "model"])
      expect(asked.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    const bare = hpo();
    expect(bare).toEqual(expect.objectContaining({ status: 2, stdout: "" }));
    expect(bare.stderr).toContain("Usage: hpo");
  });

  it("names every option of a run in its help", () => {
    const { stdout } = hpo("run", "--help");
    const options = ["workers", "memory", "trials", "time-budget", "seed", "db", "fork", "fresh", "accept-code", "json", "reporter"];
    for (const option of options) expect(stdout).toContain(`--${option}`);
  });

  it.each([
    [["rnu", "x.ts"], "hpo: unknown command 'rnu' (did you mean run?)"],
    [["run"], "hpo: missing required argument 'file'"],
    [["run", "x.ts", "--freh"], "hpo: unknown option '--freh' (did you mean --fresh?)"],
    [["run", "x.ts", "--workers", "0"], "It must be an integer of at least 1."],
    [["run", "x.ts", "--workers", "two"], "It must be an integer of at least 1."],
    [["run", "x.ts", "--memory", "2000"], "It must be a size above 0 with its unit, such as 500MB, 2GB or 1.5GiB."],
    [["run", "x.ts", "--memory", "0GB"], "such as 500MB, 2GB or 1.5GiB."],
    [["run", "x.ts", "--memory", "-1GB"], "such as 500MB, 2GB or 1.5GiB."],
    [["run", "x.ts", "--memory", "1Gb/s"], "such as 500MB, 2GB or 1.5GiB."],
    [["run", "x.ts", "--seed", "1e3"], "It must be an integer of at least 0."],
    [["run", "x.ts", "--time-budget", "30"], "such as 500ms, 30s, 30m or 2h."],
    [["run", "x.ts", "--reporter", "loud"], "Allowed choices are live, plain, ndjson."],
    [["run", "x.ts", "--fork", "a", "--fresh"], "cannot be used with option '--fresh'"],
    [["run", "x.ts", "y.ts"], "too many arguments"],
    [["table", "a", "--format", "pdf"], "Allowed choices are text, md, csv, tex, json."],
    [["table", "a", "--where", "C"], "It must be written name=value, such as C=10."],
    [["table", "a", "--where", "C=1", "--where", "C=2"], "C is given twice."],
    [["trials", "a", "--format", "md"], "Allowed choices are table, csv, json."],
    [["show", ""], "It must be a name that is not empty."],
  ])("refuses %j with code 2, one sentence and a hint", (args, sentence) => {
    const { status, stdout, stderr } = hpo(...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.split("\n")[0]).toContain(sentence);
    expect(stderr.split("\n")[0]).toMatch(/^hpo: /);
    expect(stderr).toMatch(/\nSee `hpo( \w+)? --help`\.\n$/);
  });

  it.each([["list"], ["show", "a"], ["best", "a"], ["table", "a"], ["trials", "a"]])(
    "says that there is no database, and makes none: %s",
    (...args) => {
      const { status, stdout, stderr } = hpo(...args);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^hpo: There is no database \.hpo\/hpo\.sqlite in this folder .*--db\.\n$/);
    },
  );
});
