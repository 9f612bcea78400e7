import { describe, it } from "vitest";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestJson, bestReport } from "#hpo/report/best-report";
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
import { bestTrialsText, trialsCsv, trialsJson, trialsText } from "#hpo/report/trials-table";
import { expectGolden } from "./golden.ts";
import { midway, night } from "./progress.ts";
import { branches, empty, landsat, regression, unfinished } from "./snapshots.ts";

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

describe("the page of a study with its confusion matrix", () => {
  it("is as it was", () => {
    const confusion = {
      classes: ["red soil", "very damp grey soil", "none"],
      counts: [
        [1509, 3, 0],
        [12, 1388, 0],
        [0, 0, 0],
      ],
    };
    expectGolden("confusion-page.txt", studyPage(landsat, { confusion }));
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
