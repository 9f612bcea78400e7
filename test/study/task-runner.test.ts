import { TaskRunner, type TaskEnd } from "#hpo/study/task-runner";
import { trialLogs } from "#hpo/study/trial-logs";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import { describe, expect, it } from "vitest";
import type { Task } from "#hpo/core/executor";
import type { AttemptRecord } from "#hpo/core/records";

const module = new URL("./tasks.mjs", import.meta.url).href;

function task(name: string, input: unknown, key = name): Task {
  return { key, label: key, module, export: name, input, shared: null, priority: 0, timeoutSeconds: null };
}

function runner(
  retries: number,
  earlier = new Map<string, AttemptRecord[]>(),
): { readonly tasks: TaskRunner; readonly attempts: AttemptRecord[] } {
  const attempts: AttemptRecord[] = [];
  const tasks = new TaskRunner({
    executor: inlineExecutor(),
    retries,
    codeHash: "code",
    earlier,
    logs: trialLogs(new Map()),
    now: () => "2026-01-01T00:00:00.000Z",
    onStart: () => {},
    onEnd: () => {},
    onAttempt: async (attempt) => void attempts.push(attempt),
  });
  return { tasks, attempts };
}

function run(tasks: TaskRunner, one: Task, trials: readonly number[]): Promise<TaskEnd> {
  return new Promise((resolve) => {
    tasks.starter({ trialsOf: () => trials, ended: (_, end) => resolve(end) })(one);
  });
}

function told(end: TaskEnd): unknown {
  return end.kind === "value" ? end.result.value : end.kind === "failed" ? end.incident.message : end.kind;
}

describe("TaskRunner", () => {
  it("tries a task again as often as it may", async () => {
    for (const retries of [0, 1, 2, 5]) {
      const { tasks, attempts } = runner(retries);
      const end = await run(tasks, task("failsWithCount", { id: `count ${retries}`, times: 3 }), [7]);
      expect(told(end)).toBe(retries >= 3 ? "ended" : `failure ${retries + 1}`);
      expect(attempts.map(({ attempt, trials }) => [attempt, trials])).toEqual(
        Array.from({ length: Math.min(3, retries + 1) }, (_, index) => [index + 1, [7]]),
      );
    }
  });

  it("withdraws an optional task that waits, for what came of the task before it too, and none that runs or has to run", async () => {
    const { tasks } = runner(0);
    const optional = (key: string, priority: number): Task => ({
      ...task("failsWithCount", { id: key, times: 0 }, key),
      priority,
      optional: true,
    });
    // In the order of their priorities; what the first brings withdraws the second, which would be next in the same slot.
    const first = run(tasks, optional("a", -1), [0]).then((end) => {
      for (const key of ["a", "b", "must"]) tasks.withdraw(key);
      return told(end);
    });
    const second = run(tasks, optional("b", -2), [0]).then(told);
    const must = run(tasks, { ...task("failsWithCount", { id: "must", times: 0 }, "must"), priority: -3 }, [0]).then(told);
    const third = run(tasks, optional("c", -4), [0]).then(told);
    expect(await Promise.all([first, second, must, third])).toEqual(["ended", "cut", "ended", "ended"]);
    tasks.stop();
    expect(told(await run(tasks, optional("d", 0), [0]))).toBe("cut");
    expect(tasks.active).toBe(0);
  });

  it("takes the same message twice for the code's fault, and tries no third time", async () => {
    const { tasks, attempts } = runner(10);
    expect(told(await run(tasks, task("failsAlike", null), [0]))).toBe("always this");
    expect(attempts).toHaveLength(2);
  });

  it("counts the attempts of earlier runs", async () => {
    const { tasks: first, attempts } = runner(1);
    await run(first, task("failsWithCount", { id: "earlier", times: 9 }, "k"), [0]);
    expect(attempts).toHaveLength(2);
    const kept = runner(1, new Map([["k", attempts]]));
    expect(told(await run(kept.tasks, task("failsWithCount", { id: "earlier", times: 9 }, "k"), [0]))).toBe("failure 2");
    expect(kept.attempts).toEqual([]);
    const one = runner(1, new Map([["k", attempts.slice(0, 1)]]));
    expect(told(await run(one.tasks, task("failsWithCount", { id: "earlier", times: 9 }, "k"), [0]))).toBe("failure 3");
    expect(one.attempts.map(({ attempt }) => attempt)).toEqual([2]);
  });

  it("cuts off without counting an attempt", async () => {
    const { tasks, attempts } = runner(1);
    const running = run(tasks, task("untilAborted", null), [0]);
    const waiting = run(tasks, task("failsAlike", null), [1]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    tasks.abort();
    expect([await running, await waiting]).toEqual([{ kind: "cut" }, { kind: "cut" }]);
    expect(attempts).toEqual([]);
    expect(tasks.active).toBe(0);
    expect(await run(tasks, task("failsAlike", null), [1])).toEqual({ kind: "cut" });
  });
});
