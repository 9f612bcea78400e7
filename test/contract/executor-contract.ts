import { describe, expect, onTestFinished } from "vitest";
import type { Executor, RunOptions, SharedValue } from "#hpo/core/executor";
import { incidentIn, newGate, runUntilMessage, testTask, valueIn } from "../workers/test-task.ts";
import { executorBench, type ExecutorLimit, type ExecutorSettings } from "./executor-bench.ts";
import { describeFailures } from "./executor-failures.ts";
import { describeInterrupts } from "./executor-interrupts.ts";

/** The contract of `Executor`, run against every implementation. A skip says why the implementation can't do it. */
export function describeExecutorContract(
  name: string,
  factory: (settings: ExecutorSettings) => Executor,
  { skips = {} }: { skips?: Partial<Record<ExecutorLimit, string>> } = {},
): void {
  const { make, check } = executorBench(factory, skips);

  describe(`the executor contract: ${name}`, () => {
    describe("values", () => {
      check("gives the value of a function, with its seconds and slot", async () => {
        const result = await make().run(testTask("answers", "echo", { input: { a: [1, Number.NaN, null], b: new Float64Array([1, -0]) } }));
        expect(result).toMatchObject({ ok: true, slot: 0 });
        expect(valueIn(result)).toEqual({ a: [1, Number.NaN, null], b: new Float64Array([1, -0]) });
        expect(result.wallSeconds).toBeGreaterThanOrEqual(0);
        expect(Object.isFrozen(result)).toBe(true);
      });
      check("awaits a promise, and takes nothing for a value", async () => {
        const executor = make();
        expect(valueIn(await executor.run(testTask("answers", "later", { input: 3 })))).toBe(3);
        expect(valueIn(await executor.run(testTask("answers", "nothing")))).toBeUndefined();
      });
      check("measures the CPU seconds of the task's own thread", async () => {
        const executor = make();
        const busy = await executor.run(testTask("answers", "spin", { input: 120 }));
        expect(busy.wallSeconds).toBeGreaterThanOrEqual(0.12);
        const idle = await executor.run(testTask("answers", "rest", { input: 120 }));
        expect(idle.wallSeconds).toBeGreaterThan(0.11);
        if (busy.cpuSeconds === null) return;
        // The machine is shared, so a spinning task may get less than all of a core (it spins until it has had some), but never more.
        expect(busy.cpuSeconds).toBeGreaterThan(0.01);
        expect(busy.cpuSeconds).toBeLessThanOrEqual(busy.wallSeconds + 0.005);
        expect(idle.cpuSeconds).toBeLessThan(0.06);
      });
      check("gives messages in order and before the result, and none after it", async () => {
        const executor = make();
        const events: unknown[] = [];
        const options: RunOptions = { onStart: (slot) => events.push(`slot ${slot}`), onMessage: (message) => events.push(message) };
        events.push(valueIn(await executor.run(testTask("answers", "reports", { input: 3 }), options)));
        expect(events).toEqual(["slot 0", { index: 0 }, { index: 1 }, { index: 2 }, "reported"]);
        const late: unknown[] = [];
        await executor.run(testTask("answers", "reportsLate"), { onMessage: (message) => late.push(message) });
        await executor.run(testTask("answers", "rest", { input: 1 }), { onMessage: (message) => late.push(message) });
        expect(late).toEqual([]);
      });
    });

    describe("shared values", () => {
      const one: SharedValue = { id: "one", value: { rows: 3 } };
      check("reach every task that names them, as one object in a slot", async () => {
        const executor = make();
        await executor.run(testTask("answers", "forgetSeen"));
        const counts = [];
        for (let run = 0; run < 5; run++) counts.push(valueIn(await executor.run(testTask("answers", "differentShared", { shared: one }))));
        expect(counts).toEqual([1, 1, 1, 1, 1]);
        expect(valueIn(await executor.run(testTask("answers", "sharedItself")))).toBeNull();
      });
      check(
        "keep arrays over shared memory in place",
        async () => {
          const executor = make();
          const cell = new Int32Array(new SharedArrayBuffer(4));
          await executor.run(testTask("answers", "addToShared", { input: 5, shared: { id: "cell", value: cell } }));
          await executor.run(testTask("answers", "addToShared", { input: 2, shared: { id: "cell", value: cell } }));
          expect(cell[0]).toBe(7);
        },
        "shares memory",
      );
      check("come again after they were forgotten, and an unknown id is no error", async () => {
        const executor = make();
        await executor.run(testTask("answers", "sharedItself", { shared: one }));
        executor.forget("one");
        executor.forget("never seen");
        expect(valueIn(await executor.run(testTask("answers", "sharedItself", { shared: { id: "one", value: { rows: 4 } } })))).toEqual({
          rows: 4,
        });
      });
    });

    describeFailures({ make, check });
    describeInterrupts({ make, check });

    describe("order", () => {
      check("is by priority, then first come first served", async () => {
        const executor = make();
        const { gate, open } = newGate();
        const first = runUntilMessage(executor, testTask("waits", "gated", { input: { gate } }));
        await first.running;
        const order: unknown[] = [];
        const tasks = [1, Number.NaN, 3, Infinity, 3, 2, -Infinity, Infinity, 1].map((priority, index) =>
          executor.run(testTask("answers", "echo", { input: index, priority })).then((result) => order.push(valueIn(result))),
        );
        open();
        await Promise.all([first.result, ...tasks]);
        expect(order).toEqual([3, 7, 2, 4, 5, 0, 8, 1, 6]);
      });
      check(
        "gives tasks that run at once different slots, and never more than there are",
        async () => {
          const executor = make({ slots: 3 });
          const { gate, open } = newGate();
          const tasks = [0, 1, 2].map(() => runUntilMessage(executor, testTask("waits", "gated", { input: { gate } })));
          await Promise.all(tasks.map(({ running }) => running));
          let started = false;
          const fourth = executor.run(testTask("answers", "slotNumber"), { onStart: () => (started = true) });
          expect(started).toBe(false);
          open();
          const slots = (await Promise.all(tasks.map(({ result }) => result))).map(valueIn);
          expect(new Set(slots)).toEqual(new Set([0, 1, 2]));
          expect([0, 1, 2]).toContain(valueIn(await fourth));
        },
        "several slots",
      );
      check("runs 200 small tasks in all slots, each once", async () => {
        const executor = make({ slots: 3 });
        const results = await Promise.all(Array.from({ length: 200 }, (_, input) => executor.run(testTask("answers", "echo", { input }))));
        expect(results.map(valueIn)).toEqual(Array.from({ length: 200 }, (_, index) => index));
      });
      check("holds 10 000 waiting tasks, and drops them all at once", async () => {
        const warnings: string[] = [];
        const listen = (warning: Error) => warnings.push(warning.message);
        process.on("warning", listen);
        onTestFinished(() => void process.off("warning", listen));
        const executor = make();
        const { gate, open } = newGate();
        const first = runUntilMessage(executor, testTask("waits", "gated", { input: { gate } }));
        await first.running;
        const controller = new AbortController();
        const before = process.memoryUsage().heapUsed;
        const tasks = Array.from({ length: 10_000 }, () => executor.run(testTask("answers", "echo"), { signal: controller.signal }));
        // About 2 kB a task; an arena or a thread for each would be a thousand times that.
        expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
        controller.abort();
        const results = await Promise.all(tasks);
        expect(results.every((result) => incidentIn(result).kind === "aborted" && result.slot === -1)).toBe(true);
        open();
        expect(valueIn(await first.result)).toBe(0);
        expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
        expect(warnings).toEqual([]);
      });
    });

    describe("close", () => {
      check("ends running and waiting tasks as aborted, and may be called twice", async () => {
        const executor = make();
        const { running, result } = runUntilMessage(executor, testTask("waits", "deafForever"));
        const waiting = executor.run(testTask("answers", "echo"));
        await running;
        await Promise.all([executor.close(), executor.close()]);
        await executor.close();
        expect(incidentIn(await result)).toMatchObject({ kind: "aborted", message: "The executor was closed while the task ran." });
        expect(incidentIn(await waiting)).toMatchObject({ kind: "aborted", message: "The executor was closed before the task started." });
      });
      check("before a task is taken up ends it, and later tasks never start", async () => {
        const executor = make();
        const starting = executor.run(testTask("waits", "deafForever"));
        await executor.close();
        expect(incidentIn(await starting).kind).toBe("aborted");
        expect(incidentIn(await executor.run(testTask("answers", "echo"))).kind).toBe("aborted");
        executor.forget("anything");
      });
      check("of an executor that was never used is quiet", async () => {
        await expect(make().close()).resolves.toBeUndefined();
      });
    });
  });
}
