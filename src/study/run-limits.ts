import { setMaxListeners } from "node:events";
import { deadline } from "../workers/deadline.ts";
import type { StudyRun } from "./study-run.ts";

/** What ends a run from outside. */
export interface RunLimits {
  /** Whether the time budget ended it, and nothing before. */
  budgetSpent(): boolean;
  disarm(): void;
}

/** Lets the signal cut a run off and the time budget stop it. */
export function runLimits(
  run: StudyRun,
  { signal, timeBudgetSeconds }: { readonly signal: AbortSignal | undefined; readonly timeBudgetSeconds: number | null },
): RunLimits {
  let cut = false;
  let budgetSpent = false;
  const abort = (): void => {
    cut = true;
    run.abort();
  };
  const disarm = deadline(timeBudgetSeconds, () => {
    // A run that was stopped before is not made complete by the clock.
    budgetSpent = !run.stopping;
    run.stop();
  });
  // Many studies may run under one signal; Node would take ten for a leak.
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted === true) abort();
  return {
    budgetSpent: () => budgetSpent && !cut,
    disarm: () => {
      disarm();
      signal?.removeEventListener("abort", abort);
    },
  };
}
