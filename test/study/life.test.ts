import { accuracy, csv, defineStudy, inMemory, kFold, mse, openStudy, random, type StudySpec, svm, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { ridge } from "../fixtures/ridge.ts";
import { dataFolder } from "../validation/iris.ts";

const three = defineStudy({ name: "three", space: { x: values([0, 1, 2]) }, objective: ({ params: { x } }) => x });

/** A store whose n-th commit fails, as on a full disk. */
function fullAt(commit: number): Store & { commits(): number } {
  const store = memoryStore();
  let commits = 0;
  return {
    ...store,
    commits: () => commits,
    commit(study: string, holder: string, batch: Batch) {
      if (++commits >= commit) throw new Error("database or disk is full");
      store.commit(study, holder, batch);
    },
  };
}

/** Whoever runs the study next can: no lease, no interval stayed. */
async function runsAgain(spec: StudySpec, store: Store): Promise<void> {
  const study = await openStudy(spec, { store });
  expect((await study.run()).state).toBe("complete");
  await study.close();
}

describe("a run that can't go on", () => {
  it("ends with the error when the disk is full, at any commit, and gives the lease back", async () => {
    // How many commits a run takes hangs on the clock; its start, its results and its end are three at least.
    for (let commit = 1; ; commit++) {
      const store = fullAt(commit);
      const study = await openStudy(three, { store });
      const ended = await study.run().catch((error: unknown) => error);
      await study.close();
      expect(store.snapshot("three").state).not.toBe("running");
      if (store.commits() < commit) {
        expect(ended).toMatchObject({ state: "complete" });
        expect(commit).toBeGreaterThan(3);
        break;
      }
      expect(ended).toMatchObject({ message: "database or disk is full" });
    }
  });

  it("does not begin, and is not stored, when its first model can't do what is asked", async () => {
    const data = inMemory({ name: "tiny", features: [[0], [1], [2], [3]], target: ["a", "b", "a", "b"] });
    const model = { name: "traits", data, space: {}, cv: kFold({ folds: 2 }), metrics: { accuracy: accuracy() } };
    const refused: [StudySpec, string][] = [
      [defineStudy({ ...model, model: () => ridge({ alpha: 1 }) }), "ridge(): the target must be a number for regression; y is a class."],
      [
        defineStudy({
          ...model,
          metrics: { mse: mse() },
          model: () => ridge({ alpha: 1 }),
          data: inMemory({ name: "tiny", features: [[0], [1]], target: ["a", "b"], kind: "class" }),
        }),
        "metrics: mse must be a classification metric",
      ],
    ];
    for (const [spec, message] of refused) {
      const store = memoryStore();
      await expect(openStudy(spec, { store })).rejects.toThrow(message);
      expect(store.list()).toEqual([]);
    }
  });

  it("ends as failed when a later model can't do what is asked, with the cure", async () => {
    const store = memoryStore();
    const study = await openStudy(
      defineStudy({
        name: "later",
        data: inMemory({ name: "tiny", features: [[0], [1], [2], [3]], target: ["a", "b", "a", "b"] }),
        space: { kind: values([1, 2]) },
        model: ({ kind }) => (kind === 1 ? svm({ kernel: "linear", C: 1 }) : ridge({ alpha: 1 })),
        cv: kFold({ folds: 2 }),
        metrics: { accuracy: accuracy() },
      }),
      { store },
    );
    await expect(study.run()).rejects.toThrow("ridge(): the target must be a number for regression; y is a class.");
    expect(store.snapshot("later").state).toBe("failed");
    await expect(study.run()).rejects.toMatchObject({ name: "HpoError" });
    await study.close();
  });

  it("releases the lease when its executor can't be made, and takes good options then", async () => {
    const store = memoryStore();
    const study = await openStudy(three, { store });
    await expect(study.run({ workers: 0 })).rejects.toThrow("workers must be an integer from 1 to 1024; got 0");
    await expect(study.run({ workers: 2 })).rejects.toThrow("workers must be 1");
    for (const memory of [0, -1, Number.NaN, Infinity]) {
      await expect(study.run({ memory })).rejects.toThrow(`memory must be a number of bytes above 0, such as 2e9; got ${memory}.`);
    }
    await expect(study.run({ trialMemory: 0 })).rejects.toThrow("trialMemory must be a number of bytes above 0, such as 2e9; got 0.");
    await expect(study.run({ isolation: "vm" as "thread" })).rejects.toThrow(`isolation must be "thread" or "process"; got "vm".`);
    await expect(study.run({ isolation: "thread", trialMemory: 1e9 })).rejects.toThrow(
      `isolation must be "process" where trialMemory is given, since nobody can tell whose memory in one process is whose; got "thread".`,
    );
    await expect(study.run({ trialMemory: 1e9 })).rejects.toThrow(`isolation must be "thread" for a study made in this process`);
    expect((await study.run()).state).toBe("complete");
    await study.close();
  });

  it("releases the lease when the study can't be read", async () => {
    const store = memoryStore();
    const unreadable: Store = {
      ...store,
      load: () => {
        throw new Error("can't be read");
      },
    };
    const study = await openStudy(three, { store: unreadable });
    await expect(study.run()).rejects.toThrow("can't be read");
    await expect(study.ask()).rejects.toThrow("can't be read");
    await study.close();
    await runsAgain(three, store);
  });

  it("ends with what its progress listener throws", async () => {
    const store = memoryStore();
    const study = await openStudy(three, { store });
    const onProgress = (): void => {
      throw new Error("no screen");
    };
    await expect(study.run({ onProgress, progressIntervalMs: 0 })).rejects.toThrow("no screen");
    await study.close();
    await runsAgain(three, store);
  });

  it("ends when a sampler throws", async () => {
    const broken = {
      ...random(),
      propose: () => {
        throw new Error("no idea");
      },
    };
    const store = memoryStore();
    const study = await openStudy(defineStudy({ name: "broken", space: {}, objective: () => 1, sampler: broken, trials: 3 }), { store });
    await expect(study.run()).rejects.toThrow("no idea");
    await study.close();
    expect(store.snapshot("broken").state).toBe("failed");
  });
});

describe("a run that is ended from outside", () => {
  const waiting = defineStudy({
    name: "waiting",
    space: { x: values([0, 1, 2]) },
    objective: ({ params: { x }, signal }) =>
      x === 1 ? new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))) : x,
  });

  it("does nothing for a signal that is aborted already", async () => {
    const study = await openStudy(three, { store: memoryStore() });
    const { state, trials } = await study.run({ signal: AbortSignal.abort() });
    expect([state, trials]).toEqual(["stopped", []]);
    expect((await study.run()).state).toBe("complete");
    await study.close();
  });

  it("is cut off by close(), which waits for its end", async () => {
    const store = memoryStore();
    const study = await openStudy(waiting, { store });
    let closing: Promise<void> | undefined;
    const running = study.run({
      progressIntervalMs: 0,
      onProgress: ({ done }) => {
        if (done === 1) closing ??= study.close();
      },
    });
    const { state, trials } = await running;
    await closing;
    expect([state, trials.map((trial) => trial.state)]).toEqual(["stopped", ["complete", "waiting", "waiting"]]);
    await expect(study.run()).rejects.toThrow("it was closed");
    await expect(study.ask()).rejects.toThrow("it was closed");
    await study.close();
  });

  it("is cut off by close() with a database of its own", async () => {
    const study = await openStudy(waiting, { database: ":memory:" });
    let closing: Promise<void> | undefined;
    const running = study.run({
      progressIntervalMs: 0,
      onProgress: ({ done }) => {
        if (done === 1) closing ??= study.close();
      },
    });
    expect((await running).state).toBe("stopped");
    await closing;
  });

  it("runs one at a time", async () => {
    const study = await openStudy(three, { store: memoryStore() });
    const first = study.run();
    await expect(study.run()).rejects.toMatchObject({ code: "STUDY_BUSY" });
    await expect(study.ask()).rejects.toMatchObject({ code: "STUDY_BUSY" });
    expect((await first).state).toBe("complete");
    await study.close();
  });

  it("keeps to its time also where tasks never await, and stores each result at once", async () => {
    const objective = ({ params: { x } }: { params: { x: number } }): number => {
      for (const start = performance.now(); performance.now() - start < 10; );
      return x;
    };
    const spec = defineStudy({ name: "busy", space: { x: values([0, 1]) }, objective, sampler: random(), timeBudgetSeconds: 0.1 });
    const study = await openStudy(spec, { store: memoryStore() });
    const { state, trials } = await study.run();
    expect(state).toBe("complete");
    expect(trials.filter((trial) => trial.state === "complete").length).toBeLessThan(30);
    await study.close();
  });

  it("is complete when its time is over at once and nothing else ends it, and runs on with a budget of years", async () => {
    const objective = async (): Promise<number> => new Promise((resolve) => setTimeout(() => resolve(1), 5));
    const spec = defineStudy({ name: "budget", space: { x: values([0, 1]) }, objective, sampler: random(), timeBudgetSeconds: 1e-9 });
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    expect((await study.run()).state).toBe("complete");
    await study.close();
    const long = await openStudy(spec, { store, timeBudgetSeconds: 1e9, trials: 100 });
    const { state, trials } = await long.run();
    expect(state).toBe("complete");
    expect(trials.map((trial) => trial.state)).toEqual(new Array(100).fill("complete"));
    await long.close();
  });

  it("finishes what is planned when the total is lowered below it", async () => {
    const store = memoryStore();
    const study = await openStudy(three, { store });
    for (let count = 0; count < 2; count++) await study.ask();
    await study.close();
    const less = await openStudy(three, { store, trials: 1 });
    const totals = new Set<number | null>();
    const { state, trials } = await less.run({ onProgress: ({ total }) => totals.add(total) });
    expect([state, trials.map((trial) => trial.state), [...totals]]).toEqual(["complete", ["complete", "complete"], [2]]);
    await less.close();
  });
});

