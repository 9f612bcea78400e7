import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import type { ObjectiveValue, StudySpec, Trial } from "../core/study-spec.ts";
import { AskTell } from "./ask-tell.ts";
import { LeasedRun } from "./leased-run.ts";
import { type StudyCheckpoint, studyCheckpoint } from "./study-checkpoint.ts";
import { type StudyModel, studyModel } from "./study-model.ts";
import type { RunStudyOptions, StudyParts } from "./study-parts.ts";

/** An open study. Nothing in it prints or ends the process. */
export class Study {
  readonly name: string;
  readonly spec: StudySpec;
  readonly #parts: StudyParts;
  /** From the call of `run()` until its promise settles. */
  #running: Promise<unknown> | undefined;
  #run: LeasedRun | undefined;
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
   * What a trial (default: the best by the first objective) left by `trial.checkpoint.write(bytes)`; undefined where the study keeps none of it: kept are that
   * of the best, and those that a later trial may continue. @throws HpoError TRIAL_NOT_FOUND, CHECKPOINT_LOST
   */
  checkpoint(trial?: number): StudyCheckpoint | undefined {
    if (this.#closed)
      throw new HpoError("USAGE", "study.checkpoint(): the study must be open; it was closed. Open it again with openStudy().");
    this.#askTell?.flush();
    return studyCheckpoint(this.#parts.store, this.name, trial);
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
    const run = new LeasedRun(this.#parts, options);
    this.#run = run;
    if (this.#stopRequested) run.stop();
    this.#stopRequested = false;
    const running = run.work();
    this.#running = running;
    try {
      await running;
    } finally {
      this.#running = undefined;
      this.#run = undefined;
    }
    return this.snapshot();
  }

  /** Lets running tasks finish, starts no more; `run()` then resolves. Before a `run()` it stops that one at its start. */
  stop(): void {
    if (this.#run === undefined) this.#stopRequested = true;
    else this.#run.stop();
  }

  /**
   * The next trial for work done elsewhere; first those asked for earlier and never told. undefined when the sampler is exhausted.
   * It is stored with what else is asked and told in this turn of the event loop. The study stays leased until `close()`.
   */
  async ask(): Promise<Trial | undefined> {
    return this.#asking().ask();
  }

  /** Stores the value of an asked trial: a number for the first metric, one a metric by name, or an Error for a failed trial. */
  async tell(trial: number, value: ObjectiveValue | Error): Promise<void> {
    return this.#asking().tell(trial, value);
  }

  #asking(): AskTell {
    if (this.#closed) throw new HpoError("USAGE", "study.ask(): the study must be open; it was closed. Open it again with openStudy().");
    if (this.#running !== undefined) {
      throw new HpoError("STUDY_BUSY", `study.ask(): ${showValue(this.name)} is running; wait for run() to end.`);
    }
    const { spec, store, codeHash, environment, trials, folds } = this.#parts;
    this.#askTell ??= new AskTell({ spec, store, codeHash, environment, trials, folds });
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
