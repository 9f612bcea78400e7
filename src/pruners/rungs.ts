import type { ReportedSteps, ReportedTrial } from "../core/pruner.ts";

/** Where trials are compared: at `first`, `first · factor`, `first · factor²`, … below `end`, where a trial is through. */
export interface Ladder {
  readonly first: number;
  readonly factor: number;
  /** Infinity where the ladder has none. */
  readonly end: number;
}

/** The highest rung that the last report is the first to reach; undefined where it reaches none. */
export function reachedRung({ steps }: ReportedSteps, { first, factor, end }: Ladder): number | undefined {
  const step = steps.at(-1) as number;
  const before = steps.at(-2) ?? -1;
  let reached: number | undefined;
  for (let rung = first; rung <= step && rung < end; rung *= factor) if (rung > before) reached = rung;
  return reached;
}

/** A trial's value at a rung: at its first report there or after it; undefined where it has not come so far. */
export function valueAt({ steps, values }: ReportedSteps, rung: number): number | undefined {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as number) < rung) low = middle + 1;
    else high = middle;
  }
  return values[low];
}

/** The values at a rung of those trials that have come so far. */
export function rungValues(trials: readonly ReportedTrial[], rung: number): number[] {
  return trials.flatMap((trial) => valueAt(trial, rung) ?? []);
}
