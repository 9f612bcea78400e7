import { defineStudy, float, openStudy, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Store } from "#hpo/core/store";
import { hillClimber } from "../fixtures/hill-climber.ts";

const spec = defineStudy({ name: "asked", space: { x: values([3, 1, 2]) }, objective: () => 0 });

describe("ask and tell", () => {
  it("store a round of trials asked for and told in one transaction", async () => {
    const store = counted(memoryStore());
    const lookahead = 4;
    const search = defineStudy({
      name: "rounds",
      space: { x: float(0, 1) },
      objective: () => 0,
      sampler: hillClimber(),
      lookahead,
      trials: 20,
    });
    const study = await openStudy(search, { store });
    for (let round = 0; round < 5; round++) {
      const asked = await Promise.all(Array.from({ length: lookahead }, () => study.ask()));
      await Promise.all(asked.map((trial) => study.tell(trial?.number ?? -1, trial?.params["x"] as number)));
    }
    await study.close();
    expect(store.snapshot("rounds").state).toBe("complete");
    expect(store.commits).toBeLessThanOrEqual(20 / lookahead + 2);
  });

  it("show an asked trial at once, and a value once it is durable", async () => {
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    const told = study.ask().then((trial) => study.tell(trial?.number ?? -1, 5));
    expect(store.snapshot("asked").trials).toEqual([]);
    await told;
    expect(store.snapshot("asked").trials.map(({ state }) => state)).toEqual(["complete"]);
    await study.ask();
    expect(study.snapshot().trials.map(({ state }) => state)).toEqual(["complete", "waiting"]);
    await study.close();
  });

  it("wait for values that are on their way to the store, and refuse them twice", async () => {
    const study = await openStudy(
      defineStudy({ name: "one", space: { x: float(0, 1) }, objective: () => 0, sampler: hillClimber(), lookahead: 1, trials: 2 }),
      { store: memoryStore() },
    );
    await study.ask();
    const [, next, twice] = await Promise.allSettled([study.tell(0, 1), study.ask(), study.tell(0, 2)]);
    expect(next).toMatchObject({ status: "fulfilled", value: { number: 1 } });
    expect(twice).toMatchObject({ status: "rejected", reason: { code: "TRIAL_NOT_FOUND" } });
    await study.close();
  });

  it("fail for good where a trial could not be stored, and hand the same trial out again later", async () => {
    const store = memoryStore();
    let full = false;
    const commit: Store["commit"] = (...batch) => {
      if (full) throw new Error("database or disk is full");
      store.commit(...batch);
    };
    const study = await openStudy(spec, { store: { ...store, commit } });
    full = true;
    const asked = await study.ask();
    await expect(study.tell(0, 1)).rejects.toThrow("disk is full");
    full = false;
    await expect(study.ask()).rejects.toThrow("disk is full");
    await expect(study.close()).rejects.toThrow("disk is full");
    const again = await openStudy(spec, { store });
    expect(await again.ask()).toMatchObject({ number: 0, params: asked?.params });
    await again.close();
  });
});

function counted(store: Store): Store & { readonly commits: number } {
  let commits = 0;
  return {
    ...store,
    commit(...batch) {
      commits++;
      store.commit(...batch);
    },
    get commits() {
      return commits;
    },
  };
}

describe("a clock that is set while a trial is out", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each([3_600_000, -3_600_000])("is no time that the trial took (%d ms)", async (jump) => {
    const store = memoryStore();
    const study = await openStudy(defineStudy({ name: "clock", space: { x: values([0, 1]) }, objective: ({ params: { x } }) => x }), {
      store,
    });
    const real = Date.now.bind(Date);
    const trial = await study.ask();
    vi.spyOn(Date, "now").mockImplementation(() => real() + jump);
    await study.tell(trial?.number ?? -1, 1);
    const [evaluation] = store.evaluations("clock", 0);
    expect(evaluation?.time.wallSeconds).toBeGreaterThan(0);
    expect(evaluation?.time.wallSeconds).toBeLessThan(3000);
    await study.close();
  });
});
