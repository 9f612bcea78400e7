import { describe, expect, it } from "vitest";
import { noMarks, processMark } from "../chaos/marked-processes.ts";
import { studyFolder } from "./command.ts";
import { patient } from "./studies.ts";

/** A trial that takes native memory without end, one that crashes, and one that does neither. */
const greedy = `
import { defineStudy, grid, values } from "hpo";
export default defineStudy({
  name: "greedy",
  space: { way: values(["well", "takes", "crashes"]) },
  sampler: grid(),
  retries: 0,
  objective: async ({ params: { way } }) => {
    const kept = [];
    while (way === "takes") {
      kept.push(Buffer.alloc(2 ** 24, 1));
      await null;
    }
    if (way === "crashes") process.kill(process.pid, "SIGSEGV");
    return 1;
  },
});
`;

describe("hpo run --isolation process", () => {
  const mark = processMark();
  Object.assign(process.env, mark.environment);
  const { hpo, start, write } = studyFolder({ "greedy.ts": greedy, "patient.ts": patient });

  it("tells the kind of workers, and what trials did that took too much or crashed", () => {
    const { status, stderr } = hpo("run", "greedy.ts", "--trial-memory", "200MB", "--workers", "1");
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("each worker is a process of its own, in which a trial may take 200 MB");
    const shown = hpo("show", "greedy").stdout.replaceAll(/\s+/g, " ");
    expect(shown).toMatch(/The task was cut off at its memory limit of 200 MB: it took \d+ MB more than its process had when it began/);
    expect(shown).toContain("The task's process crashed, as native code does (SIGSEGV)");
  });

  it("refuses what can't be had", () => {
    expect(hpo("run", "greedy.ts", "--isolation", "vm")).toMatchObject({ status: 2 });
    const { status, stderr } = hpo("run", "greedy.ts", "--isolation", "thread", "--trial-memory", "1GB");
    expect([status, stderr]).toEqual([2, expect.stringContaining("hpo: --isolation must be process where --trial-memory is given")]);
  });

  it("finishes what runs when everything is told to end, and leaves nothing", async (context) => {
    context.skip(noMarks !== undefined, noMarks);
    const running = start("run", "patient.ts", "--isolation", "process", "--workers", "2");
    await running.until(/each worker is a process/);
    while (mark.living().filter((one) => one.includes("hpo slot")).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      for (const one of mark.living()) if (one.includes("hpo slot")) process.kill(Number.parseInt(one, 10), signal);
    }
    running.signal("SIGTERM");
    await running.until(/stopping/);
    write("go", "");
    const { status, stderr } = await running.ended;
    expect(status, stderr).toBe(130);
    expect(await mark.gone()).toEqual([]);
    const trials = JSON.parse(hpo("trials", "patient", "--format", "json").stdout) as { state: string }[];
    expect(trials.filter(({ state }) => state === "failed")).toEqual([]);
    expect(trials.filter(({ state }) => state === "complete").length).toBeGreaterThanOrEqual(2);
    expect(hpo("run", "patient.ts").status).toBe(0);
  });
});
