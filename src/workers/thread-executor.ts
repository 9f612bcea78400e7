import type { Executor } from "../core/executor.ts";
import { callable, checkOptions, finite, integer, optional } from "../core/options.ts";
import { mostSlots, outputLength, slotExecutor } from "./slot-executor.ts";
import { SlotThread } from "./slot-thread.ts";

export interface ThreadExecutorOptions {
  /** Number of tasks that run at once, each in a thread of its own. */
  readonly slots: number;
  /** Seconds that a task may take to stop after its signal is aborted, before it is cut off. Default 2. */
  readonly graceSeconds?: number;
  /**
   * Limit of each slot's JavaScript heap in MiB; typed arrays and WebAssembly memories are not in it. Default: V8's own.
   * A heap that fills up bit by bit is contained, but one allocation that is larger than what is left (a huge array, a
   * growing Map) makes V8 end the whole process: so a low limit is more dangerous than none.
   */
  readonly memoryMegabytes?: number;
  /** Seconds in which a slot must take up a task, before its thread is replaced. Default 30. */
  readonly startSeconds?: number;
  /** What tasks write to stdout and stderr, in the order in which they write it; the key is null between tasks. Default: this process's stderr. */
  readonly onOutput?: (text: string, slot: number, taskKey: string | null) => void;
}

/**
 * Runs tasks in worker threads. A task's module, input, shared value and result must be plain data that can be copied
 * between threads; arrays over shared memory are not copied.
 *
 * Tasks that call the same function, and whose last ones took less than a few milliseconds, go to a slot in batches of at most 256, with one message
 * each way: the slot begins none of them after 5 ms, and gives back what it has not begun. Their results come together, and their CPU time is read once
 * and shared by wall time. A batch that breaks, or has not ended after 5 s, charges nobody: its tasks are run again, each alone.
 *
 * Threads are made when tasks need them or `warm` is called, take about 30 ms to start, and never keep an idle process alive. A shared value
 * is posted once to each thread that needs it. The time limit counts from when the thread takes up the task, so it
 * includes importing the module, and not the queue; then the task's signal is aborted and, after the grace time, its
 * thread ended, whatever loop it is in. `wallSeconds` and `cpuSeconds` are the function's own.
 *
 * A result has the first and the last of what the task wrote. A thread that dies charges its task only where no earlier task
 * can be the cause, else the task is tried again in a new one; a task that leaves functions changed that the engine works with
 * ends the thread, and tasks of its batch are run again, each alone.
 *
 * A value that was complete before the task learnt of an abort is kept; after that the result is "aborted", whatever
 * the task returns. What a task throws, posts or breaks costs that attempt alone, with three limits of threads: native
 * code that crashes takes the process along, so does one allocation beyond the heap's limit, and a native call is only
 * given up, not interrupted.
 *
 * @throws HpoError OPTION_INVALID
 */
export function threadExecutor(options: ThreadExecutorOptions): Executor {
  checkOptions("threadExecutor", options, {
    slots: integer(1, mostSlots),
    graceSeconds: optional(finite(0)),
    memoryMegabytes: optional(finite(0, Infinity, true)),
    startSeconds: optional(finite(0, Infinity, true)),
    onOutput: optional(callable()),
  });
  const { slots, graceSeconds = 2, startSeconds = 30, memoryMegabytes = null } = options;
  return slotExecutor({
    name: "threads",
    slots,
    graceSeconds,
    startSeconds,
    onOutput: options.onOutput ?? ((text) => process.stderr.write(text)),
    host: (slot, events) => new SlotThread({ slot, outputLength, memoryMegabytes, graceSeconds }, events),
  });
}
