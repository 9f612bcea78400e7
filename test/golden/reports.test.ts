import { describe, it } from "vitest";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestJson, bestReport } from "#hpo/report/best-report";
import { confusionText } from "#hpo/report/confusion-text";
import { jsonText } from "#hpo/report/plain-text";
import { liveView, plainLine } from "#hpo/report/live-view";
import { runSummary } from "#hpo/report/run-summary";
import { studyList } from "#hpo/report/study-list";
import { studyPage } from "#hpo/report/study-page";
import { tableCsv } from "#hpo/report/table-csv";
import { tableJson } from "#hpo/report/table-json";
import { tableLatex } from "#hpo/report/table-latex";
import { tableMarkdown } from "#hpo/report/table-markdown";
import { tableText } from "#hpo/report/table-text";
import { trialJson, trialPage } from "#hpo/report/trial-page";
import { bestTrialsText, trialsCsv, trialsJson, trialsText } from "#hpo/report/trials-table";
import { expectGolden } from "./golden.ts";
import { midway, night } from "./progress.ts";
import { branches, empty, landsat, regression, unfinished } from "./snapshots.ts";
import { failedTrial, foldedTrial } from "./trial-parts.ts";

const studies = { landsat, unfinished, regression, branches, empty };

describe.each(Object.entries(studies))("the reports of the study %s", (name, snapshot) => {
  const table = accuracyTable(snapshot);
  const formats: Readonly<Record<string, () => string>> = {
    "table.txt": () => tableText(snapshot, table),
    "table-wide.txt": () => tableText(snapshot, table, { width: 140 }),
    "table-narrow.txt": () => tableText(snapshot, table, { width: 50 }),
    "table.md": () => tableMarkdown(snapshot, table),
    "table.csv": () => tableCsv(table),
    "table.tex": () => tableLatex(snapshot, table),
    "table.json": () => tableJson(snapshot, table),
    "trials.txt": () => trialsText(snapshot),
    "trials.csv": () => trialsCsv(snapshot),
    "trials.json": () => trialsJson(snapshot),
    "best-trials.txt": () => bestTrialsText(snapshot, { limit: 5 }),
    "best.txt": () => bestReport(snapshot),
    "best.json": () => bestJson(snapshot),
    "page.txt": () => studyPage(snapshot),
    "run.json": () => `${jsonText(runSummary(snapshot), 2)}\n`,
  };
  it.each(Object.keys(formats))("are as they were: %s", (format) => {
    expectGolden(`${name}-${format}`, formats[format]?.() ?? "");
  });
});

describe("the page of a study with its best trial's folds", () => {
  const { classes } = landsat.description.data as unknown as { classes: string[] };
  const evaluations = Array.from({ length: 10 }, (_, fold) => ({
    ...{ trial: 6, repeat: 0, fold, rung: 0, testRows: 643, correct: 594, identical: false, startedAt: "", endedAt: "" },
    values: { accuracy: 0.92 + fold / 1000, macroF1: 0.9 - fold / 1000 },
    time: { fitSeconds: 0, predictSeconds: 0, wallSeconds: 0, cpuSeconds: null },
  }));
  // Every seventh row is taken for its class's neighbour.
  const codes = Array.from({ length: 643 }, (_, row) => row % classes.length);
  const predictions = evaluations.map(({ fold }) => ({
    ...{ trial: 6, repeat: 0, fold, rows: Uint32Array.from(codes.keys()), scores: null },
    truth: Float64Array.from(codes),
    predicted: Float64Array.from(codes, (code, row) => (row % 7 === 0 ? (code + 1) % classes.length : code)),
  }));

  it.each([60, 100])("is as it was at %i columns", (width) => {
    expectGolden(`folds-page-${width}.txt`, studyPage(landsat, { evaluations, predictions, width }));
  });

  it("names the classes above their columns where they fit, and the worst mistakes of many classes", () => {
    const confusion = (count: number, mistaken: number) => ({
      classes: Array.from({ length: count }, (_, i) => `class ${i}`),
      counts: Array.from({ length: count }, (_, i) =>
        Array.from({ length: count }, (__, j) => (i === j ? 50 : j === i + 1 ? i * mistaken : 0)),
      ),
    });
    const texts = [confusion(3, 2), confusion(30, 1), confusion(30, 0)].map((one) => confusionText(one, 80).join("\n"));
    expectGolden("confusions.txt", `${texts.join("\n\n")}\n`);
  });
});

describe("the page of a trial", () => {
  it.each([50, 100])("is as it was at %i columns", (width) => {
    const pages = [foldedTrial, failedTrial].map(({ snapshot, number, parts }) => trialPage(snapshot, number, { ...parts, width }));
    expectGolden(`trial-pages-${width}.txt`, pages.join("\n"));
  });

  it("is as it was as JSON", () => {
    expectGolden("trial.json", trialJson(failedTrial.snapshot, failedTrial.number, failedTrial.parts));
  });
});

describe("the list of studies", () => {
  it("is as it was", () => {
    const summaries = Object.values(studies).map((one) => ({
      name: one.name,
      createdAt: one.createdAt,
      state: one.state,
      trials: one.trials.length,
      complete: one.trials.filter((trial) => trial.state === "complete").length,
      failed: one.trials.filter((trial) => trial.state === "failed").length,
    }));
    expectGolden("list.txt", studyList(summaries));
  });
});

describe("the live view", () => {
  it.each([40, 80, 120])("is as it was at %i columns", (width) => {
    const views = [midway, night].map((progress) => `${liveView(progress, { width, height: 12 }).join("\n")}\n`);
    expectGolden(`live-${width}.txt`, views.join("\n"));
  });

  it("is one line of a log without a terminal", () => {
    expectGolden("live-plain.txt", `${plainLine(midway)}\n${plainLine(night)}\n`);
  });
});
