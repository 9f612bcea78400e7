import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { defineStudy, float, grid, openStudy, random, type StudySpec, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { endWatch } from "#hpo/study/end-rules";
import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "#hpo/core/records";

function outcomes(...told: readonly (number | "failed")[]): (trial: number) => OutcomeRecord | undefined {
  return (trial) => {
    const one = told[trial];
    if (one === undefined) return undefined;
    if (one === "failed") return { trial, state: "failed", values: {}, incident: null, endedAt: "" };
    return { trial, state: "complete", values: { loss: { value: one, standardError: null, pooled: null } }, incident: null, endedAt: "" };
  };
}

describe("endWatch()", () => {
  const loss = { metric: "loss", direction: "minimize" } as const;

  it("ends when the target is reached, at the first visible trial that does", () => {
    const watch = endWatch({ rules: { target: 1, staleTrials: null }, objective: loss, outcomeOf: outcomes(3, "failed", 1, 0) });
    expect([0, 1, 2].map((visible) => watch.end(visible))).toEqual([undefined, undefined, undefined]);
    expect(watch.end(4)).toEqual({ by: "target", reason: "trial 2 reached the target of 1 with 1" });
    const score = { metric: "loss", direction: "maximize" } as const;
    expect(endWatch({ rules: { target: 1, staleTrials: null }, objective: score, outcomeOf: outcomes(0.9) }).end(1)).toBeUndefined();
    expect(endWatch({ rules: { target: 1, staleTrials: null }, objective: score, outcomeOf: outcomes(1.5) }).end(1)?.by).toBe("target");
  });

  it("counts the trials since the best; an equal one is no better, and a failed one counts", () => {
    const watch = endWatch({ rules: { target: null, staleTrials: 3 }, objective: loss, outcomeOf: outcomes(5, 6, 4, 4, "failed", 7) });
    expect([1, 2, 3, 4, 5].map((visible) => watch.end(visible))).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(watch.end(6)).toEqual({ by: "stale", reason: "3 trials brought nothing better than trial 2 (4)" });
    const none = endWatch({ rules: { target: 9, staleTrials: 2 }, objective: loss, outcomeOf: outcomes("failed", "failed") });
    expect(none.end(2)).toEqual({ by: "stale", reason: "2 trials brought no value" });
  });

  it("says the same asked at every trial or once", () => {
    const told = outcomes(...Array.from({ length: 40 }, (_, i) => ((i * 37) % 41) / 41));
    const rules = { target: null, staleTrials: 9 };
    const often = endWatch({ rules, objective: loss, outcomeOf: told });
    const all = Array.from({ length: 41 }, (_, visible) => often.end(visible)?.reason);
    expect(all).toEqual(
      Array.from({ length: 41 }, (_, visible) => endWatch({ rules, objective: loss, outcomeOf: told }).end(visible)?.reason),
    );
    expect(all.at(-1)).toContain("9 trials brought nothing better");
  });
});

describe("the end of a study", () => {
  async function endOf(study: string | StudySpec, options: { readonly workers?: number } = {}) {
    const open = await openStudy(study, { store: memoryStore() });
    const { state, runs, trials } = await open.run(options);
    await open.close();
    return { state, end: runs.at(-1)?.end, trials: trials.map(({ number, params, values, group }) => ({ number, params, values, group })) };
  }

  it("is the same by a rule for any number of workers, and holds when it is run again", async () => {
    const file = fileURLToPath(new URL("../fixtures/stale.ts", import.meta.url));
    const one = await endOf(file, { workers: 1 });
    expect(one.end?.by).toBe("stale");
    expect(one.end?.reason).toMatch(/^12 trials brought nothing better than trial \d+ \(0\.\d+\)$/);
    const best = Number(/trial (\d+)/.exec(one.end?.reason ?? "")?.[1]);
    // Trial n is proposed unless the rule holds for the trials 0 … n − lookahead.
    expect(one.trials).toHaveLength(best + 12 + 5);
    expect(await endOf(file, { workers: 2 })).toEqual(one);
    expect(await endOf(file, { workers: 5 })).toEqual(one);

    const study = await openStudy(file, { store: memoryStore() });
    let cut = 0;
    for (; ; cut++) {
      let seen = 0;
      const onProgress = ({ tasksDone }: { tasksDone: number }): void => {
        if ((seen = tasksDone) >= 6) study.stop();
      };
      const { state, runs } = await study.run({ workers: 3, progressIntervalMs: 0, onProgress });
      if (state === "complete") break;
      expect(runs.at(-1)?.end).toEqual({ by: "stop", reason: "it was stopped" });
      expect(seen).toBeGreaterThan(0);
    }
    expect(cut).toBeGreaterThan(1);
    const again = await study.run();
    expect(again.runs.at(-1)?.end).toEqual(one.end);
    expect(again.trials.map(({ number, params, values, group }) => ({ number, params, values, group }))).toEqual(one.trials);
    await study.close();
  });

  const walk = { name: "walk", space: { x: values([5, 4, 3, 2, 1, 0]) }, objective: ({ params }: { params: { x: number } }) => params.x };

  it("is the target where it is asked for, and all trials where it is not", async () => {
    const reached = await endOf(defineStudy({ ...walk, sampler: grid(), target: 3, stopAtTarget: true, lookahead: 1 }));
    expect([reached.state, reached.end, reached.trials.length]).toEqual([
      "complete",
      { by: "target", reason: "trial 2 reached the target of 3 with 3" },
      3,
    ]);
    const all = await endOf(defineStudy({ ...walk, sampler: grid(), target: 3 }));
    expect([all.end, all.trials.length]).toEqual([{ by: "sampler", reason: "all 6 trials of the sampler are done" }, 6]);
    const some = await endOf(defineStudy({ ...walk, sampler: random(), trials: 4 }));
    expect(some.end).toEqual({ by: "trials", reason: "all 4 trials are done" });
    expect(() => defineStudy({ ...walk, sampler: grid(), stopAtTarget: true })).toThrow("target must be given with stopAtTarget");
  });

  it("is a budget, which stops a study with an end of its own and completes one without", async () => {
    const idle = { ...walk, sampler: random(), objective: async () => sleep(2, 0) };
    const time = await endOf(defineStudy({ ...idle, timeBudgetSeconds: 0.05 }));
    expect([time.state, time.end]).toEqual(["complete", { by: "time", reason: "the time budget of 0.05 s is spent" }]);
    const busy = (): number => {
      let sum = 0;
      for (let i = 0; i < 3e6; i++) sum += i % 7;
      return sum;
    };
    const cpu = defineStudy({ ...walk, sampler: random(), objective: busy, trials: 1000, cpuBudgetSeconds: 0.01 });
    const spent = await endOf(cpu);
    expect([spent.state, spent.end]).toEqual(["stopped", { by: "cpu", reason: "the CPU budget of 0.01 s is spent" }]);
    const endless = await endOf(defineStudy({ ...walk, sampler: random(), objective: busy, cpuBudgetSeconds: 0.01 }));
    expect([endless.state, endless.end?.by]).toEqual(["complete", "cpu"]);
  });

  it("is a declared budget that all its runs together have spent, and a run may have time of its own", async () => {
    const store = memoryStore();
    const again = async (study: StudySpec, timeBudgetSeconds?: number) => {
      const open = await openStudy(study, { store, ...(timeBudgetSeconds === undefined ? {} : { timeBudgetSeconds }) });
      const { state, runs, trials, wallSeconds } = await open.run();
      await open.close();
      return { state, by: runs.at(-1)?.end?.by, done: trials.filter((one) => one.state === "complete").length, wallSeconds };
    };
    const idle = { ...walk, name: "nightly", sampler: random(), trials: 1e6, objective: async () => sleep(5, 0) };
    const first = await again(defineStudy({ ...idle, timeBudgetSeconds: 0.2 }));
    expect(first).toMatchObject({ state: "stopped", by: "time" });
    expect(await again(defineStudy({ ...idle, timeBudgetSeconds: 0.2 }))).toMatchObject({ state: "stopped", by: "time", done: first.done });
    const raised = await again(defineStudy({ ...idle, timeBudgetSeconds: first.wallSeconds + 0.3 }));
    expect(raised.done).toBeGreaterThan(first.done);
    expect((await again(defineStudy({ ...idle, timeBudgetSeconds: 0.2 }), 0.3)).done).toBeGreaterThan(raised.done);

    const burns = { ...walk, name: "burns", sampler: random(), trials: 1000, cpuBudgetSeconds: 0.01 };
    const objective = (): number => {
      let sum = 0;
      for (let i = 0; i < 3e6; i++) sum += i % 7;
      return sum;
    };
    const spent = await again(defineStudy({ ...burns, objective }));
    expect(spent).toMatchObject({ state: "stopped", by: "cpu" });
    const more = await again(defineStudy({ ...burns, objective }));
    expect(more).toMatchObject({ state: "stopped", by: "cpu" });
    // What is stored of a trial may be a little less than what its task was charged with: one more may begin, and not hundreds.
    expect(more.done).toBeLessThan(spent.done + 4);
    expect((await again(defineStudy({ ...burns, objective, cpuBudgetSeconds: 1e3, trials: spent.done + 2 }))).done).toBeGreaterThan(
      spent.done,
    );
  });

  it("is what cut it off or what it failed of", async () => {
    const cut = new AbortController();
    const study = await openStudy(
      defineStudy({
        ...walk,
        sampler: grid(),
        objective: async ({ signal }) => {
          cut.abort();
          await sleep(1e6, undefined, { signal });
          return 1;
        },
      }),
      { store: memoryStore() },
    );
    expect((await study.run({ signal: cut.signal })).runs.at(-1)?.end).toEqual({ by: "cut", reason: "it was cut off" });
    const failing = study.run({
      onProgress: () => {
        throw new Error("no paper");
      },
    });
    await expect(failing).rejects.toThrow("no paper");
    expect(study.snapshot().runs.at(-1)?.end).toEqual({ by: "error", reason: "no paper" });
    await study.close();
  });

  it("is told by ask() and tell() too", async () => {
    const store = memoryStore();
    const spec = defineStudy({
      name: "asked",
      space: { x: float(0, 1) },
      objective: () => 0,
      sampler: random(),
      staleTrials: 2,
      lookahead: 1,
    });
    const study = await openStudy(spec, { store });
    for (const value of [3, 2, 2, 5]) await study.tell((await study.ask())?.number ?? -1, value);
    expect(await study.ask()).toBeUndefined();
    await study.close();
    const { state, runs } = store.snapshot("asked");
    expect([state, runs.at(-1)?.end]).toEqual(["complete", { by: "stale", reason: "2 trials brought nothing better than trial 1 (2)" }]);
  });
});
