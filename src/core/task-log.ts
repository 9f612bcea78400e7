/** Lone surrogates. */
const half = /\p{Cs}/gu;

/** What a task's code wrote to stdout and stderr while it ran, as far as it is kept: the first and the last of it. */
export interface TaskLog {
  readonly head: string;
  /** Characters (UTF-16 units) between `head` and `tail` that were not kept. */
  readonly dropped: number;
  /** Empty where the head is all of it. */
  readonly tail: string;
}

/** What one attempt of a task wrote, kept with what came of the attempt. One that is run again by a later process takes the place of the first. */
export interface LogRecord extends TaskLog {
  readonly task: string;
  /** For people: "trial 3 · fold 2". */
  readonly label: string;
  /** Counted from 1, with those that failed. */
  readonly attempt: number;
  /** Trials that the task works for. */
  readonly trials: readonly number[];
}

/**
 * The same text in at most `room` characters: the first half and the last half, each as UTF-8 can write it (half a character becomes U+FFFD).
 * @returns undefined for an empty text.
 */
export function boundedLog({ head, dropped, tail }: TaskLog, room: number): TaskLog | undefined {
  if (head.length + dropped + tail.length === 0) return undefined;
  if (dropped === 0 && head.length + tail.length <= room) return Object.freeze({ head: wellFormed(head + tail), dropped: 0, tail: "" });
  // Where nothing is missing in between, the cut may lie anywhere.
  const first = dropped === 0 ? head + tail : head;
  const last = dropped === 0 ? head + tail : tail;
  const share = Math.floor(room / 2);
  const kept = { head: first.slice(0, share), tail: last.slice(Math.max(0, last.length - share)) };
  const all = head.length + dropped + tail.length;
  return Object.freeze({
    head: wellFormed(kept.head),
    dropped: all - kept.head.length - kept.tail.length,
    tail: wellFormed(kept.tail),
  });
}

function wellFormed(text: string): string {
  return text.replace(half, "\ufffd");
}
