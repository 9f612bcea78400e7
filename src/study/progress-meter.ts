import type { KnownOutcome } from "../core/records.ts";
import type { RunProgress } from "../core/snapshot.ts";
import type { Params } from "../core/space.ts";
import { type ChoiceRule, type TrialChoice, trialChoice } from "./trial-choice.ts";

export interface ProgressMeterOptions extends ChoiceRule {
  readonly study: string;
  readonly slots: number;
  readonly unit: "fraction" | "number";
  readonly total: () => number | null;
  /** Monotonic seconds. */
  readonly clock: () => number;
}

const mostNotes = 100;

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
  readonly #choice: TrialChoice;
  stopping = false;
  readonly #notes = new Set<string>();

  constructor(options: ProgressMeterOptions) {
    this.#options = options;
    this.#choice = trialChoice(options);
    this.#startedAt = options.clock();
    this.#slots = Array.from({ length: options.slots }, () => ({ label: null, since: 0 }));
  }

  /** Shown as they are, each once, in the order in which they came. */
  get notes(): readonly string[] {
    return [...this.#notes];
  }

  /** Every write of the run's row writes them, too: those beyond a hundred are left out. */
  note(text: string): void {
    if (this.#notes.size < mostNotes) this.#notes.add(text);
    else this.#notes.add("further notes are left out");
  }

  slotStarts(slot: number, label: string): void {
    const entry = this.#slots[slot];
    if (entry === undefined) return;
    entry.label = label;
    entry.since = this.#options.clock();
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
  trialFinished(outcome: KnownOutcome, params: Params, restored = false): void {
    this.#running.delete(outcome.trial);
    if (!restored) this.#endedInThisRun++;
    if (outcome.state === "failed") this.#failed++;
    else this.#done++;
    this.#choice.absorb(outcome, params);
  }

  get #best(): RunProgress["best"] {
    const chosen = this.#choice.chosen();
    if (chosen === null) return null;
    const { metric, unit } = this.#options;
    const { trial, params, value, standardError } = chosen;
    return { trial, params, metric, unit, value, standardError };
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
      notes: this.notes,
    };
  }
}
