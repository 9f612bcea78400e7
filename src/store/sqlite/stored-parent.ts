import type { TrialRecord } from "../../core/records.ts";

type Descent = Pick<TrialRecord, "parent" | "repeatOf">;

/** The column `parent` of a trial: its parent's number, or −1 − n where it repeats trial n; NULL where it hangs on none. No trial has both. */
export function storedParent({ parent, repeatOf }: Descent): number | null {
  if (repeatOf === undefined) return parent;
  if (parent !== null) throw new RangeError(`A trial that repeats trial ${repeatOf} has no parent; got ${parent}.`);
  return -1 - repeatOf;
}

export function readParent(column: number | null): Descent {
  return column === null || column >= 0 ? { parent: column } : { parent: null, repeatOf: -1 - column };
}
