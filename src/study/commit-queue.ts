import type { Batch } from "../core/store.ts";

type Rows = { -readonly [K in keyof Batch]: Batch[K] };

/**
 * Gathers rows and writes those of one tick in one transaction. `add` resolves once its rows are durable; only then may
 * anything be counted or shown. After a failed write every later `add` fails with the same error: the run must end.
 */
export class CommitQueue {
  readonly #write: (batch: Batch) => void;
  #rows: Rows = {};
  #pending: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #commits = 0;

  /** `write` makes a batch durable before it returns, in one transaction. */
  constructor(write: (batch: Batch) => void) {
    this.#write = write;
  }

  /** Transactions made. */
  get commits(): number {
    return this.#commits;
  }

  add(batch: Batch): Promise<void> {
    merge(this.#rows, batch);
    this.#pending ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#pending = undefined;
        try {
          this.#flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.#pending;
  }

  #flush(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    const rows = this.#rows;
    this.#rows = {};
    try {
      this.#write(rows);
      this.#commits++;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
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
  if (batch.finishedGroups) rows.finishedGroups = [...(rows.finishedGroups ?? []), ...batch.finishedGroups];
}
