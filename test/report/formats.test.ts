import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { marked, type Tokens } from "marked";
import { describe, expect, it } from "vitest";
import type { StudySnapshot } from "#hpo/core/snapshot";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { tableCsv } from "#hpo/report/table-csv";
import { tableJson } from "#hpo/report/table-json";
import { tableLatex } from "#hpo/report/table-latex";
import { tableMarkdown } from "#hpo/report/table-markdown";
import { trialsCsv } from "#hpo/report/trials-table";
import { branches, empty, landsat, regression, snapshotOf, trialSnapshot, unfinished } from "../golden/snapshots.ts";

/** Names and values that mean something in every format. */
const odd: StudySnapshot = snapshotOf('50 % & more_of | "this" #1 {x} ~^\\ <b>', {
  trials: [
    "a|b",
    "c\\d",
    "`e`",
    "=1+1",
    "-2",
    "[x](http://a.b)",
    "naïve Übergröße",
    "神経",
    "a,b\nc",
    "<script>",
    "\\end{tabular}",
    "$x_1^2$",
    "?` !` --",
  ].map((value, i) => trialSnapshot(i, { "odd | name_1": value, lambda_: i % 2 }, { accuracy: 0.5 + i / 100 })),
});

const studies = { landsat, unfinished, regression, branches, empty, odd };

function tableOf(markdown: string): { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const found = marked.lexer(markdown).find((token): token is Tokens.Table => token.type === "table");
  if (found === undefined) throw new Error("no table");
  return { header: found.header.map((cell) => cell.text), rows: found.rows.map((row) => row.map((cell) => cell.text)) };
}

describe("the Markdown of a table", () => {
  it.each(Object.entries(studies))("has every row and column for a renderer: %s", (_, snapshot) => {
    const table = accuracyTable(snapshot);
    const { header, rows } = tableOf(tableMarkdown(snapshot, table));
    expect(header).toHaveLength((table.columns?.values.length ?? 1) + 1);
    expect(rows).toHaveLength(table.rows?.values.length ?? 1);
    for (const row of rows) expect(row).toHaveLength(header.length);
  });

  it("shows odd names as they are and makes neither links nor elements of them", () => {
    const html = marked.parse(tableMarkdown(odd, accuracyTable(odd)), { async: false });
    expect(html).not.toMatch(/<(b|script|a|code|em)[ >]/);
    const shown = html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
    for (const text of ["a|b", "c\\d", "`e`", "odd | name_1", '50 % & more_of | "this" #1 {x} ~^\\ <b>']) expect(shown).toContain(text);
  });
});

describe("the CSV of a table", () => {
  it("has a cell a line at full precision", () => {
    const lines = parse<Record<string, string>>(tableCsv(accuracyTable(landsat)), { columns: true });
    expect(lines).toHaveLength(25);
    expect(lines[6]).toMatchObject({ gamma: "4", C: "10", correct: "5948", trial: "6" });
    expect(Number(lines[6]?.["accuracy"])).toBe(5948 / 6435);
  });

  it("keeps a spreadsheet from calculating a stranger's text, and numbers numbers", () => {
    const lines = parse<Record<string, string>>(trialsCsv(odd), { columns: true });
    expect(lines.map((line) => line["params.odd | name_1"])).toEqual(expect.arrayContaining(["'=1+1", "'-2", "a,b\\nc"]));
    const negative = snapshotOf("negative", { trials: [trialSnapshot(0, { shift: -2 }, { accuracy: -0.5 })] });
    expect(trialsCsv(negative).split("\n")[1]).toMatch(/^0,complete,-0\.5,0\.0031,-2,/);
  });
});

describe("the CSV of the trials", () => {
  it("has the header that programs rely on", () => {
    expect(trialsCsv(landsat).split("\n")[0]).toBe(
      "trial,state,value,standardError,params.gamma,params.C,startedAt,endedAt,wallSeconds,cpuSeconds",
    );
    expect(trialsCsv(empty)).toBe("trial,state,value,standardError,params.gamma,params.C,startedAt,endedAt,wallSeconds,cpuSeconds\n");
  });
});

describe("the JSON of a table", () => {
  it("has fractions at full precision and null for cells without a value", () => {
    const object = JSON.parse(tableJson(unfinished, accuracyTable(unfinished)));
    expect(Object.keys(object)).toEqual(["study", "metric", "rows", "columns", "cells", "wallSeconds", "cpuSeconds"]);
    expect(object.rows).toEqual({ param: "gamma", values: [2, 4, 8, 16, 32] });
    expect(object.cells[0][0]).toEqual({
      value: 5843 / 6435,
      standardError: 0.0031,
      pooled: 5843 / 6435,
      correct: 5843,
      seconds: 0.1,
      folds: 10,
      trial: 0,
    });
    expect(object.cells[0][3]).toBeNull();
    expect(JSON.parse(tableJson(regression, accuracyTable(regression))).cells[3][0].value).toBeNull();
  });
});

const hasLatex = spawnSync("pdflatex", ["--version"]).status === 0;

describe.skipIf(!hasLatex)("the LaTeX of a table (needs pdflatex)", () => {
  it("compiles by itself and inside a document, with no package", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "hpo-latex-"));
    try {
      const names = Object.keys(studies);
      for (const [name, snapshot] of Object.entries(studies))
        writeFileSync(path.join(folder, `${name}.tex`), tableLatex(snapshot, accuracyTable(snapshot)));
      const inputs = names.map((name) => `\\input{${name}.tex}\n\n`).join("");
      writeFileSync(path.join(folder, "all.tex"), `\\documentclass{article}\n\\begin{document}\n${inputs}\\end{document}\n`);
      for (const file of ["landsat", "all"]) {
        const run = spawnSync("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", `${file}.tex`], { cwd: folder, encoding: "utf8" });
        expect(run.stdout).toContain(`Output written on ${file}.pdf`);
        expect(run.stdout).not.toMatch(/Missing character|incomplete|undefined/i);
        expect(run.status).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
