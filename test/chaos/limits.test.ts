import { existsSync, readdirSync } from "node:fs";
import { defineStudy, halton, openStudy, type StudySpec, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { cpuBudget } from "#hpo/study/cpu-budget";
import { ProgressMeter } from "#hpo/study/progress-meter";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import { afterEach, describe, expect, it } from "vitest";
import { flat } from "./flat.ts";

const three = (name: string): StudySpec =>
  defineStudy({
    name,
    space: { x: values([0, 1, 2]) },
    objective: async ({ params: { x } }) => {
      await new Promise((resolve) => setImmediate(resolve));
      return x;
    },
  });

describe("what a coordinator holds", () => {
  // Each value that is told is a write of its own.
  it.each([
    { how: "run", trials: 4000 },
    { how: "ask", trials: 1200 },
  ] as const)(
    "grows by less than a kilobyte a trial on its heap, and by no open file: $how",
    async ({ how, trials }) => {
      const held = await flat({ how, trials, samples: 8 });
      expect(held.trials).toBe(trials);
      expect(held.heapBytes).toBeLessThan(1024);
      expect(held.files).toBe(0);
    },
    120_000,
  );
});

describe("one signal for many studies", () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  afterEach(() => {
    process.off("warning", listen);
  });

  it("is listened to by each while it runs, and by none after; nobody is warned of a leak", async () => {
    process.on("warning", listen);
    const { signal } = new AbortController();
    const studies = await Promise.all(Array.from({ length: 15 }, (_, at) => openStudy(three(`study ${at}`), { database: ":memory:" })));
    const snapshots = await Promise.all(studies.map((study) => study.run({ signal })));
    expect(snapshots.map(({ state }) => state)).toEqual(studies.map(() => "complete"));
    await Promise.all(studies.map((study) => study.close()));
    expect(warnings.map(({ message }) => message)).toEqual([]);
  });
});

describe("what is asked and never told", () => {
  it("is bounded, with a sentence", async () => {
    const spec = defineStudy({ name: "asked", space: { x: values([0, 1]) }, objective: () => 0, sampler: halton(), trials: 1_000_000 });
    const study = await openStudy(spec, { store: memoryStore() });
    const refused = "study.ask(): at most 100000 asked trials may wait for their values; tell() some of them first, then ask again.";
    const askAll = async (): Promise<void> => {
      for (let count = 0; count <= 100_000; count++) await study.ask();
    };
    await expect(askAll()).rejects.toThrow(refused);
    await study.tell(0, 1);
    expect((await study.ask())?.number).toBe(100_000);
    await study.close();
  }, 300_000);
});

describe("the notes of a run", () => {
  it("are bounded, since each write of the run's row writes them all", () => {
    const rule = { metric: "value", direction: "minimize", unit: "number" } as const;
    const meter = new ProgressMeter({ ...rule, study: "noted", slots: 1, total: () => null, clock: () => 0 });
    for (let count = 0; count < 1000; count++) meter.note(`note ${count % 500}`);
    expect(meter.notes).toHaveLength(101);
    expect(meter.notes.at(-1)).toBe("further notes are left out");
  });
});

describe("a CPU budget", () => {
  it("is spent by what was cut off, too, whose CPU time nobody knows", async () => {
    const cut = {
      ok: false,
      incident: { kind: "timeout", message: "", code: null, stack: null },
      slot: 0,
      wallSeconds: 3,
      cpuSeconds: null,
    } as const;
    const executor = inlineExecutor();
    let stops = 0;
    const budget = cpuBudget({ ...executor, run: () => Promise.resolve(cut) }, 5, () => ++stops === 1);
    const task = { key: "", label: "", module: "", export: "", input: null, shared: null, timeoutSeconds: null, priority: 0 };
    await budget.executor.run(task);
    expect([stops, budget.stopped]).toEqual([0, false]);
    await budget.executor.run(task);
    expect([stops, budget.stopped]).toEqual([1, true]);
    await executor.close();
  });
});

describe("a study of many small runs", () => {
  it.skipIf(!existsSync("/proc/self/fd"))("leaves no file open (needs /proc)", async () => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let run = 0; run < 20; run++) {
      const study = await openStudy(three("again"), { database: ":memory:" });
      await study.run();
      await study.close();
    }
    expect(open()).toBe(before);
  });
});
