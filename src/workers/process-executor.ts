import type { Executor } from "../core/executor.ts";
import { callable, checkOptions, finite, integer, optional } from "../core/options.ts";
import { mostSlots, outputLength, slotExecutor } from "./slot-executor.ts";
import { SlotProcess } from "./slot-process.ts";
import { SlotThread } from "./slot-thread.ts";

export interface ProcessExecutorOptions {
  /** Number of tasks that run at once, each in a process of its own. */
  readonly slots: number;
  /** Seconds that a task may take to stop after its signal is aborted, before it is cut off. Default 2. */
  readonly graceSeconds?: number;
  /** Limit of each slot's JavaScript heap in MiB; typed arrays and WebAssembly memories are not in it. Default: V8's own. */
  readonly memoryMegabytes?: number;
  /** Bytes that a slot's process may take more while a task runs than when it began, native memory and all. Default: no limit. */
  readonly taskBytes?: number;
  /** Seconds in which a slot must take up a task once that has reached it, before its process is replaced. Default 30. */
  readonly startSeconds?: number;
  /**
   * What tasks write to stdout and stderr, native code and processes of theirs too; the key is null between tasks, and for such words of small tasks
   * that run in a batch. Default: this process's stderr.
   */
  readonly onOutput?: (text: string, slot: number, taskKey: string | null) => void;
}

/**
 * Runs tasks as `threadExecutor` does, each slot in a process of its own. What threads can't contain costs one attempt here: a crash in native code, one
 * allocation beyond the heap's limit, memory beyond `taskBytes`, a native call without end, processes that a task leaves behind.
 *
 * A process takes about 0.1 s and 45 MB to start, sees at once when this one has ended, however that came, and ends itself and its group then; processes
 * that left the group (setsid) are not reached. It takes no notice of SIGINT, SIGTERM and SIGHUP.
 *
 * Shared values are copied, once to each process: about 0.3 s and 1 GB of memory for each GB and slot; of a shared WebAssembly memory as much as arrays in
 * the same value reach. Shared memory in inputs and results is copied for each task. Tasks that work `inside` this process's memory run in threads of it,
 * with the limits of threads.
 *
 * @throws HpoError OPTION_INVALID
 */
export function processExecutor(options: ProcessExecutorOptions): Executor {
  checkOptions("processExecutor", options, {
    slots: integer(1, mostSlots),
    graceSeconds: optional(finite(0)),
    memoryMegabytes: optional(finite(0, Infinity, true)),
    taskBytes: optional(finite(0, Infinity, true)),
    startSeconds: optional(finite(0, Infinity, true)),
    onOutput: optional(callable()),
  });
  const { slots, graceSeconds = 2, startSeconds = 30, memoryMegabytes = null, taskBytes = null } = options;
  return slotExecutor({
    name: "processes",
    slots,
    graceSeconds,
    startSeconds,
    onOutput: options.onOutput ?? ((text) => process.stderr.write(text)),
    host: (slot, events) => new SlotProcess({ slot, outputLength, memoryMegabytes, taskBytes }, events),
    hostInside: (slot, events) => new SlotThread({ slot, outputLength, memoryMegabytes, graceSeconds }, events),
  });
}
