import type { RunRecord } from "../core/records.ts";
import type { StudySpec } from "../core/study-spec.ts";
import type { Proposer } from "./proposer.ts";

export interface RunEndOptions {
  readonly spec: StudySpec;
  readonly trials: number | null;
  readonly proposer: Proposer;
  /** The budget in seconds where that is what stopped the run, else null. */
  readonly timeBudgetSpent: number | null;
  readonly cpuBudgetSpent: number | null;
  /** Its signal cut it off, or its study was closed. */
  readonly cut: boolean;
}

/** With which state a run ends, and why, in a few words for people. */
export function runEnd(
  end: "complete" | "stopped",
  { spec, trials, proposer, timeBudgetSpent, cpuBudgetSpent, cut }: RunEndOptions,
): { readonly state: RunRecord["state"]; readonly reason: string } {
  const budget =
    timeBudgetSpent === null
      ? cpuBudgetSpent === null
        ? null
        : `the CPU budget of ${cpuBudgetSpent} s is spent`
      : `the time budget of ${timeBudgetSpent} s is spent`;
  if (end === "complete") return { state: "complete", reason: completeBy(proposer, trials) };
  if (budget === null || cut) return { state: "stopped", reason: cut ? "it was cut off" : "it was stopped" };
  // Without a number of trials and rules a budget is the only end there is.
  const endless = (trials ?? spec.staleTrials ?? spec.sampler.size(spec.space)) === null && !spec.stopAtTarget;
  return { state: endless ? "complete" : "stopped", reason: budget };
}

/** Why a study is complete whose proposer has nothing more to propose. */
export function completeBy(proposer: Proposer, trials: number | null): string {
  const { endReason } = proposer;
  if (endReason !== undefined) return endReason;
  return trials !== null && proposer.next >= trials
    ? `all ${proposer.next} trials are done`
    : `the sampler has no more than ${proposer.next} trials`;
}
