import { showValue } from "../core/options.ts";
import type { RunEnd, RunRecord } from "../core/records.ts";
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

/** With which state a run ends, and why. */
export function runEnd(
  worked: "complete" | "stopped",
  options: RunEndOptions,
): { readonly state: RunRecord["state"]; readonly end: RunEnd } {
  const { spec, trials, proposer, cut } = options;
  if (worked === "complete") return { state: "complete", end: completeBy(proposer, trials) };
  const budget = cut ? undefined : spentBudget(options);
  if (budget === undefined) {
    return { state: "stopped", end: cut ? { by: "cut", reason: "it was cut off" } : { by: "stop", reason: "it was stopped" } };
  }
  // Without a number of trials and rules a budget is the only end there is.
  const endless = (trials ?? spec.staleTrials ?? spec.sampler.size(spec.space)) === null && !spec.stopAtTarget && spec.stopAtNoise === null;
  return { state: endless ? "complete" : "stopped", end: budget };
}

function spentBudget({ timeBudgetSpent, cpuBudgetSpent }: RunEndOptions): RunEnd | undefined {
  if (timeBudgetSpent !== null) return { by: "time", reason: `the time budget of ${timeBudgetSpent} s is spent` };
  return cpuBudgetSpent === null ? undefined : { by: "cpu", reason: `the CPU budget of ${cpuBudgetSpent} s is spent` };
}

/** Why a study is complete whose proposer has nothing more to propose. */
export function completeBy(proposer: Proposer, trials: number | null): RunEnd {
  const { ended, next } = proposer;
  if (ended !== undefined) return ended;
  if (trials !== null && next >= trials) return { by: "trials", reason: `all ${next} trials are done` };
  return { by: "sampler", reason: `all ${next} trials of the sampler are done` };
}

/** What a run failed of. */
export function failureOf(error: unknown): RunEnd {
  return { by: "error", reason: error instanceof Error ? error.message : showValue(error) };
}
