import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  accuracy,
  choice,
  defineStudy,
  float,
  inMemory,
  kFold,
  openStudy,
  populationBased,
  readCheckpoint,
  sobol,
  startup,
  svm,
  threshold,
  type Trial,
  values,
} from "hpo";
import { checkpointBytes } from "#hpo/store/checkpoint-bytes";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { descend } from "../fixtures/training.ts";
import { studyAnswers } from "../study-answers.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hpo-checkpoints-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const training = fileURLToPath(new URL("../fixtures/training.ts", import.meta.url));
const text = (bytes: Uint8Array | undefined): string => (bytes === undefined ? "nothing" : Buffer.from(bytes).toString());

/** Each trial appends its number to what its parent left. */
function appended({ number, checkpoint }: Trial): number {
  checkpoint.write(Buffer.from(`${checkpoint.read() === undefined ? "" : `${text(checkpoint.read())} `}${number}`));
  return number;
}

const relay = (objective: (trial: Trial) => number | Promise<number>, more: object = {}) =>
  defineStudy({
    name: "relay",
    space: { x: float(0, 1) },
    objective,
    sampler: populationBased({ members: 3, exploit: 0 }),
    trials: 12,
    retries: 0,
    ...more,
  });

async function runInline(spec: ReturnType<typeof relay>): Promise<Store> {
  const store = memoryStore();
  const study = await openStudy(spec, { store });
  await study.run();
  await study.close();
  return store;
}

const keptOf = (store: Store, name = "relay"): string[] =>
  store.load(name).checkpoints.map((trial) => {
    const stored = store.checkpoint(name, trial);
    return text(stored && checkpointBytes(stored));
  });

