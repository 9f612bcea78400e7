import type { WorkRows } from "../core/evaluation.ts";
import type { KnownOutcome, TrialRecord } from "../core/records.ts";
import type { RunProgress } from "../core/snapshot.ts";
import type { Batch } from "../core/store.ts";
import { type DurableRows, durableRows } from "./durable-rows.ts";
import { gathered } from "./gathered.ts";
import { GroupQueue } from "./group-queue.ts";
import { idleSlots } from "./idle-slots.ts";
import { knownOutcome } from "./known-outcome.ts";
import { type OpenGroup, openGroup, type StoredRows, type TaskArrival } from "./open-group.ts";
import type { StudyRunOptions } from "./study-run-options.ts";
import { TaskRunner } from "./task-runner.ts";
import { type TrialLogs, trialLogs } from "./trial-logs.ts";
import { type TrialStarts, trialStarts } from "./trial-starts.ts";

/** Tasks for each slot that are handed out and have no rows: more would only take memory. */
const tasksAhead = 256;

/**
 * The loop of one run: propose, plan, run, store. What is proposed and how it is grouped follows from trial numbers
 * and stored outcomes; time only decides how much of it is done when the run is stopped.
 */
export class StudyRun {
  readonly #options: Omit<StudyRunOptions, "saved">;
  readonly #runner: TaskRunner;
  readonly #groups = new Map<number, OpenGroup>();
  readonly #queue: GroupQueue;
  readonly #starts: TrialStarts;
  readonly #logs: TrialLogs;
  readonly #arrive: (arrival: TaskArrival) => void;
  readonly #taken: DurableRows<StoredRows>;
  readonly #progress = (): RunProgress => this.#options.meter.read();
  #stopping = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor({ saved, ...options }: StudyRunOptions) {
    this.#options = options;
    const { executor, retries, codeHash, meter, now, proposer, trials, adaptive, evaluation } = options;
    this.#queue = new GroupQueue({ saved, proposer, trials, size: adaptive ? 1 : evaluation.groupSize, now });
    this.#starts = trialStarts(now);
    this.#logs = trialLogs(saved.logLengths);
    this.#arrive = gathered((arrivals) => {
      for (const one of arrivals) this.#take(one);
      // There may be room for more trials, or nothing left to gather.
      this.#wake();
    });
    this.#taken = durableRows((stored, failure) => {
      this.#failure ??= failure;
      for (const { group, known } of stored) {
        if (failure === undefined) this.#count(group, known);
        this.#left(group);
      }
      this.#wake();
    });
    this.#runner = new TaskRunner({
      executor,
      retries,
      codeHash,
      earlier: saved.attempts,
      logs: this.#logs,
      now,
      onStart: (task, trials, slot) => {
        for (const trial of trials) {
          // A part may serve trials that ended in an earlier run.
          if (!options.outcomes.has(trial) && this.#starts.add(trial)) meter.trialStarted(trial);
        }
        meter.slotStarts(slot, task.label);
        this.#changed();
      },
      onEnd: (slot) => {
        meter.slotEnds(slot);
        this.#changed();
      },
      onAttempt: (attempt, logs) => {
        // Its next attempt waits for this.
        this.#working--;
        const durable = options.commit({ attempts: [attempt], logs }, attempt.wallSeconds).finally(() => this.#working++);
        this.#wake();
        return durable;
      },
    });
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Lets running tasks finish, starts no more. */
  stop(): void {
    this.#stopping = true;
    this.#options.meter.stopping = true;
    this.#runner.stop();
    this.#wake();
  }

  /** Cuts running tasks off; what is durable stays. */
  abort(): void {
    this.stop();
    this.#runner.abort();
  }

  /** Ends the run with an error from outside the loop (the lease was lost). */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.abort();
  }

  /** Resolves when nothing is left to do ("complete") or the run was stopped; rejects when the study itself failed. */
  async work(): Promise<"complete" | "stopped"> {
    try {
      for (const note of idleSlots(this.#options)) this.#options.meter.note(note);
      // Threads start while the first trials are proposed and planned.
      if (!this.#stopping) this.#options.executor.warm(this.#queue.trialsLeft());
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure.error;
        if (!this.#stopping) await this.#open();
        for (const group of this.#groups.values()) this.#handOut(group);
        if (this.#working === 0) {
          // Whatever comes next waits for what is gathered.
          this.#options.flush();
          if (this.#busy === 0) {
            if (this.#stopping) {
              // A run that continues finds it made already, or makes it again.
              for (const group of this.#groups.values()) await this.#storeNow(this.#kept(group));
              return this.#groups.size > 0 || this.#queue.left ? "stopped" : "complete";
            }
            if (this.#groups.size === 0 && !this.#queue.canOpen) return "complete";
            if (this.#groups.size > 0) throw new Error("hpo: a group of trials has neither tasks nor outcomes left; please report this.");
            continue;
          }
        }
        await this.#woken();
      }
    } catch (error) {
      this.abort();
      // Nothing is written once the run has ended.
      while (this.#busy > 0) {
        this.#flush();
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      throw error;
    } finally {
      for (const group of this.#groups.values()) group.work.close();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#failure !== undefined) resolve();
    });
  }

  /** Tasks handed out whose rows are not durable yet, and writes that nobody waits for. */
  #busy = 0;
  /** Tasks handed out that have no rows yet, but for those that wait for the disk before they are tried again. */
  #working = 0;

  /** Opens groups while there is room: restored ones first, in order. */
  async #open(): Promise<void> {
    while (!this.#stopping && this.#hasRoom() && this.#queue.canOpen) {
      const next = this.#queue.next();
      if (next === undefined) return;
      const { seed, proposed } = next;
      if (proposed.length > 0) await this.#storeProposals(proposed);
      const work = await this.#options.evaluation.begin(seed.group, seed.trials, seed.saved);
      const start = this.#runner.starter({
        trialsOf: (task) => work.trialsOf(task),
        ended: (task, end) => this.#arrive({ group, task, end }),
      });
      const group = openGroup(seed, work, start);
      this.#groups.set(seed.group, group);
      for (const note of work.notes ?? []) this.#options.meter.note(note);
      // What was known before any task, such as trials whose model could not be made.
      if (work.opening.outcomes.length > 0) {
        const { known, durable } = this.#store(group, work.opening, 0);
        this.#flush();
        await durable;
        this.#count(group, known);
      }
      if (group.unfinished.size === 0) this.#close(group);
      else this.#handOut(group);
    }
  }

  /** Their numbers and parameters, before their work or with its first results. */
  async #storeProposals(trials: readonly TrialRecord[]): Promise<void> {
    if (this.#options.proposalsFirst) await this.#storeNow({ trials });
    else this.#writeBehind(this.#options.commit({ trials }));
  }

  async #storeNow(batch: Batch): Promise<void> {
    const durable = this.#options.commit(batch);
    this.#flush();
    await durable;
  }

  /** Adaptive samplers are held back by their lookahead; the others by what the slots can take. */
  #hasRoom(): boolean {
    if (this.#options.adaptive) return this.#groups.size < this.#options.lookahead;
    return this.#groups.size < 2 && this.#runner.active < 2 * this.#options.executor.slots;
  }

  #handOut(group: OpenGroup): void {
    if (this.#stopping) return;
    for (const task of group.next(tasksAhead * this.#options.executor.slots - this.#working)) {
      group.active++;
      this.#busy++;
      this.#working++;
      group.start(task);
    }
  }

  #take({ group, task, end }: TaskArrival): void {
    this.#working--;
    if (end.kind === "cut") return this.#left(group);
    try {
      if (end.kind === "broken") throw end.error;
      const rows = end.kind === "value" ? group.work.accept(task, end.result) : group.work.fail(task, end.incident);
      for (const key of rows.withdrawn ?? []) this.#runner.withdraw(key);
      // More of the group may be ready now; the slots need not wait for the disk.
      this.#handOut(group);
      this.#options.meter.taskDone();
      const told = end.kind === "value" && end.logs.length > 0 ? { ...rows, logs: end.logs } : rows;
      this.#taken.add(this.#store(group, told, end.kind === "value" ? end.result.wallSeconds : 0));
    } catch (error) {
      this.#failure ??= { error };
      this.#left(group);
    }
  }

  /** One task less is under way. */
  #left(group: OpenGroup): void {
    group.active--;
    this.#busy--;
    if (group.unfinished.size === 0 && group.active === 0) this.#close(group);
  }

  /** Hands rows over to be written. */
  #store(group: OpenGroup, rows: WorkRows & Pick<Batch, "logs">, workSeconds: number): StoredRows {
    const { outcomes } = rows;
    const known = outcomes.map(knownOutcome);
    for (const outcome of known) {
      group.unfinished.delete(outcome.trial);
      this.#logs.forget(outcome.trial);
      this.#options.keeper.absorb(outcome, group.trials.get(outcome.trial)?.params ?? {});
    }
    const started = this.#starts.take();
    // What its model is made of goes with the group.
    const ended = outcomes.length > 0 && group.unfinished.size === 0 ? { finishedGroups: [group.number], ...this.#kept(group) } : {};
    const batch = started.length === 0 && outcomes.length === 0 ? rows : { ...rows, started, ...ended };
    return { group, known, durable: this.#options.commit(batch, workSeconds) };
  }

  #kept({ work, trials }: OpenGroup): Pick<Batch, "model"> {
    const model = work.model && this.#options.keeper.keep(trials, (trial) => work.model?.(trial));
    return model === undefined ? {} : { model };
  }

  /** A failed write is told by whoever waits for its rows. */
  #flush(): void {
    try {
      this.#options.flush();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #writeBehind(stored: Promise<void>): void {
    this.#busy++;
    void stored
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#busy--;
        this.#wake();
      });
  }

  #close(group: OpenGroup): void {
    if (this.#groups.delete(group.number)) group.work.close();
  }

  #count(group: OpenGroup, known: readonly KnownOutcome[]): void {
    const { meter, outcomes } = this.#options;
    for (const outcome of known) {
      outcomes.set(outcome.trial, outcome);
      this.#starts.forget(outcome.trial);
      meter.trialFinished(outcome, group.trials.get(outcome.trial)?.params ?? {});
    }
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(this.#progress);
  }
}
