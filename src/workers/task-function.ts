import type { TaskFunction } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { importExport } from "./task-module.ts";

/**
 * Imports a task's module and gives its function.
 * @throws HpoError WORKER_FAILED where the module can't be imported or the export is no function.
 */
export async function taskFunction(module: string, name: string): Promise<TaskFunction> {
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
