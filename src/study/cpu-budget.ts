/** The CPU seconds that the tasks of one run may take, all slots together. */
export interface CpuBudget {
  /** The budget, where it is spent; else null. */
  readonly spent: number | null;
  /** Counts a task that ended; null where it can't be measured. true: the budget has just been spent. */
  spend(cpuSeconds: number | null): boolean;
}

/** `seconds`: null for no limit. */
export function cpuBudget(seconds: number | null): CpuBudget {
  let used = 0;
  return {
    get spent() {
      return seconds !== null && used >= seconds ? seconds : null;
    },
    spend(cpuSeconds) {
      const before = used;
      used += cpuSeconds ?? 0;
      return seconds !== null && before < seconds && used >= seconds;
    },
  };
}
