import type { StudySpec } from "../core/study-spec.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { bestTrial, goodness, unbeatenTrial } from "../report/best-trial.ts";

/** What the process ends with. */
export const exitCodes = { fine: 0, failed: 1, usage: 2, targetMissed: 3, interrupted: 130 } as const;

/** The exit code of a run that was not broken off by an error. A single failed trial is no failure. */
export function runExitCode(snapshot: StudySnapshot, spec: Pick<StudySpec, "target">, interrupted: boolean): number {
  if (interrupted) return exitCodes.interrupted;
  const best = bestTrial(snapshot);
  if (snapshot.state === "failed" || !snapshot.trials.some((trial) => trial.state === "complete")) return exitCodes.failed;
  return missesTarget(snapshot, spec) || (best === null && spec.target !== null) ? exitCodes.targetMissed : exitCodes.fine;
}

/** Whether the best value of the first objective is worse than the stated target. */
export function missesTarget(snapshot: StudySnapshot, spec: Pick<StudySpec, "target">): boolean {
  const best = unbeatenTrial(snapshot);
  const objective = snapshot.description.objectives[0];
  if (spec.target === null || best === null || objective === undefined) return false;
  const wanted = objective.direction === "maximize" ? spec.target : -spec.target;
  return goodness(best, objective.metric, objective.direction) < wanted;
}
