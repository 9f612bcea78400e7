import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Executor, RunOptions, Task, TaskResult } from "#hpo/core/executor";

type Module = "answers" | "failures" | "waits" | "breakers" | "broken-module" | "absent-module";

/** A task of test/workers/tasks. */
export function testTask(module: Module, name: string, more: Partial<Task> = {}): Task {
  const url = new URL(`./tasks/${module}.mjs`, import.meta.url).href;
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

/** A gate that tasks wait at, in whatever thread or process: a file that is there once it is open. */
export function newGate(): { readonly gate: string; readonly open: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const gate = path.join(folder, "open");
  return { gate, open: () => writeFileSync(gate, "") };
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
