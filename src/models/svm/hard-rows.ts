import type { FoldView, TestedClass } from "./layout.ts";
import type { PairFold } from "./pair-answer.ts";
import type { ClassPair } from "./pair-of-classes.ts";

/**
 * The test rows of a fold that need a vote over all pairs, as places in its list. A row whose own class wins all its pairs has as many
 * votes as there are such pairs, and every other class has lost one of its own, so that the label is the row's class
 * whatever the other pairs say. A row is hard where its class loses a pair for any C, or has no training row.
 */
export function hardRows(
  { codes, rank, tested }: FoldView,
  answers: readonly { readonly pair: ClassPair; readonly fold: PairFold | null }[],
): Uint32Array {
  const hard = new Uint8Array(codes.length);
  for (let place = 0; place < codes.length; place++) if ((rank[codes[place] as number] as number) < 0) hard[place] = 1;
  for (let at = 0; at < answers.length; at++) {
    const { pair, fold } = answers[at] as (typeof answers)[number];
    if (fold !== null) markLost(hard, fold.votes, (tested[pair[0]] as TestedClass).places, (tested[pair[1]] as TestedClass).places);
  }
  const places = new Uint32Array(hard.length);
  let count = 0;
  for (let place = 0; place < hard.length; place++) if (hard[place] === 1) places[count++] = place;
  return places.subarray(0, count);
}

/** Marks the rows of a pair's classes `a` and `b` that their own class loses for any C. */
function markLost(hard: Uint8Array, votes: Uint8Array, a: Uint32Array, b: Uint32Array): void {
  const bytes = (a.length + b.length + 7) >> 3;
  for (let byte = 0; byte < bytes; byte++) {
    // Rows that the first class wins for every C, and for some.
    let every = 255;
    let some = 0;
    for (let at = byte; at < votes.length; at += bytes) {
      every &= votes[at] as number;
      some |= votes[at] as number;
    }
    for (let row = byte * 8; row < Math.min(byte * 8 + 8, a.length + b.length); row++) {
      const lost = row < a.length ? ((every >> (row & 7)) & 1) === 0 : ((some >> (row & 7)) & 1) === 1;
      if (lost) hard[(row < a.length ? a[row] : b[row - a.length]) as number] = 1;
    }
  }
}

/** Whether the first class wins own row `row`. */
export function bit(votes: Uint8Array, row: number): boolean {
  return (((votes[row >> 3] as number) >> (row & 7)) & 1) === 1;
}
