import type { Batch } from "../core/store.ts";

/** When trials started: each start is stored once, with the rows that come next. */
export interface TrialStarts {
  /** Whether it is the trial's first. */
  add(trial: number): boolean;
  /** Those that were not taken yet. */
  take(): NonNullable<Batch["started"]>;
  /** The trial has its outcome, and starts no more. */
  forget(trial: number): void;
}

export function trialStarts(now: () => string): TrialStarts {
  const known = new Set<number>();
  let waiting: { trial: number; at: string }[] = [];
  return Object.freeze({
    add(trial: number) {
      if (known.has(trial)) return false;
      known.add(trial);
      waiting.push({ trial, at: now() });
      return true;
    },
    take() {
      const taken = waiting;
      waiting = [];
      return taken;
    },
    forget(trial: number) {
      known.delete(trial);
    },
  });
}
