import type { Store } from "../core/store.ts";
import type { StudySpec } from "../core/study-spec.ts";

/** Wall seconds after which no more work is started. */
export interface TimeBudget {
  readonly seconds: number;
  /** "study": of all its runs together, as it is declared; "run": of each run, as it is asked for when the study is opened. */
  readonly of: "study" | "run";
}

/** What a run may take; null = without end. */
export interface BudgetsLeft {
  readonly timeSeconds: number | null;
  readonly cpuSeconds: number | null;
}

/**
 * What is left of a study's budgets when a run of it begins. What earlier runs took counts, those that were killed among them: wall time up to their last
 * commit, CPU time of what is stored. An attempt that failed counts with its wall time. It reads all trials, and only where there is a budget.
 */
export function budgetsLeft(store: Store, { name, cpuBudgetSeconds }: StudySpec, time: TimeBudget | null): BudgetsLeft {
  const ofStudy = time?.of === "study";
  if (!ofStudy && cpuBudgetSeconds === null) return { timeSeconds: time?.seconds ?? null, cpuSeconds: null };
  const { wallSeconds, cpuSeconds, attempts } = store.snapshot(name);
  const failed = attempts.reduce((sum, attempt) => sum + attempt.wallSeconds, 0);
  return {
    timeSeconds: time === null ? null : ofStudy ? Math.max(0, time.seconds - wallSeconds) : time.seconds,
    cpuSeconds: cpuBudgetSeconds === null ? null : Math.max(0, cpuBudgetSeconds - (cpuSeconds ?? 0) - failed),
  };
}
