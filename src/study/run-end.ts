import { showValue } from "../core/options.ts";
import type { RunEnd, RunRecord } from "../core/records.ts";
import type { StudySpec } from "../core/study-spec.ts";
import type { TimeBudget } from "./budgets-left.ts";
import type { Proposer } from "./proposer.ts";

export interface RunEndOptions {
  readonly spec: StudySpec;
  readonly trials: number | null;
  readonly proposer: Proposer;
  /** The budget that stopped the run, or was spent before it. */
  readonly budgetSpent: "time" | "cpu" | null;
  readonly timeBudget: TimeBudget | null;
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
  return { state: isEndless(spec, trials) ? "complete" : "stopped", end: budget };
}

/** Without a number of trials and rules a budget is the only end there is. */
export function isEndless(spec: StudySpec, trials: number | null): boolean {
  return (trials ?? spec.staleTrials ?? spec.sampler.size(spec.space)) === null && !spec.stopAtTarget && spec.stopAtNoise === null;
}

function spentBudget({ budgetSpent, timeBudget, spec }: RunEndOptions): RunEnd | undefined {
  if (budgetSpent === null) return undefined;
  if (budgetSpent === "time") return { by: "time", reason: `the time budget of ${timeBudget?.seconds} s is spent` };
  return { by: "cpu", reason: `the CPU budget of ${spec.cpuBudgetSeconds} s is spent` };
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