describe("checkpoints", () => {
  it("go from each interval of a member to its next, and only those that may be continued and the best one stay", async () => {
    const store = await runInline(relay(appended));
    const { trials } = store.snapshot("relay");
    expect(trials.map(({ parent }) => parent)).toEqual([null, null, null, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // lookahead 3: trial 12 would see trials 0 to 9, and continue one of 7 to 9.
    expect(keptOf(store)).toEqual(["0", "1 4 7", "2 5 8", "0 3 6 9", "1 4 7 10", "2 5 8 11"]);
  });

  it("are the same for one and two worker threads and in one thread, in a database and in memory, and are read from both", async () => {
    const answers: string[][] = [];
    for (const workers of [1, 2]) {
      const database = path.join(folder, `${workers}.sqlite`);
      const study = await openStudy(training, { database });
      await study.run({ workers });
      const best = study.checkpoint();
      await study.close();
      expect(best?.bytes).toHaveLength(16);
      expect(readCheckpoint("training", { database })).toEqual(best);
      expect(() => readCheckpoint("training", { database, trial: 99 })).toThrow(/they are 0 to 8\); got 99/);
      const store = memoryStore();
      const other = await openStudy(training, { store });
      await other.run({ workers });
      answers.push(studyAnswers(store, "training"));
      expect(other.checkpoint()).toEqual(best);
      await other.close();
      expect(readdirSync(path.join(`${database}.artefacts`, "1"))).toHaveLength(new Set(store.load("training").checkpoints).size);
    }
    const store = memoryStore();
    const { trials, lookahead } = { trials: 9, lookahead: 2 };
    const space = { rate: float(1e-3, 0.9, { log: true }) };
    const sampler = populationBased({ members: 3 });
    const inline = await openStudy(defineStudy({ name: "training", space, objective: descend, sampler, lookahead, retries: 0, trials }), {
      store,
    });
    await inline.run();
    await inline.close();
    expect(answers).toEqual([studyAnswers(store, "training"), studyAnswers(store, "training")]);
    expect(store.snapshot("training").trials.some(({ why }) => why.includes("goes on from member"))).toBe(true);
    expect(store.snapshot("training").trials.some(({ state }) => state === "failed")).toBe(true);
  });

  it("of failed and pruned trials are not kept: their members go on from others", async () => {
    const store = await runInline(
      relay(
        (trial) => {
          trial.checkpoint.write(Buffer.from(`${trial.number}`));
          if (trial.number === 4) throw new Error("no luck");
          if (trial.report(1, trial.number === 5 ? 1000 : trial.number)) return 0;
          return trial.number;
        },
        { pruner: threshold({ upper: 100 }), trials: 9, lookahead: 1 },
      ),
    );
    const { trials } = store.snapshot("relay");
    expect(trials.map(({ state }) => state).slice(3, 7)).toEqual(["complete", "failed", "pruned", "complete"]);
    expect(trials.slice(6).map(({ parent }) => parent)).toEqual([3, expect.any(Number), expect.any(Number)]);
    for (const trial of trials.slice(7)) expect([4, 5]).not.toContain(trial.parent);
    expect(store.load("relay").checkpoints).not.toContain(4);
    expect(store.load("relay").checkpoints).not.toContain(5);
  });

  it("of trials that continue none are kept of the best one", async () => {
    const spec = defineStudy({
      name: "relay",
      space: { x: values([3, 1, 2]) },
      objective: ({ params, checkpoint }) => {
        expect(checkpoint.read()).toBeUndefined();
        checkpoint.write(Buffer.from("thrown away"));
        checkpoint.write(Buffer.from(`x ${params.x}`));
        return params.x;
      },
    });
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    expect(study.checkpoint()).toBeUndefined();
    await study.run();
    expect(keptOf(store)).toEqual(["x 1"]);
    expect(study.checkpoint()?.trial).toBe(1);
    expect(study.checkpoint(0)).toBeUndefined();
    await study.close();
  });

  const refused: readonly [string, (trial: Trial) => unknown, object, string][] = [
    [
      "too large",
      ({ checkpoint }) => checkpoint.write(new Uint8Array(11)),
      { checkpointBytes: 10 },
      "bytes must be at most 10 (the study's checkpointBytes); got 11. Write less, or raise checkpointBytes.",
    ],
    [
      "no bytes",
      ({ checkpoint }) => checkpoint.write(Float64Array.of(1) as never),
      {},
      'bytes must be a Uint8Array, such as new Uint8Array(weights.buffer); got {"0":1}.',
    ],
  ];
  it.each(refused)("that are %s fail the trial with the cure", async (_, write, more, sentence) => {
    const store = await runInline(relay((trial) => Number(write(trial) ?? 0), { ...more, trials: 1 }));
    expect(store.snapshot("relay").trials[0]?.incident).toBe(`trial.checkpoint.write(): ${sentence}`);
  });

  it("written after the objective has ended are an error", async () => {
    let late: Trial["checkpoint"] | undefined;
    await runInline(
      relay(
        ({ checkpoint }) => {
          late = checkpoint;
          return 0;
        },
        { trials: 1 },
      ),
    );
    expect(() => late?.write(Uint8Array.of(1))).toThrow("it must come before the objective of trial 0 has ended");
  });

  it("that a trial did not leave are told to those that continue it", async () => {
    const store = await runInline(relay(({ checkpoint }) => checkpoint.read()?.length ?? 0, { trials: 4 }));
    const { trials } = store.snapshot("relay");
    expect(trials.map(({ state }) => state)).toEqual(["complete", "complete", "complete", "failed"]);
    expect(trials[3]?.incident).toBe(
      "The checkpoint of trial 0 can't be had, since it left none; trial 3 continues it, so write one before the objective returns.",
    );
  });

  it.each(["missing", "damaged"])("whose file is %s fail the trials that continue them, tell why, and the study goes on", async (how) => {
    const database = path.join(folder, `${how}.sqlite`);
    const begun = await openStudy(training, { database, trials: 5 });
    await begun.run({ workers: 1 });
    await begun.close();
    const files = path.join(`${database}.artefacts`, "1");
    for (const file of readdirSync(files)) {
      if (how === "missing") rmSync(path.join(files, file));
      else writeFileSync(path.join(files, file), Buffer.alloc(16));
    }
    const study = await openStudy(training, { database, trials: 15 });
    const { state, trials } = await study.run({ workers: 2 });
    await study.close();
    expect(state).toBe("complete");
    const told = trials.filter(({ incident }) => incident?.includes("can't be had") === true);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.incident).toContain(how === "missing" ? "is missing." : "is damaged (it has another SHA-256).");
    // A member that lost its state goes on from another's, or begins anew.
    expect(trials.at(-1)?.state).toBe("complete");
  });

  it("are handed out and taken in by ask and tell, also to a process that comes later", async () => {
    const database = path.join(folder, "asked.sqlite");
    const spec = relay(() => 0, { trials: 8 });
    const first = await openStudy(spec, { database });
    for (let n = 0; n < 3; n++) {
      const trial = await first.ask();
      expect(trial?.checkpoint.read()).toBeUndefined();
      trial?.checkpoint.write(Buffer.from(`after ${n}`));
      await first.tell(n, n);
    }
    const left = await first.ask();
    expect(text(left?.checkpoint.read())).toBe("after 0");
    await first.close();
    const second = await openStudy(spec, { database });
    const again = await second.ask();
    expect([again?.number, text(again?.checkpoint.read())]).toEqual([3, "after 0"]);
    again?.checkpoint.write(Buffer.from("lost"));
    await second.tell(3, new Error("no luck"));
    expect(() => again?.checkpoint.write(Uint8Array.of(1))).toThrow("has ended");
    expect(second.checkpoint(3)).toBeUndefined();
    expect(text(second.checkpoint()?.bytes)).toBe("after 0");
    const run = await second.ask();
    expect(text(run?.checkpoint.read())).toBe("after 1");
    await second.close();
    expect(existsSync(path.join(`${database}.artefacts`, "1"))).toBe(true);
  });
});

