import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { studyFolder } from "./command.ts";
import { evolving, tradeOff } from "./studies.ts";

describe("a study of two objectives", () => {
  const { hpo } = studyFolder({ "trade-off.ts": tradeOff });

  it("runs, and ends with its front: all trials that no other beats, by number", () => {
    const { status, stdout, stderr } = hpo("run", "trade-off.ts", "--workers", "1");
    expect(status, stderr).toBe(0);
    expect(stdout).toContain("the front: 3 trials that no other beats");
    expect(numbersOf(stdout)).toEqual([0, 3, 4]);
  });

  it("shows the front with both values in hpo best, as text and as JSON", () => {
    const { stdout } = hpo("best", "trade-off");
    expect(stdout).toContain("the front: 3 trials that no other beats, of 9");
    expect(stdout).toMatch(
      /trial +state +cost +gain +x +y +time\n +0 +complete +1 +2 +0 +0 .*\n +3 +complete +2 +3 +1 +0 .*\n +4 +complete +1 +2 +1 +1 /,
    );
    expect(stdout).not.toMatch(/best/);
    const { objectives, best, front } = JSON.parse(hpo("best", "trade-off", "--json").stdout);
    expect(objectives.map((one: { metric: string }) => one.metric)).toEqual(["cost", "gain"]);
    expect(front.map((one: { trial: number }) => one.trial)).toEqual([0, 3, 4]);
    expect(front[1].values).toMatchObject({ cost: { value: 2 }, gain: { value: 3 } });
    // The best by the first objective; 4 is as good, and later.
    expect(best.trial).toBe(0);
  });

  it("marks the front in hpo trials, in every format", () => {
    const text = hpo("trials", "trade-off").stdout;
    expect(text).toContain("* on the front (3 trials)");
    expect([...text.matchAll(/^ +\*(\d+)/gm)].map(([, number]) => Number(number))).toEqual([0, 3, 4]);
    const rows = parse<Record<string, string>>(hpo("trials", "trade-off", "--format", "csv").stdout, { columns: true });
    expect(rows.map((row) => row["front"])).toEqual(["true", "false", "false", "true", "true", "false", "false", "false", "false"]);
    expect(rows.map((row) => row["values.gain"])).toEqual(["2", "1", "3", "3", "2", "3", "", "", ""]);
    expect(Object.keys(rows[0] ?? {}).slice(0, 7)).toEqual([
      "trial",
      "state",
      "value",
      "standardError",
      "values.gain",
      "front",
      "params.x",
    ]);
    const trials = JSON.parse(hpo("trials", "trade-off", "--format", "json").stdout) as { front: boolean }[];
    expect(trials.flatMap(({ front }, number) => (front ? [number] : []))).toEqual([0, 3, 4]);
  });

  it("shows the front in hpo show", () => {
    expect(hpo("show", "trade-off").stdout).toMatch(/result\n {2}the front: 3 trials that no other beats, of 9\n/);
  });
});

describe("an adaptive study of two objectives", () => {
  const { hpo } = studyFolder({ "evolving.ts": evolving });

  it("gives the same trials with one worker and with two, and after a resume", () => {
    const trialsOf = (db: string) =>
      parse<Record<string, string>>(hpo("trials", "evolving", "--format", "csv", "--db", db).stdout, { columns: true }).map((row) =>
        Object.entries(row).filter(([name]) => !["startedAt", "endedAt", "wallSeconds", "cpuSeconds"].includes(name)),
      );
    expect(hpo("run", "evolving.ts", "--workers", "1", "--db", "one.sqlite").status).toBe(0);
    expect(hpo("run", "evolving.ts", "--workers", "2", "--db", "two.sqlite", "--trials", "23").status).toBe(0);
    expect(hpo("run", "evolving.ts", "--workers", "2", "--db", "two.sqlite").status).toBe(0);
    const one = trialsOf("one.sqlite");
    expect(one).toHaveLength(40);
    expect(trialsOf("two.sqlite")).toEqual(one);
  });
});

/** The numbers that lines begin with, with or without an asterisk. */
function numbersOf(text: string): number[] {
  return [...text.matchAll(/^ +\*?(\d+) +complete/gm)].map(([, number]) => Number(number));
}
