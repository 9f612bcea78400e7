import type { GroupWork, WorkRows } from "../core/evaluation.ts";
import type { Task } from "../core/executor.ts";

/** Several works as one; each task goes back to the work that made it. */
export function unionWork(works: readonly GroupWork[], opening: WorkRows): GroupWork {
  const owners = new Map<string, GroupWork>();
  const [only] = works.length === 1 ? works : [];
  function ownerOf(task: Task): GroupWork {
    if (only !== undefined) return only;
    const owner = owners.get(task.key);
    if (owner === undefined) throw new RangeError(`unionWork: no work made the task ${task.key}.`);
    return owner;
  }
  return {
    opening,
    notes: works.flatMap((work) => work.notes ?? []),
    ready() {
      if (only !== undefined) return only.ready();
      const tasks: Task[] = [];
      for (const work of works) {
        for (const task of work.ready()) {
          owners.set(task.key, work);
          tasks.push(task);
        }
      }
      return tasks;
    },
    accept: (task, result) => ownerOf(task).accept(task, result),
    fail: (task, incident) => ownerOf(task).fail(task, incident),
    trialsOf: (task) => ownerOf(task).trialsOf(task),
    model(trial) {
      for (const work of works) {
        const model = work.model?.(trial);
        if (model !== undefined) return model;
      }
      return undefined;
    },
    close() {
      for (const work of works) work.close();
    },
  };
}
