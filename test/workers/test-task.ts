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
