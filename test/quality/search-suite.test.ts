import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { judge, type Judged } from "../../scripts/quality/judgement.ts";
import { readRecord, recordFile, samplesOf } from "../../scripts/quality/record.ts";
import { searchSuite } from "../../scripts/quality/search-suite.ts";
import { runCases } from "../../scripts/quality/suite-runs.ts";

// The short form of `npm run quality -- search`: two functions, five seeds, fifty trials.
const suite = searchSuite({ trials: 50 });
const cases = suite.cases.filter((one) => /^(?:auto|tpe|cmaes|random) on (?:sphere5|mixed)$/u.test(one.name));
const names = new Set(cases.map((one) => one.name));
const short = { cases, tests: suite.tests.filter((test) => names.has(test.case)), quotas: [] };
const record = readRecord(recordFile(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), "search"));
const samples = samplesOf(await runCases({ cases, seeds: 5, version: "", done: [], keep: () => undefined }));

const shown = (tests: readonly Judged[], bar: string): Record<string, string> =>
  Object.fromEntries(tests.filter((test) => test.bar === bar).map((test) => [test.case, test.verdict]));

describe("the suite of searches, in short", () => {
  const { tests, failed } = judge(short, { samples, record });

  it("refutes nothing, and has a record for every case", () => {
    expect(tests.filter(({ verdict }) => verdict === "FAILED")).toEqual([]);
    expect(failed).toBe(false);
    expect(Object.values(shown(tests, "record"))).toHaveLength(8);
    expect(Object.values(shown(tests, "record"))).not.toContain("skipped");
  });

  it("shows that auto(), tpe() and cmaes() are better than random search", () => {
    const better = ["auto", "cmaes", "tpe"].flatMap((name) => ["mixed", "sphere5"].map((on) => [`${name} on ${on}`, "ok"]));
    expect(shown(tests, "better than random")).toEqual(Object.fromEntries(better));
  });

  it("would refute samplers that had become random search", () => {
    const lost = new Map(
      [...samples].map(([name, own]) => [name, samples.get(name.replace(/^(?:auto|cmaes|tpe) /u, "random ")) ?? own] as const),
    );
    const judgement = judge(short, { samples: lost, record });
    expect(judgement.failed).toBe(true);
    expect(
      Object.entries(shown(judgement.tests, "record"))
        .filter(([, verdict]) => verdict === "FAILED")
        .map(([name]) => name)
        .toSorted(),
    ).toEqual([...names].filter((name) => !name.startsWith("random")).toSorted());
    expect(Object.values(shown(judgement.tests, "better than random"))).not.toContain("ok");
  });
});

describe("searchSuite()", () => {
  it("has each case once, and tests only of cases and figures that it has", () => {
    const whole = searchSuite();
    const judged = new Map(whole.cases.map((one) => [one.name, one.judged]));
    expect(judged.size).toBe(whole.cases.length);
    for (const test of whole.tests) {
      expect(judged.get(test.case), test.case).toContain(test.figure);
      if ("than" in test) expect(judged.get(test.than), test.than).toContain(test.figure);
    }
    expect(
      whole.tests.filter((test) => test.bar === "best peer" && whole.quotas.some((quota) => quota.cases.includes(test.case))).length,
    ).toBe(40);
  });
});
