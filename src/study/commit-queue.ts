import type { Batch } from "../core/store.ts";

type Rows = { -readonly [K in keyof Batch]: Batch[K] };

/** A write that is due. */
interface DueWrite {
  readonly promise: Promise<void>;
  /** Does it now. */
  run(): void;
}

/**
 * Gathers rows and writes those of one tick in one transaction. `add` resolves once its rows are durable; only then may
 * anything be counted or shown. After a failed write every later `add` fails with the same error: the run must end.
 */
export class CommitQueue {
  readonly #write: (batch: Batch) => void;
  readonly #pauseMs: (writeMs: number) => number;
  #rows: Rows = {};
  #due: DueWrite | undefined;
  #failure: { readonly error: unknown } | undefined;
  #commits = 0;
  /** When the next write may be done, in milliseconds of the monotonic clock. */
  #restUntil = 0;

  /**
   * `write` makes a batch durable before it returns, in one transaction. `pauseMs`: how long rows are gathered after a write
   * that took so many milliseconds, unless `flush` is called before; default 0, those of one tick.
   */
  constructor(write: (batch: Batch) => void, options: { readonly pauseMs?: (writeMs: number) => number } = {}) {
    this.#write = write;
    this.#pauseMs = options.pauseMs ?? (() => 0);
  }

  /** Transactions made. */
  get commits(): number {
    return this.#commits;
  }

  add(batch: Batch): Promise<void> {
    merge(this.#rows, batch);
    this.#due ??= this.#schedule();
    return this.#due.promise;
  }

  /** Writes at once what is gathered. Throws the error of a failed write, this one or one before. */
  flush(): void {
    this.#due?.run();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #schedule(): DueWrite {
    let run: () => void = () => undefined;
    const promise = new Promise<void>((resolve, reject) => {
      run = () => {
        this.#due = undefined;
        clearTimeout(timer);
        clearImmediate(turn);
        try {
          this.#writeRows();
          resolve();
        } catch (error) {
          reject(error);
        }
      };
    });
    const rest = this.#restUntil - performance.now();
    const timer = rest > 0 ? setTimeout(run, rest) : undefined;
    const turn = rest > 0 ? undefined : setImmediate(run);
    return { promise, run };
  }

  #writeRows(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    const rows = this.#rows;
    this.#rows = {};
    const start = performance.now();
    try {
      this.#write(rows);
      this.#commits++;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    const end = performance.now();
    this.#restUntil = end + this.#pauseMs(end - start);
  }
}

function merge(rows: Rows, batch: Batch): void {
  if (batch.run !== undefined) rows.run = batch.run;
  if (batch.model !== undefined) rows.model = batch.model;
  if (batch.trials) rows.trials = [...(rows.trials ?? []), ...batch.trials];
  if (batch.started) rows.started = [...(rows.started ?? []), ...batch.started];
  if (batch.attempts) rows.attempts = [...(rows.attempts ?? []), ...batch.attempts];
  if (batch.shared) rows.shared = [...(rows.shared ?? []), ...batch.shared];
  if (batch.dropped) rows.dropped = [...(rows.dropped ?? []), ...batch.dropped];
  if (batch.evaluations) rows.evaluations = [...(rows.evaluations ?? []), ...batch.evaluations];
  if (batch.predictions) rows.predictions = [...(rows.predictions ?? []), ...batch.predictions];
  if (batch.outcomes) rows.outcomes = [...(rows.outcomes ?? []), ...batch.outcomes];
  if (batch.checkpoints) rows.checkpoints = [...(rows.checkpoints ?? []), ...batch.checkpoints];
  if (batch.droppedCheckpoints) rows.droppedCheckpoints = [...(rows.droppedCheckpoints ?? []), ...batch.droppedCheckpoints];
  if (batch.finishedGroups) rows.finishedGroups = [...(rows.finishedGroups ?? []), ...batch.finishedGroups];
}
