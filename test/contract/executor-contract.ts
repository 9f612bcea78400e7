import { describe, expect, it, onTestFinished } from "vitest";
import type { Executor, RunOptions, SharedValue, Task, TaskResult } from "#hpo/core/executor";

export interface ExecutorSettings {
  readonly slots: number;
  readonly graceSeconds: number;
  readonly memoryMegabytes?: number;
}

/** What an executor may be unable to do. */
export type ExecutorLimit = "several slots" | "interrupts loops" | "contains crashes" | "contains memory" | "copies data";

type Module = "answers" | "failures" | "waits" | "breakers" | "broken-module" | "absent-module";

/** A task of test/workers/tasks. */
export function testTask(module: Module, name: string, more: Partial<Task> = {}): Task {
  const url = new URL(`../workers/tasks/${module}.mjs`, import.meta.url).href;
  return {
    key: `${module}/${name}`,
    label: name,
    module: url,
    export: name,
    input: null,
    shared: null,
    priority: 0,
    timeoutSeconds: null,
    ...more,
  };
}

/** The incident of a result that must be one. */
export function incidentIn(result: TaskResult): Extract<TaskResult, { ok: false }>["incident"] {
  if (result.ok) throw new Error(`expected an incident; got the value ${String(result.value)}`);
  return result.incident;
}

/** The value of a result that must be one. */
export function valueIn(result: TaskResult): unknown {
  if (!result.ok) throw new Error(`expected a value; got ${result.incident.kind}: ${result.incident.message}`);
  return result.value;
}

/** A gate that tasks wait at, in whatever thread. */
export function newGate(): { readonly gate: SharedArrayBuffer; readonly open: () => void } {
  const gate = new SharedArrayBuffer(4);
  const cell = new Int32Array(gate);
  return {
    gate,
    open: () => {
      Atomics.store(cell, 0, 1);
      Atomics.notify(cell, 0);
    },
  };
}

/** Runs a task and tells when its first message comes, which is when it runs. */
export function runUntilMessage(
  executor: Executor,
  task: Task,
  options: RunOptions = {},
): { running: Promise<unknown>; result: Promise<TaskResult> } {
  let result: Promise<TaskResult> | undefined;
  const running = new Promise((resolve, reject) => {
    result = executor.run(task, { ...options, onMessage: resolve });
    void result.then((early) => reject(new Error(`ended without a message: ${JSON.stringify(early)}`)));
  });
  return { running, result: result as unknown as Promise<TaskResult> };
}