describe("a study whose trials continue others", () => {
  it("has no model: what is cross-validated can't go on", () => {
    const data = inMemory({ name: "two", features: [[0], [1]], target: ["a", "b"] });
    const model = { data, model: () => svm({ kernel: "linear", C: 1 }), cv: kFold({ folds: 2 }), metrics: { accuracy: accuracy() } };
    expect(() => defineStudy({ name: "s", space: { C: values([1]) }, trials: 9, sampler: populationBased(), ...model })).toThrow(
      "defineStudy(): populationBased() must search an objective, which can go on from the checkpoint of another trial; got a study with a model. Take auto() for it.",
    );
  });

  it("gives an attempt that is made again what its parent left, and keeps nothing of the attempt that failed", async () => {
    const failed = new Set<number>();
    const store = await runInline(
      relay(
        ({ number, checkpoint }) => {
          const before = text(checkpoint.read());
          checkpoint.write(Buffer.from(`half of ${number}`));
          if (number >= 3 && !failed.has(number)) {
            failed.add(number);
            throw new Error("no luck yet");
          }
          checkpoint.write(Buffer.from(`${before} ${number}`));
          return number;
        },
        { retries: 1, trials: 6 },
      ),
    );
    expect([...failed]).toEqual([3, 4, 5]);
    expect(keptOf(store)).toEqual(["nothing 0", "nothing 1", "nothing 2", "nothing 0 3", "nothing 1 4", "nothing 2 5"]);
  });

  const space = { x: float(0, 1), kind: choice(["a", "b"]) };
  const common = { name: "s", space, trials: 9, objective: () => 0 };

  it("has a lookahead of at most its members, by default 8", () => {
    expect(defineStudy({ ...common, sampler: populationBased() }).lookahead).toBe(8);
    expect(defineStudy({ ...common, sampler: populationBased({ members: 3 }) }).lookahead).toBe(3);
    expect(defineStudy({ ...common, sampler: startup(5, sobol(), populationBased({ members: 3 })) }).lookahead).toBe(3);
    expect(() => defineStudy({ ...common, sampler: populationBased({ members: 3 }), lookahead: 4 })).toThrow(
      "defineStudy(): lookahead must be at most 3, the members of populationBased(), so that each sees where it ended; got 4. Take more members, or leave lookahead out.",
    );
  });
});
