import type { Executor, Task } from "#hpo/core/executor";
import type { Rng } from "#hpo/math/rng";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import { taskQueue } from "#hpo/workers/task-queue";

/**
 * So many inline slots of this thread side by side, whose tasks take random numbers of turns of the event loop, so that they
 * end in an order of their own. `onEnd` is called as each ends.
 */
export function unevenExecutor(slots: number, stream: Rng, onEnd: (task: Task) => void = () => undefined): Executor {
  const executors = Array.from({ length: slots }, () => inlineExecutor());
  const free = executors.map((_, slot) => slot);
  const queue = taskQueue(slots, async (source) => {
    const item = source.take();
    if (item === undefined) return;
    const { task, options } = item;
    const slot = free.splice(stream.below(free.length), 1)[0] as number;
    const result = await (executors[slot] as Executor).run(task, { ...options, onStart: () => options.onStart?.(slot, task) });
    for (let turns = stream.below(12); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    free.push(slot);
    onEnd(task);
    item.settle({ ...result, slot });
  });
  return {
    name: "inline",
    slots,
    start: queue.start,
    run: queue.add,
    warm: () => undefined,
    forget: () => undefined,
    async close() {
      queue.close();
      await Promise.all(executors.map((executor) => executor.close()));
    },
  };
}
