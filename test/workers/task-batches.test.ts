import { describe, expect, it, onTestFinished } from "vitest";
import { type ThreadExecutorOptions, threadExecutor } from "#hpo/workers/thread-executor";
import type { Executor, TaskResult } from "#hpo/core/executor";
import { incidentIn, testTask, valueIn } from "./test-task.ts";

function make(options: Partial<ThreadExecutorOptions> = {}): Executor {
  const executor = threadExecutor({ slots: 1, graceSeconds: 0.05, ...options });
  onTestFinished(() => executor.close());
  return executor;
}

describe("small tasks of one function", () => {
  it("come to a slot in batches, once their pace is known", async () => {
    const executor = make({ slots: 2 });
    const run = async () => valueIn(await executor.run(testTask("answers", "turnNumber")));
    const turns = await Promise.all(Array.from({ length: 400 }, run));
    expect(new Set(turns).size).toBeLessThan(400);
  });

  it("are charged with nothing that another of their batch did", async () => {
    const executor = make({ slots: 2 });
    const ways = new Map([
      [150, "exit"],
      [220, "loop"],
      [260, "throws"],
      [300, "hard"],
    ]);
    const results = await Promise.all(
      Array.from({ length: 400 }, (_, value) =>
        executor.run(testTask("breakers", "sometimes", { input: { way: ways.get(value), value }, timeoutSeconds: 0.3 })),
      ),
    );
    for (const [value, result] of results.entries()) if (!ways.has(value)) expect(valueIn(result)).toBe(value);
    expect(incidentIn(results[150] as TaskResult).kind).toBe("crash");
    expect(incidentIn(results[220] as TaskResult).kind).toBe("timeout");
    expect(incidentIn(results[260] as TaskResult).message).toBe("value 260");
    expect(incidentIn(results[300] as TaskResult).message).toMatch(/must be plain data that can be copied between threads/);
  });

  it("say whose words are whose", async () => {
    const heard: unknown[] = [];
    const executor = make({ onOutput: (text, _slot, key) => heard.push(`${String(key)}: ${text.trim()}`) });
    const words = Array.from({ length: 100 }, (_, i) => `word ${i}`);
    const write = (word: string) => executor.run(testTask("answers", "writes", { key: word, input: { out: word, err: word } }));
    await Promise.all(words.map(write));
    expect(heard).toEqual(words.flatMap((word) => [`${word}: ${word}`, `${word}: ${word}`, `${word}: bytes`]));
  });

  it("are dropped or cut off with their signal, those before them stand", async () => {
    const executor = make();
    const controller = new AbortController();
    const small = (input: unknown) => executor.run(testTask("breakers", "sometimes", { input }), { signal: controller.signal });
    const before = Array.from({ length: 50 }, (_, value) => small({ value }));
    const endless = small({ way: "loop" });
    const after = Array.from({ length: 50 }, (_, value) => small({ value }));
    await before[0];
    setTimeout(() => controller.abort(), 300);
    expect(incidentIn(await endless).kind).toBe("aborted");
    for (const result of await Promise.all(after)) expect(incidentIn(result).kind).toBe("aborted");
    for (const [value, result] of (await Promise.all(before)).entries()) {
      // Those that were in the batch of the endless one have no result.
      if (result.ok) expect(result.value).toBe(value);
      else expect(result.incident.kind).toBe("aborted");
    }
    expect(valueIn(await executor.run(testTask("breakers", "sometimes", { input: { value: 7 } })))).toBe(7);
  });

  it("are run again, each alone, where one of them changed what all share", async () => {
    const executor = make();
    const run = async (input: number) => valueIn(await executor.run(testTask("breakers", "changesOnce", { input })));
    const results = await Promise.all(Array.from({ length: 200 }, (_, input) => run(input)));
    expect(results).toEqual(Array.from({ length: 200 }, (_, input) => input));
  });

  it("are run again, each alone, where one of them keeps those behind it from ending, without a time limit", async () => {
    const executor = make({ graceSeconds: 0.1 });
    const run = async (input: number) => valueIn(await executor.run(testTask("breakers", "stopsPromisesOnce", { input })));
    const results = await Promise.all(Array.from({ length: 200 }, (_, input) => run(input)));
    expect(results).toEqual(Array.from({ length: 200 }, (_, input) => input));
  });
});
