import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Executor } from "../core/executor.ts";
import { isoTimes } from "../core/iso-times.ts";
import type { EstimateRecord, KnownOutcome, RunEnd, RunRecord } from "../core/records.ts";
import type { Batch } from "../core/store.ts";
import { budgetsLeft } from "./budgets-left.ts";
import { checkpointKeeper } from "./checkpoint-keeper.ts";
import { CommitQueue, slowWrites } from "./commit-queue.ts";
import { cpuBudget } from "./cpu-budget.ts";
import { declaredOrder } from "./declared-order.ts";
import { declaredPlace } from "./isolation.ts";
import { knownOutcome } from "./known-outcome.ts";
import { modelKeeper } from "./model-keeper.ts";
import type { ProgressMeter } from "./progress-meter.ts";
import { progressThrottle } from "./progress-throttle.ts";
import type { Proposer } from "./proposer.ts";
import { failureOf, runEnd } from "./run-end.ts";
import { runLimits } from "./run-limits.ts";
import { studyMeter } from "./study-meter.ts";
import type { RunStudyOptions, StudyParts } from "./study-parts.ts";
import { looksBack, studyProposer } from "./study-proposer.ts";
import { StudyRun } from "./study-run.ts";
import type { StudyRunOptions } from "./study-run-options.ts";
import { wholeHistory } from "./whole-history.ts";

/** One run of a study, under its lease: from taking the lease until it is given back. */
export class LeasedRun {
  readonly #parts: StudyParts;
  readonly #options: RunStudyOptions;
  /** Once it is set up. */
  #run: StudyRun | undefined;
  /** A stop that came before that. */
  #stopRequested = false;
  #aborted = false;

  constructor(parts: StudyParts, options: RunStudyOptions) {
    this.#parts = parts;
    this.#options = { ...declaredPlace(parts.spec), ...options };
  }

  /** Lets running tasks finish, starts no more. */
  stop(): void {
    this.#stopRequested = true;
    this.#run?.stop();
  }

  /** Cuts running tasks off. */
  abort(): void {
    this.#stopRequested = true;
    this.#aborted = true;
    this.#run?.abort();
  }

  /** @throws HpoError STUDY_BUSY when another process runs the study; what makes the study itself fail. */
  async work(): Promise<void> {
    const { store, spec } = this.#parts;
    const holder = { id: randomUUID(), pid: process.pid, host: hostname(), since: new Date().toISOString() };
    store.acquire(spec.name, holder);
    // The lease is renewed by the clock, since a part may run for long without a commit.
    const renewal = setInterval(() => {
      try {
        store.renew(spec.name, holder.id);
      } catch (error) {
        this.#run?.fail(error);
      }
    }, 5000);
    renewal.unref();
    try {
      await this.#withLease(holder.id, holder.since);
    } finally {
      this.#run = undefined;
      clearInterval(renewal);
      store.release(spec.name, holder.id);
    }
  }

