import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineStudy, grid, HpoError, openStudy, random, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { studyAnswers } from "../study-answers.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-run-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fixture(name: string): string {
  return path.join(fixtures, `${name}.ts`);
}

async function answersOf(file: string, workers: number): Promise<string[]> {
  const store = memoryStore();
  const study = await openStudy(file, { store });
  const { state } = await study.run({ workers });
  await study.close();
  expect(state).toBe("complete");
  return studyAnswers(store, study.name);
}

describe("study.run()", () => {
  it.each(["quadratic", "iris-centroid", "iris-svm", "iris-relay"])("gives equal bits for 1, 2 and 3 workers: %s", async (name) => {
    const one = await answersOf(fixture(name), 1);
    expect(one.length).toBeGreaterThan(4);
    expect(await answersOf(fixture(name), 2)).toEqual(one);
    expect(await answersOf(fixture(name), 3)).toEqual(one);
  });

  it("finds the best of a grid and counts its work", async () => {
    const store = memoryStore();
    const study = await openStudy(fixture("quadratic"), { store });
    const { trials, fits, wallSeconds } = await study.run({ workers: 2 });
    await study.close();
    const best = trials.reduce((a, b) => ((a.values["value"]?.value ?? 0) <= (b.values["value"]?.value ?? 0) ? a : b));
    expect(best.params).toEqual({ x: 2, y: 1 });
    expect(best.values["value"]?.value).toBeCloseTo(0.1, 12);
    expect([trials.length, fits]).toEqual([12, 12]);
    expect(wallSeconds).toBeGreaterThan(0);
  });

  it("charges each failure to one trial, with what happened, and goes on", async () => {
    const store = memoryStore();
    const study = await openStudy(fixture("misbehaving"), { store });
    const { trials, attempts, state } = await study.run({ workers: 2 });
    await study.close();
    expect(state).toBe("complete");
    const told = Object.fromEntries(trials.map((trial) => [trial.params["way"], [trial.state, trial.incident]]));
    expect(told["well"]).toEqual(["complete", null]);
    expect(told["throws"]).toEqual(["failed", expect.stringContaining("it broke")]);
    expect(told["throws text"]).toEqual(["failed", expect.stringContaining("just a text")]);
    expect(told["nan"]).toEqual(["failed", expect.stringContaining("NaN")]);
    expect(told["nothing"]).toEqual(["failed", expect.stringContaining("number")]);
    for (const way of ["exit", "loops", "late"]) expect(told[way]?.[0]).toBe("failed");
    const kinds = new Map(attempts.map((attempt) => [trials[attempt.trials[0] as number]?.params["way"], attempt.incident.kind]));
    expect(kinds.get("loops")).toBe("timeout");
    expect(kinds.get("late")).toBe("timeout");
    expect(kinds.get("exit")).toBe("crash");
    // Each failed task was tried twice: retries is 1 by default. A slow machine may cut a good one off once, too.
    expect(attempts.filter((attempt) => trials[attempt.trials[0] as number]?.state === "failed")).toHaveLength(2 * 7);
  });

  it("goes on where it was stopped, and ends as if it had not been", async () => {
    const whole = await answersOf(fixture("iris-centroid"), 1);
    const database = path.join(folder, "stopped.sqlite");
    for (let stops = 0; ; stops++) {
      const study = await openStudy(fixture("iris-centroid"), { database });
      // Stops as soon as a task runs; that one ends.
      const { state, trials } = await study.run({
        workers: 1,
        progressIntervalMs: 0,
        onProgress: ({ slots }) => slots.some(({ label }) => label !== null) && study.stop(),
      });
      await study.close();
      if (state === "complete") {
        expect(stops).toBeGreaterThan(1);
        expect(trials).toHaveLength(5);
        break;
      }
      expect(stops).toBeLessThan(30);
    }
    const { openStore } = await import("#hpo/store/open-store");
    const store = openStore(database);
    expect(studyAnswers(store, "iris-centroid")).toEqual(whole);
    store.close();
  });

  it("cuts running tasks off when its signal aborts, and loses nothing that was durable", async () => {
    const store = memoryStore();
    const spec = defineStudy({
      name: "abort",
      space: { x: values([0, 1, 2]) },
      objective: ({ params: { x }, signal }) =>
        x === 1 ? new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))) : x,
      sampler: grid(),
    });
    const study = await openStudy(spec, { store });
    const controller = new AbortController();
    const { state, trials } = await study.run({
      signal: controller.signal,
      progressIntervalMs: 0,
      onProgress: ({ done }) => done === 1 && controller.abort(),
    });
    expect(state).toBe("stopped");
    expect(trials.map((trial) => trial.state)).toEqual(["complete", "waiting", "waiting"]);
    await study.close();
  });

  it("ends when the time is over, and says that it is complete", async () => {
    const store = memoryStore();
    const spec = defineStudy({
      name: "budget",
      space: { x: values([0, 1]) },
      objective: ({ params: { x } }) => new Promise<number>((resolve) => setTimeout(() => resolve(x), 5)),
      sampler: random(),
      timeBudgetSeconds: 0.1,
    });
    const study = await openStudy(spec, { store });
    const { state, trials } = await study.run();
    expect(state).toBe("complete");
    expect(trials.filter((trial) => trial.state === "complete").length).toBeGreaterThan(2);
    await study.close();
  });

  it("takes more trials later, and those before stay as they are", async () => {
    const store = memoryStore();
    const few = await openStudy(fixture("iris-centroid"), { store, trials: 2 });
    expect((await few.run({ workers: 1 })).trials).toHaveLength(2);
    await few.close();
    const more = await openStudy(fixture("iris-centroid"), { store });
    await more.run({ workers: 1 });
    await more.close();
    expect(studyAnswers(store, "iris-centroid")).toEqual(await answersOf(fixture("iris-centroid"), 1));
  });

  it("refuses workers for a study made in the process, with the cure", async () => {
    const spec = defineStudy({ name: "inline", space: { x: values([0]) }, objective: () => 0, sampler: grid() });
    const study = await openStudy(spec, { store: memoryStore() });
    await expect(study.run({ workers: 2 })).rejects.toThrow(/workers must be 1 .* got 2\. Put the study into a file/);
    await study.close();
  });

  it("tells a second run of the same study who has it", async () => {
    const database = path.join(folder, "busy.sqlite");
    const first = await openStudy(fixture("quadratic"), { database });
    const second = await openStudy(fixture("quadratic"), { database });
    const running = first.run({ workers: 1 });
    await expect(second.run({ workers: 1 })).rejects.toMatchObject({ code: "STUDY_BUSY" });
    await running;
    expect((await second.run({ workers: 1 })).state).toBe("complete");
    await Promise.all([first.close(), second.close()]);
  });

  it("names the declared fields that differ from the stored study", async () => {
    const store = memoryStore();
    const objective = (): number => 0;
    const study = { name: "changed", space: { x: values([0, 1]) }, objective, sampler: grid() };
    await (await openStudy(defineStudy(study), { store })).close();
    const other = defineStudy({ ...study, space: { x: values([0, 2]) }, seed: 7 });
    const error = await openStudy(other, { store }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HpoError);
    expect(error).toMatchObject({ code: "STUDY_CHANGED", data: { fields: ["space", "seed"] } });
    await (await openStudy(other, { store, fork: "forked" })).close();
    await (await openStudy(other, { store, fresh: true })).close();
    const names = store.list().map(({ name }) => name.replace(/@\d{4}-\d\d-\d\d$/, "@date"));
    expect(names.sort()).toEqual(["changed", "changed@date", "forked"]);
  });

  it("refuses changed code until it is accepted", async () => {
    const store = memoryStore();
    const study = { name: "code", space: { x: values([0, 1]) }, sampler: grid() };
    await (await openStudy(defineStudy({ ...study, objective: () => 0 }), { store })).close();
    const changed = defineStudy({ ...study, objective: () => 1 });
    await expect(openStudy(changed, { store })).rejects.toMatchObject({ code: "CODE_CHANGED" });
    await (await openStudy(changed, { store, acceptCode: true })).close();
    await (await openStudy(changed, { store })).close();
  });
});

