import fc from "fast-check";
import { describe, expect, it } from "vitest";
import stringWidth from "string-width";
import type { RunProgress, StudySnapshot } from "#hpo/core/snapshot";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestJson, bestReport } from "#hpo/report/best-report";
import { liveView, plainLine } from "#hpo/report/live-view";
import { ndjsonEvent } from "#hpo/report/progress-event";
import { studyList } from "#hpo/report/study-list";
import { studyJson, studyPage } from "#hpo/report/study-page";
import { tableCsv } from "#hpo/report/table-csv";
import { tableJson } from "#hpo/report/table-json";
import { tableLatex } from "#hpo/report/table-latex";
import { tableMarkdown } from "#hpo/report/table-markdown";
import { tableText } from "#hpo/report/table-text";
import { bestTrialsText, trialsCsv, trialsJson, trialsText } from "#hpo/report/trials-table";
import { midway } from "../golden/progress.ts";
import { snapshotOf, trialSnapshot } from "../golden/snapshots.ts";

/** Text as a stranger may write it: any code unit, with a liking for what terminals act on. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
  fc.constantFrom(
    "\u001b[2J",
    "\u009b31m",
    "a\nb",
    "\r",
    "\u202egpj.exe",
    "\u0000",
    "\ud800",
    "|",
    "=1+1",
    "`x`",
    "\u2028",
    "$\\end{x}$",
    "__proto__",
  ),
);

const snapshots: fc.Arbitrary<StudySnapshot> = fc
  .record({
    name: hostile,
    param: hostile,
    other: hostile,
    values: fc.array(hostile, { minLength: 1, maxLength: 3 }),
    metric: hostile,
    text: hostile,
  })
  .map(({ name, param, other, values, metric, text }) =>
    snapshotOf(name, {
      database: text,
      warnings: [text],
      counts: { [text]: 1 },
      shared: [{ group: 0, label: text, uses: 1, wallSeconds: 1, cpuSeconds: null }],
      description: {
        metrics: [{ name: metric, direction: "maximize", unit: "number" }],
        objectives: [{ metric, direction: "maximize" }],
        sampler: text,
        data: { name: text, rows: 1, features: 1, classes: [text, name], scaling: "none" },
        cv: { label: text, folds: 2 },
      },
      trials: [
        ...values.map((value, i) => trialSnapshot(i, { [param]: value, [other]: i }, { [metric]: i })),
        { ...trialSnapshot(values.length, { [param]: text }, {}), state: "failed" as const, incident: text },
      ],
      attempts: [
        {
          task: text,
          trials: [0],
          attempt: 1,
          incident: { kind: "error", message: text, code: null, stack: text },
          wallSeconds: 1,
          codeHash: text,
          endedAt: text,
        },
      ],
    }),
  );

function texts(snapshot: StudySnapshot): readonly string[] {
  const table = accuracyTable(snapshot);
  const summary = { name: snapshot.name, createdAt: snapshot.database, state: snapshot.state, trials: 1, complete: 1, failed: 0 };
  return [
    tableText(snapshot, table, { width: 80 }),
    tableMarkdown(snapshot, table),
    tableLatex(snapshot, table),
    tableCsv(table),
    tableJson(snapshot, table),
    trialsText(snapshot),
    trialsCsv(snapshot),
    trialsJson(snapshot),
    bestTrialsText(snapshot),
    bestReport(snapshot),
    bestJson(snapshot),
    studyPage(snapshot),
    studyJson(snapshot),
    studyList([summary]),
    ...views(snapshot).flat(),
    plainLine(progressOf(snapshot)),
    ndjsonEvent({ event: "progress", progress: progressOf(snapshot) }),
  ];
}

function progressOf(snapshot: StudySnapshot): RunProgress {
  const params = snapshot.trials[0]?.params ?? {};
  const metric = snapshot.description.metrics[0]?.name ?? "";
  return {
    ...midway,
    study: snapshot.name,
    best: { trial: 0, params, metric, unit: "number", value: Number.NaN, standardError: null },
    slots: [{ label: snapshot.database, seconds: 1 }],
  };
}

function views(snapshot: StudySnapshot): string[][] {
  return [40, 80].map((width) => liveView(progressOf(snapshot), { width }));
}

describe("reports of a stranger's study", () => {
  it("let no control character through, in any format", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        for (const text of texts(snapshot)) {
          expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it("keep to the width they are given", () => {
    fc.assert(
      fc.property(snapshots, fc.integer({ min: 40, max: 130 }), (snapshot, width) => {
        const lines = [
          ...liveView(progressOf(snapshot), { width }),
          ...studyPage(snapshot, { width }).split("\n"),
          ...bestReport(snapshot, { width }).split("\n"),
          ...tableText(snapshot, accuracyTable(snapshot), { width: Math.max(width, 80) })
            .split("\n")
            .map((line) => (stringWidth(line) <= Math.max(width, 80) ? "" : line)),
        ];
        for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  it("give valid JSON and a CSV of one line a trial", () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(JSON.parse(tableJson(snapshot, accuracyTable(snapshot))).study).toBe(snapshot.name);
        expect(trialsCsv(snapshot).trimEnd().split("\n")).toHaveLength(snapshot.trials.length + 1);
      }),
      { seed: 9, numRuns: 60 },
    );
  });
});
