import { describe, expect } from "vitest";
import { incidentIn, newGate, runUntilMessage, testTask, valueIn } from "../workers/test-task.ts";
import type { ExecutorBench } from "./executor-bench.ts";

/** The part of the executor contract about tasks that are cut off. */
export function describeInterrupts({ make, check }: ExecutorBench): void {
  describe("time limits", () => {
    check("cut off a task that waits", async () => {
      const result = await make().run(testTask("waits", "deafForever", { timeoutSeconds: 0.05 }));
      expect(incidentIn(result)).toEqual({
        kind: "timeout",
        message: "The task was cut off after its time limit of 0.05 s.",
        code: null,
        stack: null,
      });
      expect(result.wallSeconds).toBeGreaterThanOrEqual(0.045);
    });
    check("abort the task's signal first, and make void what it still returns", async () => {
      const executor = make({ graceSeconds: 60 });
      const messages: unknown[] = [];
      const task = testTask("waits", "untilAborted", { timeoutSeconds: 0.05 });
      const result = await executor.run(task, { onMessage: (message) => messages.push(message) });
      expect(incidentIn(result).kind).toBe("timeout");
      expect(messages).toEqual(["waiting", { reason: "ABORTED" }]);
      const half = await executor.run(testTask("waits", "halfWhenAborted", { timeoutSeconds: 0.05 }));
      expect(incidentIn(half).kind).toBe("timeout");
    });
    check("take no notice of a limit beyond what a timer can hold", async () => {
      const executor = make();
      for (const timeoutSeconds of [1e9, Infinity]) {
        expect(valueIn(await executor.run(testTask("answers", "rest", { input: 5, timeoutSeconds })))).toBeUndefined();
      }
    });
    for (const loop of ["loop", "wasmLoop", "microtaskLoop"]) {
      check(
        `cut off an endless loop (${loop}) while the other slots go on`,
        async () => {
          const executor = make({ slots: 2 });
          const { gate, open } = newGate();
          const other = runUntilMessage(executor, testTask("waits", "gated", { input: { gate, answer: "undisturbed" } }));
          await other.running;
          expect(incidentIn(await executor.run(testTask("breakers", loop, { timeoutSeconds: 0.1 }))).kind).toBe("timeout");
          open();
          expect(valueIn(await other.result)).toBe("undisturbed");
        },
        "interrupts loops",
      );
    }
  });

  describe("abort", () => {
    check("before run: the task never starts", async () => {
      let started = false;
      const result = await make().run(testTask("answers", "echo"), { signal: AbortSignal.abort(), onStart: () => (started = true) });
      expect(incidentIn(result)).toMatchObject({ kind: "aborted", message: "The task was aborted before it started." });
      expect(result).toMatchObject({ slot: -1, wallSeconds: 0, cpuSeconds: null });
      expect(started).toBe(false);
    });
    check("while the task waits for a slot: it ends at once", async () => {
      const executor = make();
      const { gate, open } = newGate();
      const first = runUntilMessage(executor, testTask("waits", "gated", { input: { gate } }));
      await first.running;
      const controller = new AbortController();
      const waiting = executor.run(testTask("answers", "echo"), { signal: controller.signal });
      controller.abort();
      expect(incidentIn(await waiting).kind).toBe("aborted");
      open();
      expect(valueIn(await first.result)).toBe(0);
    });
    check("of waiting alone: what waits ends at once, what runs goes on", async () => {
      const executor = make();
      const { gate, open } = newGate();
      const controller = new AbortController();
      const options = { waitSignal: controller.signal };
      const first = runUntilMessage(executor, testTask("waits", "gated", { input: { gate, answer: "whole" } }), options);
      await first.running;
      const waiting = [1, 2, 3].map(() => executor.run(testTask("answers", "echo"), options));
      controller.abort();
      for (const result of await Promise.all(waiting)) expect(incidentIn(result).kind).toBe("aborted");
      expect(incidentIn(await executor.run(testTask("answers", "echo"), options)).kind).toBe("aborted");
      open();
      expect(valueIn(await first.result)).toBe("whole");
    });
    check("while it runs: its signal is aborted, and a task that stops needs no grace", async () => {
      const executor = make({ graceSeconds: 60 });
      for (const task of ["untilAborted", "halfWhenAborted"]) {
        const controller = new AbortController();
        const { running, result } = runUntilMessage(executor, testTask("waits", task), { signal: controller.signal });
        await running;
        controller.abort();
        expect(incidentIn(await result)).toMatchObject({ kind: "aborted", message: "The task was aborted." });
      }
    });
    check("while it runs and takes no notice: it is cut off after the grace time", async () => {
      const executor = make();
      const controller = new AbortController();
      const { running, result } = runUntilMessage(executor, testTask("waits", "deafForever"), { signal: controller.signal });
      await running;
      controller.abort();
      expect(incidentIn(await result).kind).toBe("aborted");
      expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
    });
    check(
      "while it runs and loops: it is cut off after the grace time",
      async () => {
        const executor = make();
        const controller = new AbortController();
        const { running, result } = runUntilMessage(executor, testTask("breakers", "wasmLoop"), { signal: controller.signal });
        await running;
        controller.abort();
        expect(incidentIn(await result).kind).toBe("aborted");
      },
      "interrupts loops",
    );
    check(
      "keeps a value that was whole before the task could learn of it",
      async () => {
        const executor = make({ graceSeconds: 60 });
        const controller = new AbortController();
        const { gate, open } = newGate();
        const { running, result } = runUntilMessage(executor, testTask("waits", "gatedSync", { input: gate }), {
          signal: controller.signal,
        });
        await running;
        controller.abort();
        open();
        expect(valueIn(await result)).toBe("whole");
      },
      "interrupts loops",
    );
    check("after the task has ended changes nothing", async () => {
      const executor = make();
      const controller = new AbortController();
      const result = await executor.run(testTask("answers", "echo", { input: 1 }), { signal: controller.signal });
      controller.abort();
      expect(valueIn(result)).toBe(1);
      expect(valueIn(await executor.run(testTask("answers", "echo", { input: 2 })))).toBe(2);
    });
  });
}
