import type { TaskFunction } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { importExport } from "./task-module.ts";

/**
 * Finds the functions of tasks, each once: the function itself where it was found before, else a promise of it, which is rejected with
 * WORKER_FAILED where the module can't be imported or the export is no function.
 */
export function taskFunctions(): (module: string, name: string) => TaskFunction | Promise<TaskFunction> {
  const found = new Map<string, Map<string, TaskFunction>>();
  return (module, name) =>
    found.get(module)?.get(name) ??
    taskFunction(module, name).then((run) => {
      const exports = found.get(module) ?? new Map<string, TaskFunction>();
      found.set(module, exports.set(name, run));
      return run;
    });
}

async function taskFunction(module: string, name: string): Promise<TaskFunction> {
  let member: unknown;
  try {
    member = await importExport(module, name);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : showValue(cause);
    throw new HpoError("WORKER_FAILED", `The task's module ${module} can't be imported: ${reason}`, { cause });
  }
  if (typeof member !== "function") {
    throw new HpoError("WORKER_FAILED", `The task's module ${module} must export a function ${name}; got ${showValue(member)}.`);
  }
  return member as TaskFunction;
}
