import { describe, expect, it } from "vitest";
import { studyFolder } from "./command.ts";
import { pruned } from "./studies.ts";

describe("a study with a pruner and a rule for its end", () => {
  const { hpo } = studyFolder({ "pruned.ts": pruned });

  it("is told by run, show and trials, and trials are the same with one worker and with two", () => {
    const run = hpo("run", "pruned.ts", "--workers", "2");
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/\d+ of \d+ trials · \d+ pruned/);
    expect(run.stdout).toMatch(/\nend {2}15 trials brought nothing better than trial \d+ \(0\.\d+\)\n/);
    const show = hpo("show", "pruned").stdout;
    expect(show).toContain("pruner      successiveHalving (factor 2, minSteps 1)\n");
    expect(show).toMatch(/\npruned trials\n {2}trial \d+ \(x=[^)]*\): successiveHalving: \S+ at step \d is not among the best/);
    expect(show).toMatch(/\n {4}15 trials brought nothing better/);
    expect(hpo("trials", "pruned").stdout).toMatch(/why it ended[\s\S]* pruned .* successiveHalving: /);

    hpo("run", "pruned.ts", "--workers", "1", "--db", "one.sqlite");
    const table = (...more: readonly string[]): string[] => {
      const lines = hpo("trials", "pruned", "--format", "csv", ...more).stdout.split("\n");
      return lines.map((line) => line.split(",").slice(0, -4).join(","));
    };
    expect(table("--db", "one.sqlite")).toEqual(table());
    expect(table().length).toBeGreaterThan(17);
  });
});
