import type { Executor } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { threadCpuSeconds } from "../workers/thread-cpu.ts";

/** The CPU seconds that the tasks of one run may still take, all slots together. */
export interface CpuBudget {
  /** The same executor, whose tasks are counted as they end. */
  readonly executor: Executor;
  /** Whether it is what stopped the run. */
  readonly stopped: boolean;
}

/**
 * `seconds`: null for no limit. `stop` is called once, when they are spent, and says whether that stopped the run (it may be stopping already).
 * @throws HpoError OPTION_INVALID where a thread's CPU time can't be measured
 */
export function cpuBudget(executor: Executor, seconds: number | null, stop: () => boolean): CpuBudget {
  if (seconds === null) return { executor, stopped: false };
  if (threadCpuSeconds() === null) {
    throw new HpoError(
      "OPTION_INVALID",
      "cpuBudgetSeconds needs the CPU time of single threads, which this system tells from Node 22.15 on; use timeBudgetSeconds.",
    );
  }
  let used = 0;
  let stopped = false;
  const spend = (cpuSeconds: number): void => {
    const before = used;
    used += cpuSeconds;
    if (before < seconds && used >= seconds) stopped = stop();
  };
  return {
    executor: {
      ...executor,
      start: (task, run) =>
        executor.start(task, {
          ...run,
          onEnd: (result) => {
            spend(result.cpuSeconds ?? 0);
            run.onEnd(result, task);
          },
        }),
      run: async (task, options) => {
        const result = await executor.run(task, options);
        // A thread that was ended takes its CPU time along; it was no more than this.
        spend(result.cpuSeconds ?? result.wallSeconds);
        return result;
      },
    },
    get stopped() {
      return stopped;
    },
  };
}
