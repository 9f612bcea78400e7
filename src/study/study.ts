import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Evaluation } from "../core/evaluation.ts";
import type { Executor } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { OutcomeRecord, RunRecord } from "../core/records.ts";
import type { RunProgress, StudySnapshot } from "../core/snapshot.ts";
import type { Store } from "../core/store.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { AskTell } from "./ask-tell.ts";
import { CommitQueue } from "./commit-queue.ts";
import { declaredOrder } from "./declared-order.ts";
import { ProgressMeter } from "./progress-meter.ts";
import { progressThrottle } from "./progress-throttle.ts";
import { Proposer } from "./proposer.ts";
import { modelKeeper } from "./model-keeper.ts";
import { runLimits } from "./run-limits.ts";
import { type ModelParts, type StudyModel, studyModel } from "./study-model.ts";
import { StudyRun, type StudyRunOptions } from "./study-run.ts";

/** What a study is wired from; `open-study` picks the parts. */
export interface StudyParts {
  readonly spec: StudySpec;
  readonly store: Store;
  /** Made anew for each run, since it may hold memory. */
  readonly evaluation: (executor: Executor, options: RunStudyOptions) => Evaluation;
  readonly executor: (options: RunStudyOptions) => Executor;
  readonly fit: ModelParts["fit"];
  readonly codeHash: string;
  readonly environment: Json;
  readonly trials: number | null;
  readonly timeBudgetSeconds: number | null;
  /** How long results of a run are gathered after a write that took so many milliseconds. */
  readonly writePauseMs: (writeMs: number) => number;
  /** Whether closing the study closes the store. */
  readonly ownsStore: boolean;
}

/** How to run a study; none of it changes a result. */
export interface RunStudyOptions {
  /** Slots to work on; default the cores available (1 for a study that was not opened from a file). */
  readonly workers?: number;
  /** Bytes that shared solves may take besides the data, for all workers together; default half of what is free when it starts. */
  readonly memory?: number;
  /** Cuts running tasks off; what is durable stays. */
  readonly signal?: AbortSignal;
  /** Called at changes, at most every `progressIntervalMs` (default 100), and at the end. What it throws ends the run. */
  readonly onProgress?: (progress: RunProgress) => void;
  readonly progressIntervalMs?: number;
  /** What the study's code writes to stdout and stderr on worker threads; default: it goes to this process's stderr. */
  readonly onOutput?: (text: string) => void;
}

/** An open study. Nothing in it prints or ends the process. */
export class Study {
  readonly name: string;
  readonly spec: StudySpec;
  readonly #parts: StudyParts;
  /** From the call of `run()` until its promise settles. */
  #running: Promise<unknown> | undefined;
  #run: StudyRun | undefined;
  #askTell: AskTell | undefined;
  #closed = false;
  /** A stop that came while `run()` was on its way. */
  #stopRequested = false;

  constructor(parts: StudyParts) {
    this.#parts = parts;
    this.spec = parts.spec;
    this.name = parts.spec.name;
  }

  /** A consistent picture of what is durable now. */
  snapshot(): StudySnapshot {
    this.#askTell?.flush();
    return this.#parts.store.snapshot(this.name);
  }

