import { unionWork } from "#hpo/validation/union-work";
import { describe, expect, it } from "vitest";
import type { GroupWork, WorkRows } from "#hpo/core/evaluation";
import type { Task } from "#hpo/core/executor";

const empty: WorkRows = { shared: [], evaluations: [], predictions: [], outcomes: [] };

function task(key: string): Task {
  return { key, label: key, module: "", export: "", input: null, shared: null, priority: 0, timeoutSeconds: null };
}

function workOf(name: string, log: string[]): GroupWork {
  let waiting = [task(`${name}/1`), task(`${name}/2`)];
  return {
    opening: empty,
    ready: () => waiting.splice(0),
    accept: ({ key }) => (log.push(`${name} accepts ${key}`), empty),
    fail: ({ key }) => (log.push(`${name} fails ${key}`), empty),
    trialsOf: () => [name.length],
    close: () => ((waiting = []), log.push(`${name} closes`), undefined),
  };
}

describe("unionWork()", () => {
  it("gives each result to the work that made the task, and closes all", () => {
    const log: string[] = [];
    const union = unionWork([workOf("a", log), workOf("bb", log)], empty);
    const tasks = union.ready();
    expect(tasks.map(({ key }) => key)).toEqual(["a/1", "a/2", "bb/1", "bb/2"]);
    expect(union.ready()).toEqual([]);
    const result = { ok: true, value: 1, slot: 0, wallSeconds: 0, cpuSeconds: null } as const;
    union.accept(tasks[2] as Task, result);
    union.fail(tasks[1] as Task, { kind: "error", message: "", code: null, stack: null });
    expect(union.trialsOf(tasks[3] as Task)).toEqual([2]);
    union.close();
    expect(log).toEqual(["bb accepts bb/1", "a fails a/2", "a closes", "bb closes"]);
    expect(() => union.trialsOf(task("c/1"))).toThrow("no work made the task c/1");
  });
});
