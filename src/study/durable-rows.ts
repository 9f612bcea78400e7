/** Rows that were handed over to be written, each with what is to be done once it is durable. */
export interface DurableRows<T> {
  /** `durable` may be the same promise for many: it is waited for once. */
  add(one: T): void;
}

/** `written` hears of all that one write stored, or failed to store, in the order in which it was added. It must not throw. */
export function durableRows<T extends { readonly durable: Promise<void> }>(
  written: (rows: readonly T[], failure: { readonly error: unknown } | undefined) => void,
): DurableRows<T> {
  let waitedFor: Promise<void> | undefined;
  let rows: T[] = [];
  return Object.freeze({
    add(one: T) {
      if (one.durable !== waitedFor) {
        const own: T[] = [];
        waitedFor = one.durable;
        rows = own;
        one.durable.then(
          () => written(own, undefined),
          (error: unknown) => written(own, { error }),
        );
      }
      rows.push(one);
    },
  });
}
