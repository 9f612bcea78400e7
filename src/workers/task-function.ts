import type { TaskFunction } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";

/**
 * Imports a task's module and gives its function. Node keeps modules for each thread, so only the first call pays.
 * @throws HpoError WORKER_FAILED where the module can't be imported or the export is no function.
 */
export async function taskFunction(module: string, name: string): Promise<TaskFunction> {
  let found: Record<string, unknown>;
  try {
    found = (await import(module)) as Record<string, unknown>;
  } catch (cause) {
    throw new HpoError("WORKER_FAILED", `The task's module ${module} can't be imported: ${reason(cause)}`, { cause });
  }
  const member = found[name];
  if (typeof member !== "function") {
    throw new HpoError("WORKER_FAILED", `The task's module ${module} must export a function ${name}; got ${showValue(member)}.`);
  }
  return member as TaskFunction;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : showValue(cause);
}
