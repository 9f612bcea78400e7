import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { marked } from "marked";
import { beforeAll, describe, expect, it } from "vitest";
import { studyFolder } from "../cli/command.ts";
import { iris } from "../cli/studies.ts";
import { expectGolden } from "./golden.ts";

/** Clock times, versions, hashes and places are what differs from run to run. */
function normal(text: string): string {
  return (
    text
      .replace(/("(?:wallSeconds|cpuSeconds|seconds)": ?)(?:[\d.e-]+|null)/g, "$10")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2026-01-31T12:00:00.000Z")
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "2026-01-31 12:00")
      .replace(/(2026-01-31T12:00:00\.000Z),[\d.e-]+,([\d.e-]+)?$/gm, "$1,0,0")
      .replace(/,[\d.e-]+(?=,\d+,\d+$)/gm, ",0")
      .replace(/\b(iterations|skipped|solves) [\d,]+/g, "$1 N")
      .replace(/[\d,]+ solves, [\d,]+ skipped/g, "N solves, N skipped")
      // How far the foot is from the best, or on a line of its own, hangs on how long the seconds are.
      .replace(/%\s{3,}(?=\d+ cells)/g, "%      ")
      .replace(/\(\d+\.\d\d\)/g, "(0.00)")
      .replace(/(\d+\.\d+ s|\d+ m?s|<1 ms)(?=[ ;,\n])/g, "T")
      .replace(/ +T$/gm, " T")
      .replace(/ +time$/gm, " time")
      .replace(/CPU not measured/g, "CPU T")
      .replace(/code [0-9a-f]{12}/g, "code HASH")
      .replace(/(?<=shared work: .*; the longest:\n)( {4}.*\n)+/g, "    …\n")
      .replace(/(?<=environment of the last run\n)( {2}.*\n)+/g, "  …\n")
      .replace(/(database["']?:? +"?).*?hpo\.sqlite/g, "$1hpo.sqlite")
  );
}

describe("what is printed of a real study", () => {
  const folder = studyFolder({ "iris.ts": iris("iris.csv.gz") });
  const printed = (...args: string[]): string => {
    const { status, stdout, stderr } = folder.hpo(...args);
    expect([status, stderr]).toEqual([0, args[0] === "run" ? stderr : ""]);
    return stdout;
  };

  beforeAll(() => {
    folder.write("iris.csv.gz", readFileSync(new URL("../../studies/data/iris.csv.gz", import.meta.url)));
    expectGolden("iris-run.txt", normal(printed("run", "iris.ts", "--workers", "2")));
  });

  it.each([
    ["list.txt", ["list"]],
    ["show.txt", ["show", "iris"]],
    ["show-trial.txt", ["show", "iris", "--trial", "3"]],
    ["best.txt", ["best", "iris"]],
    ["best.json", ["best", "iris", "--json"]],
    ["table.txt", ["table", "iris"]],
    ["table-where.txt", ["table", "iris", "--where", "C=10", "--metric", "f1"]],
    ["table.md", ["table", "iris", "--format", "md"]],
    ["table.csv", ["table", "iris", "--format", "csv"]],
    ["table.tex", ["table", "iris", "--format", "tex"]],
    ["table.json", ["table", "iris", "--format", "json"]],
    ["trials.txt", ["trials", "iris"]],
    ["trials.csv", ["trials", "iris", "--format", "csv"]],
    ["trials.json", ["trials", "iris", "--format", "json"]],
  ])("is as it was: %s", (name, args) => {
    const text = printed(...args);
    expectGolden(`iris-${name}`, normal(text));
    if (name.endsWith(".json")) expect(() => JSON.parse(text)).not.toThrow();
    if (name.endsWith(".csv")) expect(parse(text, { columns: true }).length).toBeGreaterThan(0);
    if (name.endsWith(".md")) expect(marked.parse(text)).toMatch(/<table>[^]*<strong>[^]*<\/table>/);
    if (name.endsWith(".txt")) for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