  async #withLease(holderId: string, startedAt: string): Promise<void> {
    const { spec, store, codeHash, environment } = this.#parts;
    const options = this.#options;
    const executor = this.#parts.executor(options);
    const left = budgetsLeft(store, spec, this.#parts.timeBudget);
    const cpu = cpuBudget(executor, left.cpuSeconds, () => {
      const goesOn = this.#run?.stopping === false;
      this.#run?.stop();
      return goesOn;
    });
    let rowWritten = Number.NEGATIVE_INFINITY;
    const write = (batch: Batch): void => {
      // Its time need not be exact where a run is killed.
      const fresh = batch.run !== undefined || seconds() - rowWritten < 0.1;
      if (!fresh) rowWritten = seconds();
      store.commit(spec.name, holderId, fresh ? batch : { ...batch, run: row(null) });
    };
    const queue = new CommitQueue(write, { gatherMs: this.#parts.writePauseMs });
    const began = seconds();
    let notes: () => readonly string[] = () => [];
    const row = (state: RunRecord["state"], end: RunEnd | null = null): RunRecord => ({
      id: holderId,
      startedAt,
      endedAt: state === null ? null : new Date().toISOString(),
      state,
      end,
      wallSeconds: seconds() - began,
      workers: executor.slots,
      codeHash,
      environment,
      notes: notes(),
    });
    const progress = progressThrottle(options.onProgress, {
      intervalMs: options.progressIntervalMs ?? 100,
      failed: (e) => this.#run?.fail(e),
    });
    let disarm = (): void => {};
    try {
      await queue.addNow({ run: row(null) });
      const { run, meter, proposer, newEstimate } = this.#studyRun({
        executor: cpu.executor,
        commit: (batch, workSeconds) => queue.add(batch, workSeconds),
        flush: () => queue.flush(),
        onChange: progress.change,
      });
      notes = () => meter.notes;
      for (const note of this.#parts.audit?.() ?? []) meter.note(note);
      for (const note of isolationNotes(executor, this.#options)) meter.note(note);
      this.#run = run;
      const limits = runLimits(run, { signal: options.signal, timeBudgetSeconds: left.timeSeconds });
      disarm = limits.disarm;
      const spentBefore = this.#stopRequested ? null : left.timeSeconds === 0 ? "time" : left.cpuSeconds === 0 ? "cpu" : null;
      if (this.#stopRequested || spentBefore !== null) run.stop();
      const worked = await run.work();
      for (const note of slowWrites(queue.longestWriteMs)) meter.note(note);
      progress.end(() => meter.read());
      const { state, end } = runEnd(worked, {
        spec,
        trials: this.#parts.trials,
        budgetSpent: spentBefore ?? (limits.budgetSpent() ? "time" : cpu.stopped ? "cpu" : null),
        timeBudget: this.#parts.timeBudget,
        cut: options.signal?.aborted === true || this.#aborted,
        proposer,
      });
      const estimate = end?.by === "cut" ? undefined : newEstimate();
      await queue.addNow({ run: row(state, end), ...(estimate === undefined ? {} : { estimate }) });
    } catch (error) {
      await queue.addNow({ run: row("failed", failureOf(error)) }).catch(() => {
        // The store itself failed: the error that ended the run says so.
      });
      throw error;
    } finally {
      disarm();
      progress.cancel();
      await executor.close();
    }
  }

  /** The loop, set up from what is stored. */
  #studyRun(parts: Pick<StudyRunOptions, "executor" | "commit" | "flush" | "onChange">): {
    readonly run: StudyRun;
    readonly meter: ProgressMeter;
    readonly proposer: Proposer;
    /** undefined where the one that is stored stands. */
    readonly newEstimate: () => EstimateRecord | undefined;
  } {
    const { spec, store, codeHash, trials } = this.#parts;
    const saved = wholeHistory(store, spec.name);
    const outcomes = new Map<number, KnownOutcome>();
    const outcomeOf = (trial: number): KnownOutcome | undefined => outcomes.get(trial);
    const proposer = studyProposer(spec, { earlier: saved.earlier, folds: this.#parts.folds, rowsAfter: this.#parts.rowsAfter }, outcomeOf);
    const meter = studyMeter(this.#parts, { proposer, slots: parts.executor.slots, clock: seconds });
    const [first] = spec.objectives;
    const keeper = modelKeeper({
      metric: first?.metric ?? "",
      direction: first?.direction ?? "maximize",
      constraints: spec.constraints,
      ...(spec.selection === null ? {} : { selection: spec.selection }),
      firstOf: (trial) => proposer.placeOf(trial).first,
      note: (text) => meter.note(text),
    });
    for (const trial of saved.trials) {
      proposer.restore(trial);
      if (trial.outcome === null) continue;
      const outcome = knownOutcome(trial.outcome);
      keeper.absorb(outcome, trial.params);
      outcomes.set(trial.number, outcome);
      meter.trialFinished(outcome, declaredOrder(spec.space, trial.params), true);
    }
    const evaluation = this.#parts.evaluation(parts.executor, this.#options, outcomeOf);
    const ended = outcomes.size;
    // What was loaded is not held while the run goes on.
    const estimated = saved.estimate !== null;
    const isoTime = isoTimes();
    const checkpoints = checkpointKeeper(spec, saved);
    const run = new StudyRun({
      ...parts,
      saved,
      proposer,
      evaluation,
      meter,
      keeper,
      commit: (batch, workSeconds) => parts.commit(checkpoints.batch(batch), workSeconds),
      outcomes,
      trials,
      retries: spec.retries,
      codeHash,
      adaptive: looksBack(spec),
      proposalsFirst: spec.judge.kind === "model" || spec.sampler.traits.usesClock,
      lookahead: spec.lookahead,
      now: () => isoTime(Date.now()),
    });
    const newEstimate = (): EstimateRecord | undefined =>
      estimated && outcomes.size === ended ? undefined : evaluation.estimate?.(outcomes.values(), (trial) => proposer.placeOf(trial).first);
    return { run, meter, proposer, newEstimate };
  }
}

/** What people should know of where the trials run. */
function isolationNotes({ name }: Executor, { trialMemory }: RunStudyOptions): string[] {
  if (name !== "processes") return [];
  const limit = trialMemory === undefined ? "" : `, in which a trial may take ${Math.round(trialMemory / 1e6)} MB`;
  return [`each worker is a process of its own${limit}`];
}

/** Monotonic. */
function seconds(): number {
  return performance.now() / 1000;
}
