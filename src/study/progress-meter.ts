import type { Direction } from "../core/metric.ts";
import type { OutcomeBound, OutcomeRecord } from "../core/records.ts";
import type { RunProgress } from "../core/snapshot.ts";
import type { Params } from "../core/space.ts";
import { type BestConfiguration, bestConfiguration } from "./best-outcome.ts";

export interface ProgressMeterOptions {
  readonly study: string;
  readonly slots: number;
  readonly metric: string;
  readonly unit: "fraction" | "number";
  readonly direction: Direction;
  /** What the best trial has to meet. */
  readonly constraints?: readonly OutcomeBound[];
  /** The first trial of a trial's configuration; default: itself. */
  readonly firstOf?: (trial: number) => number;
  readonly total: () => number | null;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

/** Counts what is durable, for the live view. Decides nothing. */
export class ProgressMeter {
  readonly #options: ProgressMeterOptions;
  readonly #slots: { label: string | null; since: number }[];
  readonly #startedAt: number;
  #done = 0;
  #failed = 0;
  #endedInThisRun = 0;
  readonly #running = new Set<number>();
  #tasksDone = 0;
  readonly #configurations: BestConfiguration;
  /** By trial. */
  readonly #params: Params[] = [];
  stopping = false;
  /** Shown as they are. */
  readonly notes: Set<string> = new Set();

  constructor(options: ProgressMeterOptions) {
    this.#options = options;
    this.#configurations = bestConfiguration(options);
    this.#startedAt = options.clock();
    this.#slots = Array.from({ length: options.slots }, () => ({ label: null, since: 0 }));
  }

  slotStarts(slot: number, label: string): void {
    const entry = this.#slots[slot];
    if (entry !== undefined) Object.assign(entry, { label, since: this.#options.clock() });
  }

  slotEnds(slot: number): void {
    const entry = this.#slots[slot];
    if (entry !== undefined) entry.label = null;
  }

  taskDone(): void {
    this.#tasksDone++;
  }

  trialStarted(trial: number): void {
    this.#running.add(trial);
  }

  /** `restored`: it was finished in an earlier run. */
  trialFinished(outcome: OutcomeRecord, params: Params, restored = false): void {
    this.#running.delete(outcome.trial);
    if (!restored) this.#endedInThisRun++;
    if (outcome.state === "failed") this.#failed++;
    else this.#done++;
    this.#params[outcome.trial] = params;
    this.#configurations.absorb(outcome);
  }

  get #best(): RunProgress["best"] {
    const { best } = this.#configurations;
    if (best === null) return null;
    const { metric, unit } = this.#options;
    const { trial, value, standardError } = best;
    return { trial, params: this.#params[trial] ?? {}, metric, unit, value, standardError };
  }

  read(): RunProgress {
    const now = this.#options.clock();
    const elapsedSeconds = now - this.#startedAt;
    const total = this.#options.total();
    const rate = this.#endedInThisRun > 0 && elapsedSeconds > 0 ? this.#endedInThisRun / elapsedSeconds : null;
    return {
      study: this.#options.study,
      elapsedSeconds,
      done: this.#done,
      running: this.#running.size,
      failed: this.#failed,
      total,
      tasksDone: this.#tasksDone,
      rate,
      secondsLeft: rate === null || total === null ? null : Math.max(0, total - this.#done - this.#failed) / rate,
      best: this.#best,
      slots: this.#slots.map(({ label, since }) => ({ label, seconds: label === null ? 0 : now - since })),
      stopping: this.stopping,
      notes: [...this.notes],
    };
  }
}
