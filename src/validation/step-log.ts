import type { FinishedReports } from "../study/trial-reports.ts";

/** What finished trials reported, as far as one task may see: posted without a copy, and never changed below `length`. */
export interface StepLogView {
  readonly numbers: SharedArrayBuffer;
  /** 64-bit floats that count. */
  readonly length: number;
}

/** Finished trials in number order, in memory that the slots share: [state, value, how many steps, the steps, their values] of each. */
export interface StepLog {
  /** Trials 0 … count − 1 are in it. */
  readonly count: number;
  /** Trial `count`. */
  append(trial: FinishedReports): void;
  /** Trials 0 … trials − 1. */
  view(trials: number): StepLogView;
}

const states = ["complete", "pruned", "failed"] as const;
const headLength = 3;

export function stepLog(): StepLog {
  let numbers = new Float64Array(new SharedArrayBuffer(8 * 1024));
  let length = 0;
  /** Where each trial ends. */
  const ends: number[] = [];

  /** Tasks that hold the old memory go on reading it. */
  function makeRoom(more: number): void {
    if (length + more <= numbers.length) return;
    const larger = new Float64Array(new SharedArrayBuffer(8 * Math.max(2 * numbers.length, length + more)));
    larger.set(numbers.subarray(0, length));
    numbers = larger;
  }

  return {
    get count() {
      return ends.length;
    },
    append({ state, value, steps, values }) {
      makeRoom(headLength + 2 * steps.length);
      numbers.set([states.indexOf(state), value ?? Number.NaN, steps.length], length);
      numbers.set(steps, length + headLength);
      numbers.set(values, length + headLength + steps.length);
      length += headLength + 2 * steps.length;
      ends.push(length);
    },
    view: (trials) => ({ numbers: numbers.buffer, length: ends[trials - 1] ?? 0 }),
  };
}

/** The trials of a log, by number; their reports stay where they are. O(trials) */
export function loggedTrials(view: StepLogView): readonly FinishedReports[] {
  const numbers = new Float64Array(view.numbers, 0, view.length);
  const trials: FinishedReports[] = [];
  for (let at = 0; at < numbers.length; ) {
    const state = states[numbers[at] as number] as FinishedReports["state"];
    const value = numbers[at + 1] as number;
    const count = numbers[at + 2] as number;
    const from = at + headLength;
    trials.push({
      number: trials.length,
      state,
      value: Number.isNaN(value) ? null : value,
      steps: numbers.subarray(from, from + count),
      values: numbers.subarray(from + count, from + 2 * count),
    });
    at = from + 2 * count;
  }
  return trials;
}
