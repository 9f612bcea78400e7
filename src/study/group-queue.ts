import type { PlannedTrial } from "../core/evaluation.ts";
import type { TrialRecord } from "../core/records.ts";
import type { SavedStudy } from "../core/store.ts";
import { type GroupSeed, unfinishedGroups } from "./group-seed.ts";
import type { Proposer } from "./proposer.ts";
import { trialRecord } from "./trial-record.ts";

export interface GroupQueueOptions {
  readonly saved: SavedStudy;
  readonly proposer: Proposer;
  /** Total number of trials; null = until the sampler is exhausted or the run is stopped. */
  readonly trials: number | null;
  /** Trials that are planned together. */
  readonly size: number;
  readonly now: () => string;
}

/** The groups of trials still to be opened: those that an earlier run left unfinished, in order, then new proposals. */
export class GroupQueue {
  readonly #options: Omit<GroupQueueOptions, "saved">;
  readonly #restored: GroupSeed[];
  #nextGroup: number;

  constructor({ saved, ...options }: GroupQueueOptions) {
    this.#options = options;
    this.#restored = unfinishedGroups(saved);
    this.#nextGroup = saved.trials.reduce((most, trial) => Math.max(most, trial.group + 1), 0);
  }

  /** Whether a group can be opened now; false too while the sampler waits for outcomes. */
  get canOpen(): boolean {
    return this.#restored.length > 0 || this.#canPropose;
  }

  /** Whether trials are left that a later run would open. */
  get left(): boolean {
    return this.#restored.length > 0 || this.#mayPropose;
  }

  /** Trials that are not finished, at most; Infinity where only the sampler or the clock ends the study. */
  trialsLeft(): number {
    const { proposer, trials } = this.#options;
    const restored = this.#restored.reduce((sum, seed) => sum + seed.trials.length - seed.saved.finished.size, 0);
    return restored + (proposer.exhausted ? 0 : Math.max(0, (trials ?? Infinity) - proposer.next));
  }

  /** The next group, with those of its trials that are not stored yet; undefined when the sampler turns out to be exhausted. */
  next(): { readonly seed: GroupSeed; readonly proposed: readonly TrialRecord[] } | undefined {
    const restored = this.#restored.shift();
    if (restored !== undefined)
      return { seed: { ...restored, trials: restored.trials.map((trial) => this.#planned(trial)) }, proposed: [] };
    const { proposer, size, now } = this.#options;
    const group = this.#nextGroup;
    const records: TrialRecord[] = [];
    while (records.length < size && this.#canPropose) {
      const number = proposer.next;
      const proposal = proposer.propose();
      if (proposal === undefined) break;
      records.push(trialRecord(number, group, { proposal, at: now() }));
    }
    if (records.length === 0) return undefined;
    this.#nextGroup++;
    const trials = records.map((trial) => this.#planned(trial));
    return { seed: { group, trials, saved: { evaluations: [], parts: [], finished: new Set() } }, proposed: records };
  }

  #planned(trial: PlannedTrial): PlannedTrial {
    const { repeat } = this.#options.proposer.placeOf(trial.number);
    return repeat === 0 ? trial : { ...trial, repeat };
  }

  get #mayPropose(): boolean {
    const { proposer, trials } = this.#options;
    return !proposer.exhausted && (trials === null || proposer.next < trials);
  }

  get #canPropose(): boolean {
    return this.#mayPropose && this.#options.proposer.waitsFor() === undefined;
  }
}
