import type { StudyRunOptions } from "./study-run-options.ts";

/** More slots than an adaptive study can keep busy are no mistake, but nobody should wait for them to help: a line for people, or none. */
export function idleSlots({
  adaptive,
  lookahead,
  executor,
  evaluation,
}: Pick<StudyRunOptions, "adaptive" | "lookahead" | "executor" | "evaluation">): readonly string[] {
  const most = lookahead * evaluation.tasksPerTrial;
  if (!adaptive || executor.slots <= most) return [];
  const tasks = evaluation.tasksPerTrial === 1 ? "" : ` of ${evaluation.tasksPerTrial} tasks`;
  return [`${executor.slots} workers, of which ${most} can be busy: lookahead ${lookahead} lets so many trials${tasks} run at once`];
}
