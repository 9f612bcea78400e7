import { describe, expect, it } from "vitest";
import type { StudySnapshot } from "#hpo/core/snapshot";
import { bestJson, bestReport } from "#hpo/report/best-report";
import { paretoFront } from "#hpo/report/best-trial";
import { studyPage } from "#hpo/report/study-page";
import { bestTrialsText, trialsCsv, trialsText } from "#hpo/report/trials-table";
import { branches, trialSnapshot } from "../golden/snapshots.ts";

/** Trials of two objectives, both minimised, by their values. */
function studyOf(values: readonly (readonly [number, number])[], changes: Partial<StudySnapshot> = {}): StudySnapshot {
  const trials = values.map(([loss, seconds], number) => trialSnapshot(number, { depth: number }, { loss, seconds }));
  return { ...branches, trials, ...changes };
}

const numbers = (snapshot: StudySnapshot) => paretoFront(snapshot)?.map(({ number }) => number);

describe("the front of a study", () => {
  it("leaves out NaN and what is not complete, and holds equal trials and infinite values", () => {
    const values: [number, number][] = [
      [1, 1],
      [0, Number.NaN],
      [1, 1],
      [0.5, Infinity],
      [0, 0],
      [1, 2],
    ];
    const study = studyOf(values);
    const failed = study.trials.map((trial) => (trial.number === 4 ? { ...trial, state: "failed" as const } : trial));
    expect(numbers({ ...study, trials: failed })).toEqual([0, 2, 3]);
  });

  it("follows the direction of each objective", () => {
    const [loss, seconds] = branches.description.objectives;
    const turned = { ...branches.description, objectives: [loss, { ...seconds, direction: "maximize" as const }] };
    const values: [number, number][] = [
      [1, 1],
      [2, 2],
      [2, 1],
    ];
    expect(numbers(studyOf(values, { description: turned as StudySnapshot["description"] }))).toEqual([0, 1]);
  });

  it("is shown whole by best, and cut by the page and after a run, with the number of those left out", () => {
    const study = studyOf(Array.from({ length: 14 }, (_, i) => [i, 14 - i] as const));
    expect(bestReport(study)).toContain("the front: 14 trials that no other beats, of 14");
    expect(bestReport(study).match(/complete/g)).toHaveLength(14);
    expect(studyPage(study)).toContain("and 4 more: hpo best kernel-search");
    expect(bestTrialsText(study)).toContain("… and 4 more: hpo best kernel-search");
  });

  it("may be a single trial, or none", () => {
    const values: [number, number][] = [
      [2, 2],
      [1, 1],
    ];
    expect(bestReport(studyOf(values))).toContain("the front: 1 trial that beats all others, of 2");
    const nothing = studyOf([[Number.NaN, 1]]);
    expect(bestReport(nothing)).toContain("No trial is complete yet.");
    expect(bestTrialsText(nothing)).toContain("no trial is complete");
    expect(trialsText(nothing)).toContain("* on the front (0 trials)");
    expect(trialsCsv(nothing).split("\n")[1]).toMatch(/^0,complete,,0.0031,1,false,/);
    expect(JSON.parse(bestJson(nothing))).toMatchObject({ front: [], best: null });
  });
});