describe("study.ask() and study.tell()", () => {
  const spec = defineStudy({ name: "asked", space: { x: values([3, 1, 2]) }, objective: () => 0, sampler: grid() });

  it("hand trials out and take values in", async () => {
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
      if (trial.params["x"] === 1) await study.tell(trial.number, new Error("no luck"));
      else await study.tell(trial.number, trial.params["x"] as number);
    }
    await study.close();
    const { trials, state } = store.snapshot("asked");
    expect(trials.map((trial) => [trial.state, trial.values["value"]?.value])).toEqual([
      ["complete", 3],
      ["failed", undefined],
      ["complete", 2],
    ]);
    expect(state).toBe("complete");
  });

  it("hand a trial out again that an earlier process asked for and never told", async () => {
    const store = memoryStore();
    const before = await openStudy(spec, { store });
    const asked = await before.ask();
    await before.close();
    const after = await openStudy(spec, { store });
    expect(await after.ask()).toMatchObject({ number: 0, params: asked?.params, seed: asked?.seed });
    expect(await after.ask()).toMatchObject({ number: 1 });
    await after.close();
  });

  it("refuse values for trials that don't wait for one", async () => {
    const study = await openStudy(spec, { store: memoryStore() });
    await expect(study.tell(0, 1)).rejects.toThrow("it was never asked for");
    await study.ask();
    await expect(study.tell(0, Number.NaN)).rejects.toThrow("must return a number that is not NaN; got NaN");
    await study.tell(0, 1);
    await expect(study.tell(0, 1)).rejects.toThrow("it has a value already");
    await study.close();
  });
});
