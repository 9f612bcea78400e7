import { defineStudy, float, grid, openStudy, random, type Sampler, values } from "hpo";
import type { Batch, Store } from "#hpo/core/store";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { afterEach, describe, expect, it, vi } from "vitest";
import { allSeeing } from "../samplers/exported-samplers.ts";

interface CountedStore extends Store {
  readonly batches: Batch[];
}

function counted(): CountedStore {
  const store = memoryStore();
  const batches: Batch[] = [];
  return {
    ...store,
    batches,
    commit(study, holder, batch) {
      store.commit(study, holder, batch);
      batches.push(batch);
    },
  };
}

describe("a run in this process", () => {
  const samplers: readonly [string, () => Sampler][] = [
    ["random()", random],
    ["a sampler that sees everything", allSeeing],
  ];
  it.each(samplers)("takes no more commits than trials / lookahead + 2 besides those for time: %s", async (_, sampler) => {
    const store = counted();
    const spec = defineStudy({
      name: "gathered",
      space: { x: float(-1, 1) },
      objective: ({ params: { x } }) => x * x,
      sampler: sampler(),
      lookahead: 8,
      trials: 96,
    });
    const study = await openStudy(spec, { store });
    const start = performance.now();
    const { trials } = await study.run();
    // On a machine that is held up, rows wait for no longer than 0.1 s.
    const forTime = Math.floor((performance.now() - start) / 100);
    await study.close();
    expect(trials.filter(({ state }) => state === "complete")).toHaveLength(96);
    expect(store.batches.length).toBeLessThanOrEqual(96 / 8 + 2 + forTime);
  });

  it("shows a sampler no outcome that is not durable", async () => {
    const store = counted();
    const unwritten: number[] = [];
    const inner: Sampler = allSeeing();
    const sampler: Sampler = {
      ...inner,
      absorb(state, trial) {
        const written = store.batches.some(({ outcomes = [] }) => outcomes.some((outcome) => outcome.trial === trial.number));
        if (!written) unwritten.push(trial.number);
        return inner.absorb(state, trial);
      },
    };
    const spec = defineStudy({
      name: "durable",
      space: { x: float(-1, 1) },
      objective: ({ params: { x } }) => x * x,
      sampler,
      lookahead: 4,
      trials: 30,
    });
    const study = await openStudy(spec, { store });
    await study.run();
    await study.close();
    expect(unwritten).toEqual([]);
  });

  it("has written a trial of more than 0.1 s when the next one begins, although that never lets a timer fire", async () => {
    const store = counted();
    const seen: number[] = [];
    const spec = defineStudy({
      name: "long",
      space: { x: values([0, 1, 2]) },
      sampler: grid(),
      objective({ number, params: { x } }) {
        seen.push(store.batches.flatMap(({ outcomes = [] }) => outcomes).length);
        const end = performance.now() + (number < 2 ? 120 : 0);
        while (performance.now() < end);
        return x;
      },
    });
    const study = await openStudy(spec, { store });
    await study.run();
    await study.close();
    expect(seen).toEqual([0, 1, 2]);
  });
});

describe("a write that takes for long", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("is told by the run, and by what was asked and told", async () => {
    const note = ["one write to the database took 7 s: others write to the same file, or the disk is slow"];
    const real = performance.now.bind(performance);
    let ahead = 0;
    vi.spyOn(performance, "now").mockImplementation(() => real() + ahead);
    const inner = memoryStore();
    const slow: Store = {
      ...inner,
      commit(...args) {
        inner.commit(...args);
        if (ahead === 0) ahead = 7000;
      },
    };
    const spec = defineStudy({ name: "slow", space: { x: values([0, 1]) }, objective: ({ params: { x } }) => x });
    const study = await openStudy(spec, { store: slow });
    expect((await study.run()).runs.at(-1)?.notes).toEqual(note);
    ahead = 0;
    const asked = await openStudy({ ...spec, name: "asked" }, { store: slow });
    const trial = await asked.ask();
    await asked.tell(trial?.number ?? -1, 1);
    await asked.close();
    expect(inner.snapshot("asked").runs.at(-1)?.notes).toEqual(note);
  });
});