describe("study.ask()", () => {
  it("leaves a study stopped while trials are left, and complete at the end", async () => {
    const store = memoryStore();
    const study = await openStudy(three, { store });
    await study.tell((await study.ask())?.number ?? -1, 1);
    await study.close();
    expect(store.snapshot("three").state).toBe("stopped");
    const rest = await openStudy(three, { store });
    await rest.tell((await rest.ask())?.number ?? -1, 1);
    await rest.tell((await rest.ask())?.number ?? -1, 1);
    await rest.close();
    expect(store.snapshot("three").state).toBe("complete");
  });

  it("takes values for trials that a run left behind, folds judged or not", async () => {
    const store = memoryStore();
    const spec = defineStudy({
      name: "left",
      data: csv("iris.csv.gz", { target: "y" }),
      space: { C: values([1, 2, 3]) },
      model: ({ C }) => svm({ kernel: "linear", C }),
      cv: kFold({ folds: 2, shuffle: true }),
      metrics: { accuracy: accuracy() },
    });
    const folder = process.cwd();
    process.chdir(dataFolder);
    try {
      const study = await openStudy(spec, { store });
      await study.run({ progressIntervalMs: 0, onProgress: ({ tasksDone }) => tasksDone > 0 && study.stop() });
      await study.close();
      const asked = await openStudy(spec, { store });
      const left = store.snapshot("left").trials.filter((trial) => trial.state === "waiting");
      for (const { number } of left) await asked.tell(number, 0.5);
      await asked.close();
      expect(store.snapshot("left").trials.every((trial) => trial.state === "complete")).toBe(true);
    } finally {
      process.chdir(folder);
    }
  });
});
