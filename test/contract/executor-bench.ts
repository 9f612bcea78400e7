import { it, onTestFinished } from "vitest";
import type { Executor } from "#hpo/core/executor";

export interface ExecutorSettings {
  readonly slots: number;
  readonly graceSeconds: number;
  readonly memoryMegabytes?: number;
}

/** What an executor may be unable to do. */
export type ExecutorLimit = "several slots" | "interrupts loops" | "contains crashes" | "contains memory" | "copies data" | "shares memory";

/** What the parts of the executor contract test with. */
export interface ExecutorBench {
  /** A new executor, closed when the test is over. */
  make(settings?: Partial<ExecutorSettings>): Executor;
  /** A test, skipped where the implementation can't do what it needs. */
  check(title: string, body: () => Promise<void>, needs?: ExecutorLimit): void;
}

export function executorBench(
  factory: (settings: ExecutorSettings) => Executor,
  skips: Partial<Record<ExecutorLimit, string>>,
): ExecutorBench {
  return {
    make: (settings = {}) => {
      const executor = factory({ slots: 1, graceSeconds: 0.05, ...settings });
      onTestFinished(() => executor.close());
      return executor;
    },
    check: (title, body, needs) => {
      const why = needs === undefined ? undefined : skips[needs];
      it(title, (context) => {
        context.skip(why !== undefined, why);
        return body();
      });
    },
  };
}
