import { beforeAll, describe, expect, it } from "vitest";
import { expectedOf, wayProblems, waysOf } from "./user-code/expected-ways.ts";
import { runWays, type WaysOptions, type WaysRun } from "./user-code/run-ways.ts";

/** Where slots work. What ends a process, and what only one contains, is in test/chaos of the processes. */
const isolations = ["thread"] as const;

/** Between all that misbehave, trials that do not; two workers, so that each thread meets many ways. */
const quick = waysOf("throwing", "returning", "dying", "leaving", "patching", "refused", "writing").flatMap((way) => [way, "well"]);
/** From Node 24 on a list that grows beyond a very small heap may end the process before Node can end its thread. */
const smallHeap = `--max-old-space-size=${Number(process.versions.node.split(".")[0]) < 24 ? 96 : 600}`;

const slow = ["well", "hanging.neverSettles", "hanging.loop", "well"];

/** The values of the trials where all of them are well behaved. */
let values: readonly number[];
beforeAll(async () => {
  const { trials } = await runWays({ ways: quick.map(() => "well"), isolation: "thread", workers: 1 });
  values = trials.map(({ trial }) => trial.values["value"]?.value ?? Number.NaN);
}, 300_000);

describe.each(isolations)("user code that misbehaves in a %s", (isolation) => {
  const plans: Record<string, Omit<WaysOptions, "isolation">> = {
    "at once": { ways: quick, workers: 2 },
    "by never ending": { ways: slow, workers: 2, timeoutSeconds: 3 },
    "by filling the heap": { ways: ["well", "filling.heap", "well"], workers: 1, nodeFlags: [smallHeap] },
  };
  describe.each(Object.entries(plans))("%s", (_name, plan) => {
    let run: WaysRun;
    beforeAll(async () => {
      run = await runWays({ isolation, ...plan });
    }, 300_000);

    it.each(plan.ways.flatMap((way, at) => (way === "well" ? [] : [[way, at] as const])))(
      "%s costs that trial alone, and says what happened",
      (_way, at) => {
        expect(wayProblems(run.trials[at] as WaysRun["trials"][number], values[at] as number)).toEqual([]);
      },
    );

    it("leaves the others as they are without it, in none of their attempts", () => {
      const well = run.trials.filter(({ way }) => way === "well");
      expect(well.flatMap((one) => wayProblems(one, values[one.trial.number] as number))).toEqual([]);
      expect(well.flatMap(({ logs }) => logs.map(({ head }) => head))).toEqual([]);
    });

    it("lets the run end as any other, with its result alone on stdout and nothing left behind", () => {
      expect(run.exitCode, run.stderr.slice(-2000)).toBe(0);
      expect(run.snapshot.state).toBe("complete");
      const { trials } = JSON.parse(run.stdout) as { trials: { failed: number } };
      expect(trials.failed).toBe(plan.ways.filter((way) => expectedOf(way).fails !== undefined).length);
      expect(run.left).toEqual([]);
    });
  });
});