  /**
   * The model of a trial (default: the best by the first objective), fitted to every row that the folds train on or test. Where the study came by it on
   * its way it is read, else it is fitted in this process and thread, by the same code and with the same options as a fold.
   * @throws HpoError TRIAL_NOT_FOUND, MODEL_NOT_FOUND, MODEL_UNSUPPORTED; what the fit throws, ABORTED by the signal among it
   */
  async model(trial?: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<StudyModel> {
    if (this.#closed) throw new HpoError("USAGE", "study.model(): the study must be open; it was closed. Open it again with openStudy().");
    return studyModel(this.#parts, trial, signal ?? new AbortController().signal);
  }

  /**
   * Runs until all trials are finished, the time is over, or it is stopped; continues what an earlier run began.
   * @throws HpoError STUDY_BUSY when another process runs the study; what makes the study itself fail.
   */
  async run(options: RunStudyOptions = {}): Promise<StudySnapshot> {
    if (this.#closed) throw new HpoError("USAGE", "study.run(): the study must be open; it was closed. Open it again with openStudy().");
    if (this.#running !== undefined || this.#askTell !== undefined) {
      throw new HpoError(
        "STUDY_BUSY",
        `study.run(): ${showValue(this.name)} is in use by this object already; wait for its run() or close() it.`,
      );
    }
    const running = this.#leased(options);
    this.#running = running;
    try {
      return await running;
    } finally {
      this.#running = undefined;
    }
  }

  async #leased(options: RunStudyOptions): Promise<StudySnapshot> {
    const { store } = this.#parts;
    const holder = { id: randomUUID(), pid: process.pid, host: hostname(), since: new Date().toISOString() };
    store.acquire(this.name, holder);
    // The lease is renewed by the clock, since a part may run for long without a commit.
    const renewal = setInterval(() => {
      try {
        store.renew(this.name, holder.id);
      } catch (error) {
        this.#run?.fail(error);
      }
    }, 5000);
    renewal.unref();
    try {
      await this.#runWithLease(holder.id, holder.since, options);
    } finally {
      this.#run = undefined;
      clearInterval(renewal);
      store.release(this.name, holder.id);
    }
    return this.snapshot();
  }

  async #runWithLease(holderId: string, startedAt: string, options: RunStudyOptions): Promise<void> {
    const { store, codeHash, environment } = this.#parts;
    const executor = this.#parts.executor(options);
    const queue = new CommitQueue((batch) => store.commit(this.name, holderId, batch), { pauseMs: this.#parts.writePauseMs });
    const began = seconds();
    let notes: ReadonlySet<string> = new Set();
    const row = (state: RunRecord["state"]): RunRecord => ({
      id: holderId,
      startedAt,
      endedAt: state === null ? null : new Date().toISOString(),
      state,
      wallSeconds: seconds() - began,
      workers: executor.slots,
      codeHash,
      environment,
      notes: [...notes],
    });
    const progress = progressThrottle(options.onProgress, {
      intervalMs: options.progressIntervalMs ?? 100,
      failed: (e) => this.#run?.fail(e),
    });
    let disarm = (): void => {};
    try {
      await queue.add({ run: row(null) });
      const { run, meter } = this.#studyRun(options, {
        executor,
        commit: (batch) => queue.add(batch),
        flush: () => queue.flush(),
        runRow: () => row(null),
        onChange: progress.change,
      });
      notes = meter.notes;
      this.#run = run;
      const limits = runLimits(run, { signal: options.signal, timeBudgetSeconds: this.#parts.timeBudgetSeconds });
      disarm = limits.disarm;
      if (this.#stopRequested) run.stop();
      this.#stopRequested = false;
      const end = await run.work();
      progress.end(() => meter.read());
      // Without a number of trials the time budget is the only end there is.
      const endless = (this.#parts.trials ?? this.spec.sampler.size(this.spec.space)) === null;
      await queue.add({ run: row(end === "stopped" && endless && limits.budgetSpent() ? "complete" : end) });
    } catch (error) {
      await queue.add({ run: row("failed") }).catch(() => {
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
  #studyRun(
    options: RunStudyOptions,
    parts: Pick<StudyRunOptions, "executor" | "commit" | "flush" | "runRow" | "onChange">,
  ): { readonly run: StudyRun; readonly meter: ProgressMeter } {
    const { spec, store, codeHash, trials } = this.#parts;
    const saved = store.load(this.name);
    const outcomes = new Map<number, OutcomeRecord>();
    const proposer = new Proposer(spec, (trial) => outcomes.get(trial));
    const meter = this.#meter(proposer, parts.executor.slots, seconds);
    const [first] = spec.objectives;
    const keeper = modelKeeper({
      metric: first?.metric ?? "",
      direction: first?.direction ?? "maximize",
      note: (text) => meter.notes.add(text),
    });
    for (const trial of saved.trials) {
      proposer.restore(trial);
      if (trial.outcome === null) continue;
      keeper.absorb(trial.outcome);
      outcomes.set(trial.number, trial.outcome);
      meter.trialFinished(trial.outcome, declaredOrder(spec.space, trial.params), true);
    }
    const run = new StudyRun({
      ...parts,
      saved,
      proposer,
      evaluation: this.#parts.evaluation(parts.executor, options),
      meter,
      keeper,
      outcomes,
      trials,
      retries: spec.retries,
      codeHash,
      adaptive: spec.sampler.traits.adaptive,
      // The work of a trial with a model is long, and a clock is not read twice.
      proposalsFirst: spec.judge.kind === "model" || spec.sampler.traits.usesClock,
      lookahead: spec.lookahead,
      now: () => new Date().toISOString(),
    });
    return { run, meter };
  }

  #meter(proposer: Proposer, slots: number, clock: () => number): ProgressMeter {
    const { spec, trials } = this.#parts;
    const [objective] = spec.objectives;
    const metric = objective?.metric ?? "";
    const size = spec.sampler.size(spec.space);
    const total = trials === null ? size : size === null ? trials : Math.min(trials, size);
    return new ProgressMeter({
      study: this.name,
      slots,
      metric,
      unit: spec.metrics[metric]?.unit ?? "number",
      direction: objective?.direction ?? "maximize",
      // Trials that are planned are done, also where the total was lowered later.
      total: () => (proposer.exhausted ? proposer.next : total === null ? null : Math.max(total, proposer.next)),
      clock,
    });
  }

  /** Lets running tasks finish, starts no more; `run()` then resolves. Before a `run()` it stops that one at its start. */
  stop(): void {
    if (this.#run === undefined) this.#stopRequested = true;
    else this.#run.stop();
  }

  /**
   * The next trial for work done elsewhere; first those asked for earlier and never told. undefined when the sampler is exhausted.
   * The study stays leased to this object until `close()`.
   */
  async ask(): Promise<Trial | undefined> {
    return this.#asking().ask();
  }

  /** The value of an asked trial: a number for the first metric, one a metric by name, or an Error for a failed trial. */
  async tell(trial: number, value: ObjectiveValue | Error): Promise<void> {
    return this.#asking().tell(trial, value);
  }

  #asking(): AskTell {
    if (this.#closed) throw new HpoError("USAGE", "study.ask(): the study must be open; it was closed. Open it again with openStudy().");
    if (this.#running !== undefined) {
      throw new HpoError("STUDY_BUSY", `study.ask(): ${showValue(this.name)} is running; wait for run() to end.`);
    }
    const { spec, store, codeHash, environment, trials } = this.#parts;
    this.#askTell ??= new AskTell({ spec, store, codeHash, environment, trials });
    return this.#askTell;
  }

  /** Cuts a run off and waits for its end, gives the lease back, closes the store where it was opened by this study. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopRequested = true;
    this.#run?.abort();
    try {
      // What the run fails of is told by run().
      await this.#running?.catch(() => undefined);
      this.#askTell?.close();
    } finally {
      if (this.#parts.ownsStore) this.#parts.store.close();
    }
  }
}

/** Monotonic. */
function seconds(): number {
  return performance.now() / 1000;
}
