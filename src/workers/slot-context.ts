import type { TaskContext } from "../core/executor.ts";

/** What the tasks of a batch have in common. */
export interface BatchContext {
  readonly slot: number;
  readonly shared: unknown;
  signal(): AbortSignal;
  /** From the task at `index` of the batch. */
  report(index: number, message: unknown): void;
}

/** What a task in a slot sees of it. A class, since an object literal with a getter takes kilobytes each time. */
export class SlotContext implements TaskContext {
  readonly slot: number;
  readonly shared: unknown;
  readonly #batch: BatchContext;
  readonly #index: number;

  constructor(batch: BatchContext, index: number) {
    this.slot = batch.slot;
    this.shared = batch.shared;
    this.#batch = batch;
    this.#index = index;
    Object.freeze(this);
  }

  get signal(): AbortSignal {
    return this.#batch.signal();
  }

  get report(): TaskContext["report"] {
    return (message) => this.#batch.report(this.#index, message);
  }
}
