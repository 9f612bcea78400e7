import { fileURLToPath } from "node:url";
import { defineStudy, grid, hyperband, median, openStudy, type Pruner, random, type StudySpec, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";

const curves = fileURLToPath(new URL("../fixtures/learning-curves.ts", import.meta.url));

/** All that was decided, with what was reported. */
function decided(store: Store, name: string): unknown[] {
  return store.load(name).trials.map(({ number, params, by, why, outcome }) => {
    const { endedAt: _, incident, ...rest } = outcome ?? { endedAt: "", incident: null };
    return { number, params, by, why, ...rest, incident: incident === null ? null : [incident.kind, incident.message] };
  });
}

async function runOf(study: string | StudySpec, workers?: number): Promise<Store> {
  const store = memoryStore();
  const open = await openStudy(study, { store });
  expect((await open.run(workers === undefined ? {} : { workers })).state).toBe("complete");
  await open.close();
  return store;
}

describe("a study with a pruner", () => {
  it("decides the same with 1, 2 and 5 workers at any speeds, and after being cut off again and again", async () => {
    const one = decided(await runOf(curves, 1), "curves");
    const states = one.map((trial) => (trial as { state: string }).state);
    expect(states.filter((state) => state === "pruned").length).toBeGreaterThan(3);
    expect(states.filter((state) => state === "complete").length).toBeGreaterThan(3);
    expect(states.filter((state) => state === "failed").length).toBeGreaterThan(0);
    expect(decided(await runOf(curves, 2), "curves")).toEqual(one);
    expect(decided(await runOf(curves, 5), "curves")).toEqual(one);

    const store = memoryStore();
    let cuts = 0;
    for (let state = ""; state !== "complete"; cuts++) {
      const study = await openStudy(curves, { store });
      const cut = new AbortController();
      const onProgress = ({ tasksDone, running }: { tasksDone: number; running: number }): void => {
        // In the middle of what runs then.
        if (tasksDone >= 5 && running > 0) cut.abort();
      };
      state = (await study.run({ workers: 3, signal: cut.signal, progressIntervalMs: 0, onProgress })).state;
      await study.close();
      expect(cuts).toBeLessThan(12);
    }
    expect(cuts).toBeGreaterThan(2);
    expect(decided(store, "curves")).toEqual(one);
  });

  it("stores what was reported up to the stop, the reason, and the last value as the trial's", async () => {
    const store = await runOf(study({ pruner: after(3) }));
    const [trial] = store.load("s").trials;
    expect(trial?.outcome).toMatchObject({
      state: "pruned",
      values: { value: { value: 0.25, standardError: null, pooled: null } },
      incident: { kind: "pruned", message: "after: seen 3 steps" },
      reported: { steps: [1, 2, 3], values: [0.75, 0.5, 0.25] },
    });
    expect(store.snapshot("s").trials[0]).toMatchObject({ state: "pruned", incident: "after: seen 3 steps", folds: 1 });
    expect(store.evaluations("s", 0)).toMatchObject([{ values: { value: 0.25 } }]);
  });

  it("reports without a pruner, which never stops, and of a failed trial nothing is kept", async () => {
    const store = await runOf(study({}));
    expect(store.load("s").trials[0]?.outcome).toMatchObject({ state: "complete", reported: { steps: [1, 2, 3, 4] } });
    const spec = defineStudy({ ...base, objective: ({ report }) => Number(report(1, 2) || "x"), retries: 0 });
    const outcome = (await runOf(spec)).load("s").trials[0]?.outcome;
    expect(outcome?.state).toBe("failed");
    expect(outcome).not.toHaveProperty("reported");
  });

  it("shows a verdict the trials up to n − lookahead, whatever else has ended, as far as they were at its step", async () => {
    const seen: [number, readonly (readonly [number, readonly number[]])[]][] = [];
    const watching: Pruner = {
      name: "watching",
      options: {},
      verdict: ({ number, steps, history }) => {
        if (steps.at(-1) === 2) seen.push([number, history.map((trial) => [trial.number, [...trial.steps]] as const)]);
        return undefined;
      },
    };
    await runOf(study({ pruner: watching, lookahead: 2, x: [0, 1, 2, 3] }));
    expect(seen).toEqual([
      [0, []],
      [1, []],
      [2, [[0, [1, 2]]]],
      [
        3,
        [
          [0, [1, 2]],
          [1, [1, 2]],
        ],
      ], // prettier-ignore
    ]);
  });

  it("gives samplers the last value of a pruned trial as an estimate", async () => {
    const seen: unknown[] = [];
    const sampler = { ...random(), name: "listening", traits: { adaptive: true, usesClock: false } };
    const listening = { ...sampler, absorb: (state: unknown, trial: unknown) => (seen.push(trial), state as never) };
    await runOf(defineStudy({ ...base, sampler: listening, pruner: after(1), lookahead: 1, trials: 2, objective: curve }));
    expect(seen).toMatchObject([{ number: 0, state: "pruned", values: [0.75], standardErrors: [null] }]);
  });

  it("stops trials asked for and told elsewhere by the same verdicts", async () => {
    const spec = study({ pruner: median({ startupTrials: 1 }), lookahead: 1, x: [0, 1, 2] });
    const expected = decided(await runOf(spec), "s");
    const store = memoryStore();
    for (let number = 0; number < 3; number++) {
      // Each in a process of its own; what one of them reported and never told is begun anew.
      for (const told of [false, true]) {
        const asked = await openStudy(spec, { store });
        const trial = await asked.ask();
        expect(trial?.number).toBe(number);
        const value = curve(trial as Parameters<typeof curve>[0]);
        if (told) await asked.tell(number, value);
        await asked.close();
      }
    }
    expect(decided(store, "s")).toEqual(expected);
    expect(expected.map((trial) => (trial as { state: string }).state)).toEqual(["complete", "pruned", "pruned"]);
  });

  it("takes a trial that was told to stop as pruned, whatever is told of it", async () => {
    const store = memoryStore();
    const asked = await openStudy(study({ pruner: after(1), lookahead: 2, x: [0, 1, 2] }), { store });
    const first = await asked.ask();
    expect(first?.report(1, 5)).toBe(true);
    expect(first?.report(1, Number.NaN)).toBe(true);
    await asked.tell(0, new Error("told to stop"));
    expect(() => first?.report(2, 4)).toThrow("it must come before the objective of trial 0 has ended");
    await asked.ask();
    await asked.ask();
    await asked.tell(1, new Error("bad luck"));
    await expect(asked.tell(2, Number.NaN)).rejects.toMatchObject({ code: "OBJECTIVE_INVALID" });
    await asked.tell(2, 3);
    await asked.close();
    const outcomes = store.load("s").trials.map(({ outcome }) => [outcome?.state, outcome?.values["value"]?.value, outcome?.reported]);
    expect(outcomes).toEqual([
      ["pruned", 5, { steps: [1], values: [5] }],
      ["failed", undefined, undefined],
      ["complete", 3, undefined],
    ]);
  });

  it.each([
    ["a step that is no number", "x", 1, 'step must be an integer of at least 0, such as the number of epochs done; got "x".'],
    ["half a step", 1.5, 1, "step must be an integer of at least 0, such as the number of epochs done; got 1.5."],
    ["a step below 0", -1, 1, "step must be an integer of at least 0, such as the number of epochs done; got -1."],
    ["the same step", 3, 1, "steps must ascend; got 3 after 3. Report each step once, when its value is known."],
    [
      "NaN",
      4,
      Number.NaN,
      "value must be a number that is not NaN; got NaN at step 4. Report Infinity or -Infinity for what has diverged.",
    ],
    ["no number", 4, "1", 'value must be a number that is not NaN; got "1" at step 4. Report Infinity or -Infinity for what has diverged.'],
  ])("tells of a report with %s", async (_, step, value, sentence) => {
    const spec = defineStudy({
      ...base,
      retries: 0,
      objective: ({ report }) => {
        report(3, 1);
        return Number(report(step as number, value as number));
      },
    });
    const [trial] = (await runOf(spec)).load("s").trials;
    expect(trial?.outcome).toMatchObject({
      state: "failed",
      incident: { code: "OBJECTIVE_INVALID", message: `trial.report(): ${sentence}` },
    });
  });

  it("refuses a report after the objective's end", async () => {
    let late: (() => unknown) | undefined;
    const spec = defineStudy({
      ...base,
      objective: ({ report }) => {
        late = () => report(1, 1);
        return 1;
      },
    });
    await runOf(spec);
    expect(late).toThrow(
      "trial.report(): it must come before the objective of trial 0 has ended; await all that reports before you return.",
    );
  });

  it("is checked when it is defined, and is part of the study", async () => {
    expect(() => defineStudy({ ...base, pruner: "median" as never, objective: curve })).toThrow("pruner must be a pruner such as median()");
    const two = { metrics: { a: "minimize", b: "minimize" }, objectives: ["a", "b"] } as const;
    expect(() => defineStudy({ ...base, ...two, pruner: median(), objective: () => ({ a: 1, b: 1 }) })).toThrow(
      "a pruner must have one objective to compare trials by; got median() with 2 objectives.",
    );
    const store = await runOf(study({ pruner: hyperband({ maxSteps: 9 }) }));
    expect(store.header("s")?.declaration.pruner).toEqual({ name: "hyperband", options: { factor: 3, maxSteps: 9, minSteps: 1 } });
    await expect(openStudy(study({}), { store })).rejects.toMatchObject({ code: "STUDY_CHANGED", data: { fields: ["pruner"] } });
  });
});

const base = { name: "s", space: { x: values([0]) }, sampler: grid() };

/** Falls from 0.75 + x to x in four steps. */
function curve({
  params,
  report,
}: {
  readonly params: { readonly x?: unknown };
  readonly report: (step: number, value: number) => boolean;
}): number {
  const x = params.x as number;
  for (let step = 1; step <= 4; step++) if (report(step, x + 1 - step / 4)) return x;
  return x;
}

function study({
  pruner,
  lookahead,
  x = [0],
}: {
  readonly pruner?: Pruner;
  readonly lookahead?: number;
  readonly x?: number[];
}): StudySpec {
  return defineStudy({
    ...base,
    space: { x: values(x) },
    objective: curve,
    ...(pruner === undefined ? {} : { pruner }),
    ...(lookahead === undefined ? {} : { lookahead }),
  });
}

/** Stops every trial once it has reported so many steps. */
function after(steps: number): Pruner {
  return { name: "after", options: { steps }, verdict: (view) => (view.steps.length < steps ? undefined : `seen ${steps} steps`) };
}
