import type { Batch } from "../core/store.ts";

/** Members that are lists of rows. */
type Lists = { [K in Exclude<keyof Batch, "run" | "model" | "estimate">]?: NonNullable<Batch[K]>[number][] };
type Rows = Lists & Pick<{ -readonly [K in keyof Batch]: Batch[K] }, "run" | "model" | "estimate">;

export interface CommitQueueOptions {
  /**
   * How many milliseconds rows may be gathered, counted from the first, unless `flush` is called before; told how long the last write took. Rows of
   * tasks that took so long together are written at once. Default 0: those of one tick.
   */
  readonly gatherMs?: (writeMs: number) => number;
}

/** A write that is due. */
interface DueWrite {
  readonly promise: Promise<void>;
  readonly gatherMs: number;
  /** Milliseconds of work whose rows wait. */
  workMs: number;
  /** Does it now. */
  run(): void;
}

/**
 * Gathers rows and writes them in one transaction. `add` resolves once its rows are durable; only then may
 * anything be counted or shown. After a failed write every later `add` fails with the same error: the run must end.
 */
export class CommitQueue {
  readonly #write: (batch: Batch) => void;
  readonly #gatherMs: (writeMs: number) => number;
  #rows: Rows = {};
  #due: DueWrite | undefined;
  #failure: { readonly error: unknown } | undefined;
  #commits = 0;
  #writeMs = 0;
  #longestWriteMs = 0;

  /** `write` makes a batch durable before it returns, in one transaction. */
  constructor(write: (batch: Batch) => void, options: CommitQueueOptions = {}) {
    this.#write = write;
    this.#gatherMs = options.gatherMs ?? (() => 0);
  }

  /** Transactions made. */
  get commits(): number {
    return this.#commits;
  }

  /** Of one transaction, the waiting for other writers included. */
  get longestWriteMs(): number {
    return this.#longestWriteMs;
  }

  /** `workSeconds`: what the rows took to come by. */
  add(batch: Batch, workSeconds = 0): Promise<void> {
    merge(this.#rows, batch);
    const due = (this.#due ??= this.#schedule());
    due.workMs += 1000 * workSeconds;
    if (due.gatherMs > 0 && due.workMs >= due.gatherMs) due.run();
    return due.promise;
  }

  /** Writes these rows at once, with all that is gathered. */
  addNow(batch: Batch): Promise<void> {
    const stored = this.add(batch);
    this.#due?.run();
    return stored;
  }

  /** Writes at once what is gathered. Throws the error of a failed write, this one or one before. */
  flush(): void {
    this.#due?.run();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #schedule(): DueWrite {
    const gatherMs = this.#gatherMs(this.#writeMs);
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
    const timer = gatherMs > 0 ? setTimeout(run, gatherMs) : undefined;
    const turn = gatherMs > 0 ? undefined : setImmediate(run);
    return { promise, gatherMs, workMs: 0, run };
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
    this.#writeMs = performance.now() - start;
    this.#longestWriteMs = Math.max(this.#longestWriteMs, this.#writeMs);
  }
}

/** From here on people are told of a write. */
const slowMs = 5000;

/** What a run says of its longest write: nothing, where that was quick. */
export function slowWrites(longestMs: number): readonly string[] {
  if (longestMs < slowMs) return [];
  return [`one write to the database took ${Math.round(longestMs / 1000)} s: others write to the same file, or the disk is slow`];
}

function merge(rows: Rows, batch: Batch): void {
  if (batch.run !== undefined) rows.run = batch.run;
  if (batch.model !== undefined) rows.model = batch.model;
  if (batch.estimate !== undefined) rows.estimate = batch.estimate;
  if (batch.trials) append((rows.trials ??= []), batch.trials);
  if (batch.started) append((rows.started ??= []), batch.started);
  if (batch.attempts) append((rows.attempts ??= []), batch.attempts);
  if (batch.logs) append((rows.logs ??= []), batch.logs);
  if (batch.shared) append((rows.shared ??= []), batch.shared);
  if (batch.dropped) append((rows.dropped ??= []), batch.dropped);
  if (batch.evaluations) append((rows.evaluations ??= []), batch.evaluations);
  if (batch.predictions) append((rows.predictions ??= []), batch.predictions);
  if (batch.outcomes) append((rows.outcomes ??= []), batch.outcomes);
  if (batch.checkpoints) append((rows.checkpoints ??= []), batch.checkpoints);
  if (batch.droppedCheckpoints) append((rows.droppedCheckpoints ??= []), batch.droppedCheckpoints);
  if (batch.finishedGroups) append((rows.finishedGroups ??= []), batch.finishedGroups);
}

function append<T>(rows: T[], more: readonly T[]): void {
  for (const row of more) rows.push(row);
}
