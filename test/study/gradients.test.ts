import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineStudy, float, type FinishedTrial, lbfgs, openStudy, random, type Sampler } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import bowl from "../fixtures/bowl.ts";

const bowlFile = fileURLToPath(new URL("../fixtures/bowl.ts", import.meta.url));

function proposals(store: Store, name: string): string[] {
  return store.snapshot(name).trials.map(({ params, why, parent, values }) => JSON.stringify([params, why, parent, values]));
}

/** Keeps what it is shown. */
function watcher(seen: FinishedTrial[]): Sampler {
  const inner = random();
  return Object.freeze({
    ...inner,
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    absorb(state: unknown, trial: FinishedTrial) {
      seen.push(trial);
      return state;
    },
  });
}

describe("a study whose objective tells gradients", () => {
  it("finds the best on worker threads, with the same trials for 1 and 2 of them", async () => {
    const runs = [];
    for (const workers of [1, 2]) {
      const store = memoryStore();
      const study = await openStudy(bowlFile, { store });
      const { trials } = await study.run({ workers });
      await study.close();
      expect(Math.min(...trials.map(({ values }) => values["value"]?.value ?? Infinity))).toBeLessThan(1e-8);
      runs.push(proposals(store, "bowl"));
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it("goes on with equal proposals after every stop, from a database and from memory, and by ask and tell", async () => {
    const straight = memoryStore();
    const whole = await openStudy(bowl, { store: straight });
    await whole.run();
    await whole.close();
    const folder = mkdtempSync(path.join(tmpdir(), "hpo-gradients-"));
    try {
      for (const store of [memoryStore(), openStore(path.join(folder, "stopped.sqlite"))]) {
        for (let trials = 7; trials <= 40; trials += 11) {
          const study = await openStudy(bowl, { store, trials });
          await study.run();
          await study.close();
        }
        expect(proposals(store, "bowl")).toEqual(proposals(straight, "bowl"));
        const { trials } = store.load("bowl");
        expect(trials.every(({ outcome }) => outcome?.gradients?.["value"]?.["x"] !== undefined)).toBe(true);
        store.close();
      }
      const asked = openStore(path.join(folder, "asked.sqlite"));
      for (let round = 0; round < 4; round++) {
        const study = await openStudy(bowl, { store: asked });
        for (let trial = await study.ask(), told = 0; trial !== undefined; trial = told < 10 ? await study.ask() : undefined, told++) {
          await study.tell(trial.number, bowl.judge.kind === "objective" ? await bowl.judge.objective(trial) : Number.NaN);
        }
        await study.close();
      }
      expect(proposals(asked, "bowl")).toEqual(proposals(straight, "bowl").slice(0, 40));
      asked.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("shows samplers one gradient an objective, of complete trials", async () => {
    const seen: FinishedTrial[] = [];
    const spec = defineStudy({
      name: "two",
      space: { x: float(0, 1) },
      metrics: { cost: "minimize", speed: "maximize", other: "minimize" },
      objectives: ["speed", "cost"],
      objective: ({ number, params: { x } }) => {
        if (number === 1) throw new Error("no luck");
        return { cost: { value: x * x, gradient: { x: 2 * x } }, speed: number === 2 ? { value: x, gradient: { x: 1 } } : x, other: 1 };
      },
      sampler: watcher(seen),
      lookahead: 1,
      trials: 4,
      retries: 0,
    });
    const study = await openStudy(spec, { store: memoryStore() });
    await study.run();
    await study.close();
    expect(seen.map(({ gradients }) => gradients)).toEqual([
      [null, { x: 2 * Number(seen[0]?.params["x"]) }],
      undefined,
      [{ x: 1 }, { x: 2 * Number(seen[2]?.params["x"]) }],
    ]);
  });

  it.each([
    [
      "wrong",
      ({ x }: { x: number }) => ({ value: x * x, gradient: { x: x } }),
      /^lbfgs\(\): gradients must be the derivatives of the value/,
    ],
    ["missing", ({ x }: { x: number }) => x * x, /^lbfgs\(\): trials must tell a gradient; trial 0 told its value alone/],
  ])("ends with a sentence, which is stored, where gradients are %s", async (_, judge, message) => {
    const store = memoryStore();
    const spec = defineStudy({
      name: "bad",
      space: { x: float(0.1, 1) },
      objective: ({ params }) => judge(params),
      sampler: lbfgs(),
      lookahead: 2,
      trials: 20,
    });
    const study = await openStudy(spec, { store });
    await expect(study.run()).rejects.toThrow(message);
    await study.close();
    const { runs, trials } = store.snapshot("bad");
    expect(runs.at(-1)?.end?.reason).toMatch(message);
    expect(trials.length).toBeLessThan(8);
    const asked = await openStudy(spec, { store });
    await expect(asked.ask()).rejects.toThrow(message);
    await asked.close();
  });

  it("keeps the study's rules, and begins with the points that it gives", async () => {
    const spec = defineStudy({
      name: "ruled",
      space: { x: float(-1, 1), y: float(-1, 1) },
      limits: [{ sum: { x: 1, y: 1 }, max: 0.5 }],
      enqueue: [{ x: -0.9, y: -0.9 }, { x: 0.1 }],
      objective: ({ params: { x, y } }) => ({
        value: (x - 0.6) ** 2 + 2 * (y + 0.2) ** 2,
        gradient: { x: 2 * (x - 0.6), y: 4 * (y + 0.2) },
      }),
      sampler: lbfgs(),
      lookahead: 2,
      trials: 30,
    });
    const study = await openStudy(spec, { store: memoryStore() });
    const { trials } = await study.run();
    await study.close();
    expect(trials.every(({ params }) => (params["x"] as number) + (params["y"] as number) <= 0.5)).toBe(true);
    expect(trials[0]?.params).toEqual({ x: -0.9, y: -0.9 });
    expect(trials[2]?.why).toBe("holds the gradient of trial 0 against a difference of values");
    // The least value lies inside of the limit.
    expect(Math.min(...trials.map(({ values }) => values["value"]?.value ?? Infinity))).toBeLessThan(1e-10);
  });

  it("takes a trial whose gradient is not finite by its value alone", async () => {
    const store = memoryStore();
    const objective = ({ params: { x } }: { params: { x: number } }) => ({
      value: x * x,
      gradient: { x: Math.abs(x) > 0.5 ? 2 * x : Number.NaN },
    });
    const spec = defineStudy({ name: "half", space: { x: float(-1, 1) }, objective, sampler: lbfgs(), trials: 40, lookahead: 1 });
    const study = await openStudy(spec, { store });
    const { trials } = await study.run();
    await study.close();
    expect(trials.every(({ state }) => state === "complete")).toBe(true);
    const stored = store
      .load("half")
      .trials.map(({ params, outcome }) => [Math.abs(Number(params["x"])) > 0.5, outcome?.gradients?.["value"]?.["x"]]);
    expect(stored.every(([told, slope]) => told !== Number.isNaN(slope))).toBe(true);
    expect(new Set(stored.map(([told]) => told)).size).toBe(2);
  });

  it("fails the trial alone where a name is wrong", async () => {
    const store = memoryStore();
    const objective = ({ number, params: { x } }: { number: number; params: { x: number } }) => {
      return { value: x * x, gradient: (number === 3 ? { y: 1 } : { x: 2 * x }) as { x: number } };
    };
    const spec = defineStudy({
      name: "named",
      space: { x: float(-1, 1) },
      objective,
      sampler: lbfgs(),
      trials: 20,
      lookahead: 1,
      retries: 0,
    });
    const study = await openStudy(spec, { store });
    const { trials } = await study.run();
    await study.close();
    expect(trials.filter(({ state }) => state === "failed").map(({ number, incident }) => [number, incident])).toEqual([
      [3, 'the gradient of value must have a number for each float that is active in the trial (x); got "y".'],
    ]);
    expect(Math.min(...trials.map(({ values }) => values["value"]?.value ?? Infinity))).toBeLessThan(1e-12);
  });
});
