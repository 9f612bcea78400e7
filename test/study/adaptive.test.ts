import { fileURLToPath } from "node:url";
import { defineStudy, float, openStudy } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { hillClimber } from "../fixtures/hill-climber.ts";
import { studyAnswers } from "../study-answers.ts";

const climb = fileURLToPath(new URL("../fixtures/climb.ts", import.meta.url));

async function answersOf(workers: number): Promise<string[]> {
  const store = memoryStore();
  const study = await openStudy(climb, { store });
  const { state } = await study.run({ workers });
  await study.close();
  expect(state).toBe("complete");
  return [...studyAnswers(store, "climb"), ...whys(store)];
}

function whys(store: Store): string[] {
  return store.snapshot("climb").trials.map(({ why, group }) => `${group} ${why}`);
}

describe("an adaptive study", () => {
  it("proposes the same trials for 1, 2 and 3 workers, and after every stop", async () => {
    const one = await answersOf(1);
    expect(one.filter((line) => line.includes('"failed"'))).toHaveLength(3);
    expect(one.at(-1)).toBe("15 12 seen, 3 pending");
    expect(await answersOf(2)).toEqual(one);
    expect(await answersOf(3)).toEqual(one);

    const store = memoryStore();
    let stops = 0;
    for (let state = ""; state !== "complete"; stops++) {
      const study = await openStudy(climb, { store });
      let ended = 0;
      const onProgress = ({ tasksDone }: { tasksDone: number }): void => {
        ended = tasksDone;
        if (ended >= 2 + stops) study.stop();
      };
      state = (await study.run({ workers: 2, progressIntervalMs: 0, onProgress })).state;
      await study.close();
      expect(stops).toBeLessThan(16);
    }
    expect(stops).toBeGreaterThan(1);
    expect([...studyAnswers(store, "climb"), ...whys(store)]).toEqual(one);
  });

  it("says so when there are more workers than its lookahead can keep busy", async () => {
    for (const [workers, notes] of [
      [4, []],
      [5, ["5 workers, of which 4 can be busy: lookahead 4 lets so many trials run at once"]],
    ] as const) {
      const study = await openStudy(climb, { store: memoryStore() });
      const { runs } = await study.run({ workers });
      await study.close();
      expect(runs.at(-1)?.notes).toEqual(notes);
    }
  });

  it("ends with the sampler, also where that ends at once", async () => {
    for (const end of [0, 5]) {
      const spec = defineStudy({
        name: "ends",
        space: { x: float(0, 1) },
        objective: ({ params }) => params.x,
        sampler: hillClimber(end),
        lookahead: 2,
      });
      const store = memoryStore();
      const study = await openStudy(spec, { store });
      const { state, trials } = await study.run();
      expect([state, trials.length]).toEqual(["complete", end]);
      expect((await study.run()).trials).toEqual(trials);
      await study.close();
    }
  });

  it("waits in ask() for the outcomes that the lookahead shows, and takes over in run()", async () => {
    const make = (): ReturnType<typeof defineStudy> =>
      defineStudy({
        name: "asked",
        space: { x: float(0, 1) },
        objective: ({ params: { x } }) => (x - 0.2) ** 2,
        sampler: hillClimber(),
        lookahead: 2,
        trials: 6,
      });
    const straight = memoryStore();
    const whole = await openStudy(make(), { store: straight });
    const expected = (await whole.run()).trials.map(({ params, values }) => [params, values]);
    await whole.close();

    const store = memoryStore();
    const study = await openStudy(make(), { store });
    const first = await study.ask();
    await study.ask();
    await expect(study.ask()).rejects.toThrow("trial 2 needs the value of trial 0 (lookahead 2); tell(0, …) first");
    await study.tell(0, ((first?.params["x"] as number) - 0.2) ** 2);
    await study.ask();
    await expect(study.run()).rejects.toMatchObject({ code: "STUDY_BUSY" });
    await study.close();
    const after = await openStudy(make(), { store });
    const { trials, state } = await after.run();
    await after.close();
    expect(state).toBe("complete");
    expect(trials.map(({ params, values }) => [params, values])).toEqual(expected);
  });
});
