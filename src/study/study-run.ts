import type { WorkRows } from "../core/evaluation.ts";
import type { Task } from "../core/executor.ts";
import type { TrialRecord } from "../core/records.ts";
import type { Batch } from "../core/store.ts";
import { GroupQueue } from "./group-queue.ts";
import { idleSlots } from "./idle-slots.ts";
import { type OpenGroup, openGroup } from "./open-group.ts";
import type { StudyRunOptions } from "./study-run-options.ts";
import { type TaskEnd, TaskRunner } from "./task-runner.ts";
import { type TrialLogs, trialLogs } from "./trial-logs.ts";
import { type TrialStarts, trialStarts } from "./trial-starts.ts";

/** Tasks for each slot that are handed out and have no rows: more would only take memory. */
const tasksAhead = 256;

/**
 * The loop of one run: propose, plan, run, store. What is proposed and how it is grouped follows from trial numbers
 * and stored outcomes; time only decides how much of it is done when the run is stopped.
 */
export class StudyRun {
  readonly #options: StudyRunOptions;
  readonly #runner: TaskRunner;
  readonly #groups = new Map<number, OpenGroup>();
  readonly #queue: GroupQueue;
  readonly #starts: TrialStarts;
  readonly #logs: TrialLogs;
  #stopping = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(options: StudyRunOptions) {
    this.#options = options;
    const { saved, executor, retries, codeHash, meter, now, proposer, trials, adaptive, evaluation } = options;
    this.#queue = new GroupQueue({ saved, proposer, trials, size: adaptive ? 1 : evaluation.groupSize, now });
    this.#starts = trialStarts(now);
    this.#logs = trialLogs(saved.logLengths);
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
        const stored = options.commit({ attempts: [attempt], logs }, attempt.wallSeconds).finally(() => this.#working++);
        this.#wake();
        return stored;
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
      for (const note of idleSlots(this.#options)) this.#options.meter.notes.add(note);
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
      const group = openGroup(seed, work);
      this.#groups.set(seed.group, group);
      for (const note of work.notes ?? []) this.#options.meter.notes.add(note);
      // What was known before any task, such as trials whose model could not be made.
      if (work.opening.outcomes.length > 0) {
        const stored = this.#store(group, work.opening, 0);
        this.#flush();
        await stored;
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
    const stored = this.#options.commit(batch);
    this.#flush();
    await stored;
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
      void this.#do(group, task);
    }
  }

  async #do(group: OpenGroup, task: Task): Promise<void> {
    try {
      const end = await this.#runner.run(task, group.work.trialsOf(task));
      this.#working--;
      if (end.kind !== "cut") await this.#take(group, task, end);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      group.active--;
      this.#busy--;
      if (group.unfinished.size === 0 && group.active === 0) this.#close(group);
      this.#wake();
    }
  }

  /** Resolves once what came of a task is durable. */
  #take(group: OpenGroup, task: Task, end: Exclude<TaskEnd, { kind: "cut" }>): Promise<void> {
    const rows = end.kind === "value" ? group.work.accept(task, end.result) : group.work.fail(task, end.incident);
    for (const key of rows.withdrawn ?? []) this.#runner.withdraw(key);
    // More of the group may be ready now; the slots need not wait for the disk.
    this.#handOut(group);
    this.#options.meter.taskDone();
    const stored =
      end.kind === "value" ? this.#store(group, { ...rows, logs: end.logs }, end.result.wallSeconds) : this.#store(group, rows, 0);
    // There may be room for more trials, or nothing left to gather.
    this.#wake();
    return stored;
  }

  /** Makes rows durable, then counts them. */
  async #store(group: OpenGroup, rows: WorkRows & Pick<Batch, "logs">, workSeconds: number): Promise<void> {
    for (const { trial } of rows.outcomes) {
      group.unfinished.delete(trial);
      this.#logs.forget(trial);
    }
    const finished = rows.outcomes.length > 0 && group.unfinished.size === 0;
    for (const outcome of rows.outcomes) this.#options.keeper.absorb(outcome, group.trials.get(outcome.trial)?.params ?? {});
    // What its model is made of goes with the group.
    const ended = finished ? { finishedGroups: [group.number], ...this.#kept(group) } : {};
    await this.#options.commit({ ...rows, started: this.#starts.take(), ...ended }, workSeconds);
    this.#count(group, rows);
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

  #count(group: OpenGroup, rows: WorkRows): void {
    const { meter, outcomes } = this.#options;
    for (const outcome of rows.outcomes) {
      outcomes.set(outcome.trial, outcome);
      meter.trialFinished(outcome, group.trials.get(outcome.trial)?.params ?? {});
    }
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(() => this.#options.meter.read());
  }
}
