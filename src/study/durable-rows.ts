/** Rows that were handed over to be written, each with what is to be done once it is durable. */
export interface DurableRows<T> {
  /** `stored` may be the same promise for many: it is waited for once. */
  add(stored: Promise<void>, one: T): void;
}

/** `written` hears of all that one write stored, or failed to store, in the order in which it was added. It must not throw. */
export function durableRows<T>(written: (rows: readonly T[], failure: { readonly error: unknown } | undefined) => void): DurableRows<T> {
  let waitedFor: Promise<void> | undefined;
  let rows: T[] = [];
  return Object.freeze({
    add(stored: Promise<void>, one: T) {
      if (stored !== waitedFor) {
        const own: T[] = [];
        waitedFor = stored;
        rows = own;
        stored.then(
          () => written(own, undefined),
          (error: unknown) => written(own, { error }),
        );
      }
      rows.push(one);
    },
  });
}
