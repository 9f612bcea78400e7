import { describe, expect, it } from "vitest";
import { lineageOf } from "#hpo/report/lineage";
import { studyPage } from "#hpo/report/study-page";
import { trialsCsv, trialsJson, trialsText } from "#hpo/report/trials-table";
import type { StudySnapshot, TrialSnapshot } from "#hpo/core/snapshot";
import { branches, snapshotOf, trialSnapshot } from "../golden/snapshots.ts";

/** Trials with these parents; the accuracy grows from trial to trial. */
function lined(parents: readonly (number | null)[]): StudySnapshot {
  const trials = parents.map((parent, number): TrialSnapshot => {
    const why = parent === null ? "point" : `member ${number % 3}: goes on`;
    return { ...trialSnapshot(number, { rate: 0.1 * (number + 1) }, { accuracy: 0.5 + number / 100 }), parent, why };
  });
  return snapshotOf("trained", { trials });
}

describe("the lineage of trials that continue others", () => {
  it("is told of the best trial on its study's page, the first one first", () => {
    const page = studyPage(lined([null, null, 0, 1, 3, 2, 4]));
    const section = page.slice(page.indexOf("lineage"), page.indexOf("\n\ndeclaration"));
    expect(section).toBe(
      [
        "lineage of the best trial",
        "  4 intervals; 5 of 7 trials continue another",
        "  trial  accuracy  rate  why",
        "      1     51.00   0.2  point",
        "      3     53.00   0.4  member 0: goes on",
        "      4     54.00   0.5  member 1: goes on",
        "      6     56.00   0.7  member 0: goes on",
      ].join("\n"),
    );
  });

  it("says what it leaves out of a long line, and nothing where no trial continues another", () => {
    const long = studyPage(lined([null, ...Array.from({ length: 30 }, (_, parent) => parent)]), { limit: 5 });
    expect(long).toContain("31 intervals; 30 of 31 trials continue another; the 26 intervals before these: hpo trials trained");
    expect(studyPage(branches)).not.toContain("lineage");
  });

  it("ends where a damaged database names a parent that is not there, or not older", () => {
    for (const parent of [99, 2, 3]) {
      const snapshot = lined([null, null, parent]);
      expect(lineageOf(snapshot, snapshot.trials[2] as TrialSnapshot).map(({ number }) => number)).toEqual([2]);
    }
  });

  it("stands in the list of trials, in CSV and in JSON, where there is one", () => {
    const snapshot = lined([null, 0]);
    expect(trialsText(snapshot).split("\n")[1]).toMatch(/^ trial {2}state {5}from {2}accuracy/);
    expect(trialsCsv(snapshot).split("\n").slice(0, 3)).toEqual([
      "trial,state,value,standardError,parent,params.rate,startedAt,endedAt,wallSeconds,cpuSeconds",
      expect.stringMatching(/^0,complete,0\.5,0\.0031,,0\.1,/),
      expect.stringMatching(/^1,complete,0\.51,0\.0031,0,0\.2,/),
    ]);
    expect((JSON.parse(trialsJson(snapshot)) as { parent: number | null }[]).map(({ parent }) => parent)).toEqual([null, 0]);
    expect(trialsCsv(lined([null, null]))).not.toContain("parent");
  });
});
