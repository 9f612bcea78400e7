import { execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ThreadExecutorOptions, threadExecutor } from "#hpo/workers/thread-executor";
import type { Executor } from "#hpo/core/executor";
import { describeExecutorContract } from "../contract/executor-contract.ts";
import { incidentIn, newGate, runUntilMessage, testTask, valueIn } from "./test-task.ts";

describeExecutorContract("threads", (settings) => threadExecutor(settings));

const run = promisify(execFile);

function make(options: Partial<ThreadExecutorOptions> = {}): Executor {
  const executor = threadExecutor({ slots: 1, graceSeconds: 0.05, ...options });
  onTestFinished(() => executor.close());
  return executor;
}

describe("threadExecutor", () => {
  it("refuses wrong options in one sentence", () => {
    expect(() => threadExecutor({ slots: 0 })).toThrow("threadExecutor(): slots must be an integer from 1 to 1024; got 0.");
    expect(() => threadExecutor({ slots: 1, graceSeconds: Number.NaN })).toThrow("graceSeconds must be a finite number of at least 0; got");
    expect(() => threadExecutor({ slots: 1, memoryMegabytes: 0 })).toThrow("memoryMegabytes must be a finite number above 0; got 0.");
  });

  it("makes threads only when tasks need them: one after another share one", async () => {
    const executor = make({ slots: 8 });
    for (let count = 1; count <= 5; count++) {
      expect(await executor.run(testTask("answers", "callCount"))).toMatchObject({ ok: true, value: count, slot: 0 });
    }
  });

  it("makes threads before there are tasks when it is told to", async () => {
    const executor = make({ slots: 3 });
    executor.warm(2);
    const later = new Worker("", { eval: true });
    const between = later.threadId;
    await once(later, "exit");
    const { gate, open } = newGate();
    const held = [0, 1].map(() => runUntilMessage(executor, testTask("waits", "gated", { input: { gate } })));
    await Promise.all(held.map(({ running }) => running));
    const third = valueIn(await executor.run(testTask("answers", "threadNumber"))) as number;
    open();
    await Promise.all(held.map(({ result }) => result));
    const warmed = valueIn(await executor.run(testTask("answers", "threadNumber"))) as number;
    // Threads are numbered as they are made.
    expect(warmed).toBeLessThan(between);
    expect(third).toBeGreaterThan(between);
  });

  it("prefers the slot that has the shared value", async () => {
    const executor = make({ slots: 2 });
    const { gate, open } = newGate();
    const first = runUntilMessage(executor, testTask("waits", "gated", { input: { gate } }));
    await first.running;
    const shared = { id: "big", value: { rows: 1 } };
    expect(await executor.run(testTask("answers", "sharedItself", { shared }))).toMatchObject({ ok: true, slot: 1 });
    open();
    await first.result;
    expect(await executor.run(testTask("answers", "slotNumber"))).toMatchObject({ value: 0 });
    expect(await executor.run(testTask("answers", "slotNumber", { shared }))).toMatchObject({ value: 1 });
  });

  it("posts a shared value again to a new thread", async () => {
    const executor = make();
    const shared = { id: "data", value: { rows: 3 } };
    expect(valueIn(await executor.run(testTask("answers", "sharedItself", { shared })))).toEqual({ rows: 3 });
    await executor.run(testTask("breakers", "exit", { shared }));
    expect(valueIn(await executor.run(testTask("answers", "sharedItself", { shared })))).toEqual({ rows: 3 });
  });

  it("charges no task for what an earlier one left behind in the thread", async () => {
    // A busy machine may need a second for a new thread.
    const executor = make({ startSeconds: 3 });
    for (const leaver of ["leavesThrow", "leavesLoop"]) {
      const left = executor.run(testTask("breakers", leaver));
      const next = executor.run(testTask("answers", "echo", { input: leaver }));
      expect(valueIn(await left)).toBe("left");
      expect(valueIn(await next)).toBe(leaver);
    }
  });

  it("replaces an idle thread that dies, silently", async () => {
    const executor = make();
    expect(valueIn(await executor.run(testTask("breakers", "leavesThrow")))).toBe("left");
    await executor.run(testTask("answers", "echo"));
    expect(valueIn(await executor.run(testTask("answers", "callCount")))).toBe(1);
  });

  it("hears only its own entry, whatever a task posts to the same port", async () => {
    const messages: unknown[] = [];
    const result = await make().run(testTask("breakers", "forgesMessages"), { onMessage: (message) => messages.push(message) });
    expect(valueIn(result)).toBe("honest");
    expect(messages).toEqual(["true"]);
    const executor = make();
    expect(valueIn(await executor.run(testTask("breakers", "closesPort")))).toBe("still here");
    expect(valueIn(await executor.run(testTask("breakers", "ownPort")))).toEqual([]);
    expect(valueIn(await executor.run(testTask("answers", "echo", { input: 1 })))).toBe(1);
  });

  it("charges a task with the death of its thread only where no earlier one can be the cause", async () => {
    const executor = make();
    const { gate, open } = newGate();
    expect(valueIn(await executor.run(testTask("breakers", "leavesThrowFor", { input: { gate } })))).toBe("left");
    let starts = 0;
    const next = runUntilMessage(executor, testTask("waits", "gatedLoosely", { input: { gate } }), { onStart: () => starts++ });
    await next.running;
    open();
    expect(valueIn(await next.result)).toBe("through");
    expect(starts).toBe(1);
    // Its own fault is told of the thread that is its own.
    expect(incidentIn(await executor.run(testTask("breakers", "exit", { input: 3 }))).kind).toBe("crash");
  });

  it("gives a new thread to what follows a task that changed what all share, and charges neither", async () => {
    const executor = make();
    for (const change of ["push", "map", "iterator", "then", "floor", "now", "Map", "log", "write", "frozen"]) {
      const changed = await executor.run(testTask("breakers", "changes", { input: change }));
      expect([change, valueIn(changed)]).toEqual([change, "changed"]);
      expect(changed.log?.head ?? "").toMatch(/\[hpo: this task left \S+ changed, for all that runs in its thread/);
      expect(valueIn(await executor.run(testTask("breakers", "unchanged")))).toEqual([1, "first in its thread"]);
    }
    const seeded = await executor.run(testTask("breakers", "changes", { input: "random" }));
    expect(seeded.log).toBeUndefined();
    expect(valueIn(await executor.run(testTask("breakers", "unchanged")))).toEqual([3, "later"]);
  });

  it("gives up a native call that can't be interrupted, and goes on in the same slot", async () => {
    const executor = make({ graceSeconds: 0.02 });
    const order: string[] = [];
    const slow = executor
      .run(testTask("breakers", "slowNative", { timeoutSeconds: 0.02 }))
      .then((result) => order.push(incidentIn(result).kind));
    const next = executor.run(testTask("answers", "slotNumber")).then((result) => order.push(`slot ${String(valueIn(result))}`));
    await Promise.all([slow, next]);
    expect(order).toEqual(["timeout", "slot 0"]);
  });

  it("brings back large results whole", async () => {
    const value = valueIn(await make().run(testTask("answers", "megabytes", { input: 10 }))) as Uint8Array;
    expect(value.length).toBe(10 * 2 ** 20);
    expect(value.every((byte) => byte === 7)).toBe(true);
  });

  describe("what tasks write", () => {
    it("comes in order, with its slot and task", async () => {
      const heard: unknown[] = [];
      const executor = make({ onOutput: (text, slot, key) => heard.push([text, slot, key]) });
      await executor.run(testTask("answers", "writes", { input: { out: "to stdout", err: "to stderr ü" }, key: "trial 3" }));
      expect(heard).toEqual([
        ["to stdout\n", 0, "trial 3"],
        ["to stderr ü\n", 0, "trial 3"],
        ["bytes\n", 0, "trial 3"],
      ]);
    });

    it("is bounded for each task, and says so", async () => {
      let heard = "";
      const executor = make({ onOutput: (text) => (heard += text) });
      await executor.run(testTask("answers", "writesMuch", { input: 200_000 }));
      expect(heard.slice(0, 65536)).toBe("x".repeat(65536));
      expect(heard.slice(65536)).toBe("\n[what this task writes beyond 65536 characters is not shown; its log keeps the end]\n");
      heard = "";
      await executor.run(testTask("answers", "writesMuch", { input: 2000 }));
      expect(heard.length).toBe(2000);
    });
  });

  describe("the log of a task", () => {
    it("is what it wrote, and no other's", async () => {
      const executor = make({ onOutput: () => undefined });
      const words = Array.from({ length: 60 }, (_, i) => `word ${i}`);
      const write = (word: string) => executor.run(testTask("answers", "writes", { key: word, input: { out: word, err: word } }));
      const results = await Promise.all(words.map(write));
      expect(results.map(({ log }) => log)).toEqual(words.map((word) => ({ head: `${word}\n${word}\nbytes\n`, dropped: 0, tail: "" })));
      expect(Object.hasOwn(await executor.run(testTask("answers", "echo")), "log")).toBe(false);
    });

    it("is kept where the task throws, ends its thread, fills the heap or is cut off", async () => {
      const executor = make({ onOutput: () => undefined, memoryMegabytes: 32 });
      for (const way of ["throws", "exit", "unhandled", "heap", "loop", "value"]) {
        const { log } = await executor.run(testTask("breakers", "speaks", { input: way, timeoutSeconds: way === "loop" ? 0.5 : null }));
        expect(log).toEqual({ head: `before ${way}\n`, dropped: 0, tail: "" });
      }
    });

    it("keeps the first and the last of what is too much, whatever became of the thread", async () => {
      for (const way of ["value", "exit", "loop", "native"]) {
        let shown = 0;
        const executor = make({ onOutput: (text) => (shown += text.length) });
        const cut = new AbortController();
        // It says when it has written all.
        const { log } = await executor.run(testTask("breakers", "floods", { input: way }), {
          signal: cut.signal,
          onMessage: () => (way === "loop" || way === "native") && cut.abort(),
        });
        expect(log?.head.slice(0, 24)).toBe("line 00000000\nline 00000");
        expect(log?.head.length).toBe(65536);
        expect(log?.tail.length).toBe(32768);
        expect(log?.tail.slice(-14)).toBe("line 00999999\n");
        expect(65536 + (log?.dropped ?? 0) + 32768).toBe(14_000_000);
        expect(shown).toBeLessThan(66_000);
      }
    });
  });

  describe("and the process that it runs in", () => {
    const module = new URL("./tasks/answers.mjs", import.meta.url).href;
    const executorModule = fileURLToPath(new URL("../../dist/workers/thread-executor.js", import.meta.url));
    const head = `
      import { threadExecutor } from ${JSON.stringify(executorModule)};
      const executor = threadExecutor({ slots: 2 });
      const task = (name, input) => ({ key: name, label: name, module: ${JSON.stringify(module)}, export: name, input, shared: null, priority: 0, timeoutSeconds: null });`;

    it("lives while a task runs, ends when none does, and keeps its stdout clean", async () => {
      const script = `${head}
        executor.run(task("writes", { out: "noise", err: "more noise" }));
        executor.run(task("rest", 50)).then((result) => process.stdout.write(JSON.stringify(result.ok)));`;
      const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 30_000 });
      expect(stdout).toBe("true");
      expect(stderr).toBe("noise\nmore noise\nbytes\n");
    });

    it("ends with the executor closed while a task runs", async () => {
      const script = `${head}
        const result = executor.run(task("rest", 1e6));
        await executor.close();
        process.stdout.write((await result).incident.kind);`;
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { timeout: 30_000 });
      expect(stdout).toBe("aborted");
    });
  });
});