/** The contract of `Executor`, run against every implementation. A skip says why the implementation can't do it. */
export function describeExecutorContract(
  name: string,
  factory: (settings: ExecutorSettings) => Executor,
  { skips = {} }: { skips?: Partial<Record<ExecutorLimit, string>> } = {},
): void {
  function make(settings: Partial<ExecutorSettings> = {}): Executor {
    const executor = factory({ slots: 1, graceSeconds: 0.05, ...settings });
    onTestFinished(() => executor.close());
    return executor;
  }

  function check(title: string, body: () => Promise<void>, needs?: ExecutorLimit): void {
    const why = needs === undefined ? undefined : skips[needs];
    it(title, (context) => {
      context.skip(why !== undefined, why);
      return body();
    });
  }

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
        // The machine is shared, so a spinning task may get less than all of a core, but never more.
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
      check("keep arrays over shared memory in place", async () => {
        const executor = make();
        const cell = new Int32Array(new SharedArrayBuffer(4));
        await executor.run(testTask("answers", "addToShared", { input: 5, shared: { id: "cell", value: cell } }));
        await executor.run(testTask("answers", "addToShared", { input: 2, shared: { id: "cell", value: cell } }));
        expect(cell[0]).toBe(7);
      });
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

    describe("failures", () => {
      const told: Record<string, [message: RegExp, code: string | null]> = {
        error: [/^the pump is dry$/, null],
        rejection: [/^RangeError: out of range$/, null],
        coded: [/^column 3 is empty$/, "DATA_INVALID"],
        text: [/^The task threw "just text", which is not an Error\.$/, null],
        nothing: [/^The task threw undefined, which is not an Error\.$/, null],
        nil: [/^The task threw null, which is not an Error\.$/, null],
        symbol: [/^The task threw Symbol\(s\), which is not an Error\.$/, null],
        frozen: [/^frozen solid$/, null],
        ownCause: [/^its own cause$/, null],
        unreadable: [/^The task threw Error without a message\.$/, null],
        hostile: [/^The task threw a value that can't be read\.$/, null],
        empty: [/^The task threw TypeError without a message\.$/, null],
        long: [/^x{499}…$/, null],
        badThenable: [/^then can't be read$/, null],
        tooLargeArray: [/^RangeError: Array buffer allocation failed$/, null],
      };
      for (const [failure, [message, code]] of Object.entries(told)) {
        check(`tells a task that throws: ${failure}`, async () => {
          const executor = make();
          const result = await executor.run(testTask("failures", failure));
          const kind = failure === "tooLargeArray" ? "out-of-memory" : "error";
          expect(incidentIn(result)).toMatchObject({ kind, code });
          expect(incidentIn(result).message).toMatch(message);
          expect(result.slot).toBe(0);
          expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
        });
      }
      check("keeps the stacks of an error and of its causes", async () => {
        const { stack } = incidentIn(await make().run(testTask("failures", "caused")));
        expect(stack).toMatch(/Error: outer[^]*failures\.mjs[^]*Caused by: Error: inner/);
      });
      check("tells a module that is absent or broken, and an export that is no function", async () => {
        const executor = make();
        const absent = incidentIn(await executor.run(testTask("absent-module", "x")));
        expect(absent).toMatchObject({ kind: "error", code: "WORKER_FAILED" });
        expect(absent.message).toMatch(/absent-module\.mjs can't be imported: Cannot find module/);
        const broken = incidentIn(await executor.run(testTask("broken-module", "x")));
        expect(broken.message).toMatch(/broken-module\.mjs can't be imported: this module is broken/);
        expect(broken.stack).toMatch(/Caused by: Error: this module is broken/);
        expect(incidentIn(await executor.run(testTask("answers", "notAFunction"))).message).toMatch(
          /must export a function notAFunction; got 7\.$/,
        );
        expect(incidentIn(await executor.run(testTask("answers", "missing"))).message).toMatch(
          /must export a function missing; got nothing\.$/,
        );
      });
      check(
        "tells a result, an input, a shared value or a message that can't be copied",
        async () => {
          const executor = make();
          const hard = () => 1;
          const tasks = [
            testTask("failures", "returnsFunction"),
            testTask("answers", "echo", { input: { hard } }),
            testTask("answers", "sharedItself", { shared: { id: "hard", value: hard } }),
            testTask("answers", "reportsFunction"),
          ];
          for (const task of tasks) {
            const incident = incidentIn(await executor.run(task));
            expect(incident.kind).toBe("error");
            expect(incident.message).toMatch(/must be plain data that can be copied between threads; got: .*could not be cloned/);
          }
          expect(incidentIn(await executor.run(testTask("failures", "returnsUnreadable"))).message).toMatch(/got: member can't be read$/);
          expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
        },
        "copies data",
      );
      check(
        "tells a crash of the thread, and goes on with a new one",
        async () => {
          const executor = make();
          const deaths: [string, RegExp][] = [
            ["exit", /^The task ended its worker, as process\.exit\(\) does \(exit code 3\)\.$/],
            ["timerThrows", /^An exception outside the task's promise ended its worker: thrown by a timer$/],
            ["unhandled", /^An exception outside the task's promise ended its worker: nobody caught this$/],
            ["closesPort", /^The task ended its worker/],
          ];
          for (const [death, message] of deaths) {
            const incident = incidentIn(await executor.run(testTask("breakers", death, { input: 3 })));
            expect(incident.kind).toBe("crash");
            expect(incident.message).toMatch(message);
            expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
          }
        },
        "contains crashes",
      );
      check(
        "tells a heap that is full, and goes on with a new thread",
        async () => {
          const executor = make({ memoryMegabytes: 32 });
          const incident = incidentIn(await executor.run(testTask("breakers", "fillHeap")));
          expect(incident.kind).toBe("out-of-memory");
          expect(incident.message).toBe("The worker's JavaScript heap reached its memory limit.");
          expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
        },
        "contains memory",
      );
    });

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
