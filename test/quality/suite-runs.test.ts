import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { QualityCase } from "../../scripts/quality/quality-suite.ts";
import { readRecord, samplesOf, writeRecord } from "../../scripts/quality/record.ts";
import { type BrokenRun, lineKeeper, readRuns, runCases, shardOf } from "../../scripts/quality/suite-runs.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hpo-quality-"));
  file = path.join(folder, "night", "search.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Cases whose only figure is 100 times the case's place plus the seed; `made` lists the runs. */
function someCases(made: string[]): readonly QualityCase[] {
  return ["a", "b", "c"].map((name, at) => ({
    name,
    trials: 10,
    cost: at + 1,
    better: "lower",
    equalBeyond: null,
    judged: ["10"],
    run: (seed) => {
      made.push(`${name} ${seed}`);
      return { "5": Infinity, "10": 100 * at + seed };
    },
  }));
}

describe("runCases()", () => {
  it("goes on where a killed night was, over a line that was cut off", async () => {
    const cases = someCases([]);
    const keep = lineKeeper(file);
    await runCases({ cases, seeds: 2, version: "v", done: [], keep });
    const whole = readRuns([file], "v");
    expect(whole).toHaveLength(6);
    truncateSync(file, readFileSync(file).length - 20);

    const made: string[] = [];
    const runs = await runCases({
      cases: someCases(made),
      seeds: 3,
      version: "v",
      done: readRuns([file], "v"),
      keep: lineKeeper(file),
    });
    expect(made).toEqual(["c 1", "a 2", "b 2", "c 2"]);
    expect(runs).toHaveLength(9);
    const stored = readRuns([file], "v");
    expect(stored).toHaveLength(9);
    expect(samplesOf(stored)).toEqual(samplesOf(runs));
    expect(samplesOf(runs).get("b")).toEqual({ "5": [Infinity, Infinity, Infinity], "10": [100, 101, 102] });
  });

  it("takes no runs of other code or of another length for its own", async () => {
    const cases = someCases([]);
    await runCases({ cases, seeds: 1, version: "old", done: [], keep: lineKeeper(file) });
    expect(readRuns([file], "new")).toEqual([]);
    const made: string[] = [];
    const longer = someCases(made).map((one) => ({ ...one, trials: 20 }));
    await runCases({ cases: longer, seeds: 1, version: "old", done: readRuns([file], "old"), keep: lineKeeper(file) });
    expect(made).toEqual(["a 0", "b 0", "c 0"]);
  });

  it("leaves out what can't run here, and runs nothing where nothing is kept", async () => {
    const made: string[] = [];
    const cases = someCases(made).map((one) => (one.name === "b" ? { ...one, lacks: "needs data" } : one));
    expect(await runCases({ cases, seeds: 1, version: "v", done: [], keep: null })).toEqual([]);
    expect(made).toEqual([]);
    await runCases({ cases, seeds: 1, version: "v", done: [], keep: lineKeeper(file) });
    expect(made).toEqual(["a 0", "c 0"]);
  });

  it("goes on without a run that throws, and tells of it", async () => {
    const cases = someCases([]).map((one) => (one.name === "b" ? { ...one, run: () => Promise.reject(new Error("no model")) } : one));
    const broken: string[] = [];
    const broke = (run: BrokenRun): void => void broken.push(`${run.case} ${run.seed}: ${String(run.error)}`);
    const runs = await runCases({ cases, seeds: 2, version: "v", done: [], keep: lineKeeper(file), broke });
    expect(runs.map((run) => `${run.case} ${run.seed}`)).toEqual(["a 0", "c 0", "a 1", "c 1"]);
    expect(broken).toEqual(["b 0: Error: no model", "b 1: Error: no model"]);
    await expect(runCases({ cases, seeds: 1, version: "v", done: [], keep: lineKeeper(file) })).rejects.toThrow("no model");
  });

  it("reads every shard's file, whatever else stands in it", async () => {
    const other = path.join(folder, "other.jsonl");
    writeFileSync(other, "null\n{}\n\nno line\n");
    const [a, b, c] = someCases([]) as [QualityCase, QualityCase, QualityCase];
    await runCases({ cases: [a], seeds: 1, version: "v", done: [], keep: lineKeeper(file) });
    appendFileSync(other, readFileSync(file));
    await runCases({ cases: [b, c], seeds: 1, version: "v", done: [], keep: lineKeeper(other) });
    expect(readRuns([file, other, path.join(folder, "absent")], "v").map((run) => run.case)).toEqual(["a", "b", "c"]);
  });
});

describe("shardOf()", () => {
  it("deals every case to one shard, and about equal costs to all", () => {
    const cases = Array.from({ length: 40 }, (_, at) => ({ at, cost: 1 + ((at * 7) % 13) }));
    const shards = [1, 2, 3, 4, 5, 6, 7, 8].map((index) => shardOf(cases, index, 8));
    expect(
      shards
        .flat()
        .map(({ at }) => at)
        .toSorted((a, b) => a - b),
    ).toEqual(cases.map(({ at }) => at));
    const costs = shards.map((shard) => shard.reduce((sum, { cost }) => sum + cost, 0));
    expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(3);
    expect(shardOf(cases, 1, 1)).toEqual(cases);
  });
});

describe("writeRecord()", () => {
  it("keeps what is judged, by seed, and the lines of cases that were not run", async () => {
    const cases = someCases([]);
    const runs = await runCases({ cases, seeds: 2, version: "v", done: [], keep: lineKeeper(file) });
    const record = path.join(folder, "recorded", "search.jsonl");
    writeRecord(record, cases, samplesOf(runs));
    // Of shorter runs, which judge less, nothing is taken for the cases that were not run.
    const shorter = cases.map((one) => (one.name === "a" ? one : { ...one, judged: ["5"] }));
    writeRecord(record, shorter, samplesOf(runs.filter((run) => run.case === "a" && run.seed === 0)));
    expect(readRecord(record)).toEqual(
      new Map([
        ["a", { "10": [0] }],
        ["b", { "10": [100, 101] }],
        ["c", { "10": [200, 201] }],
      ]),
    );
    expect(readRecord(path.join(folder, "absent"))).toEqual(new Map());
  });
});
