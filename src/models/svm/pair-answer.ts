/**
 * The stored answer of one pair of classes: for every fold and every asked-for C, how the pair votes on each test row.
 *
 * Layout: one flag byte for each (fold, C), then, for each (fold, C) in the same order that is neither absent nor the
 * same as the C before, the test rows' decisions: bits (1 = the first class wins; lowest bit first) where labels are asked for,
 * little-endian f32 where scores are. The sign is that of the first class.
 */
export interface PairAnswer {
  /** Indexed fold · costs + cost. */
  readonly entries: readonly PairEntry[];
}

export interface PairEntry {
  /** Proven equal to the solution of a smaller C, and not solved. */
  readonly skipped: boolean;
  /** One decision a test row, positive for the first class (±1 where only votes are stored); null where a class has no training row. */
  readonly decisions: Float32Array | null;
}

const skippedFlag = 1;
const sameFlag = 2;
const absentFlag = 4;

export type DecisionForm = "votes" | "values";

export function encodePairAnswer(entries: readonly PairEntry[], costs: number, form: DecisionForm): Uint8Array {
  const pieces: Uint8Array[] = [];
  const flags = new Uint8Array(entries.length);
  pieces.push(flags);
  for (const [at, { skipped, decisions }] of entries.entries()) {
    const before = at % costs === 0 ? undefined : entries[at - 1]?.decisions;
    const same = decisions !== null && before === decisions;
    flags[at] = (skipped ? skippedFlag : 0) | (same ? sameFlag : 0) | (decisions === null ? absentFlag : 0);
    if (decisions === null || same) continue;
    pieces.push(form === "votes" ? packVotes(decisions) : packValues(decisions));
  }
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let next = 0;
  for (const piece of pieces) {
    bytes.set(piece, next);
    next += piece.length;
  }
  return bytes;
}

/** Reads an answer from `start`; `testCounts` are the folds' test rows. Returns it with the first byte after it. */
export function decodePairAnswer(
  bytes: Uint8Array,
  start: number,
  shape: { readonly costs: number; readonly testCounts: readonly number[]; readonly form: DecisionForm },
): { readonly answer: PairAnswer; readonly end: number } {
  const { costs, testCounts, form } = shape;
  const entries: PairEntry[] = [];
  let next = start + testCounts.length * costs;
  for (const [fold, count] of testCounts.entries()) {
    for (let cost = 0; cost < costs; cost++) {
      const flag = bytes[start + fold * costs + cost] as number;
      const skipped = (flag & skippedFlag) !== 0;
      if ((flag & absentFlag) !== 0) entries.push({ skipped, decisions: null });
      else if ((flag & sameFlag) !== 0) entries.push({ skipped, decisions: entries.at(-1)?.decisions ?? null });
      else {
        const length = form === "votes" ? Math.ceil(count / 8) : count * 4;
        const piece = bytes.subarray(next, next + length);
        entries.push({ skipped, decisions: form === "votes" ? unpackVotes(piece, count) : unpackValues(piece, count) });
        next += length;
      }
    }
  }
  return { answer: { entries }, end: next };
}

function packVotes(decisions: Float32Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(decisions.length / 8));
  for (let row = 0; row < decisions.length; row++) {
    if ((decisions[row] as number) > 0) bytes[row >> 3] = (bytes[row >> 3] as number) | (1 << (row & 7));
  }
  return bytes;
}

function unpackVotes(bytes: Uint8Array, count: number): Float32Array {
  const decisions = new Float32Array(count);
  for (let row = 0; row < count; row++) decisions[row] = ((bytes[row >> 3] as number) >> (row & 7)) & 1 ? 1 : -1;
  return decisions;
}

function packValues(decisions: Float32Array): Uint8Array {
  const bytes = new Uint8Array(decisions.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [row, value] of decisions.entries()) view.setFloat32(row * 4, value, true);
  return bytes;
}

function unpackValues(bytes: Uint8Array, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decisions = new Float32Array(count);
  for (let row = 0; row < count; row++) decisions[row] = view.getFloat32(row * 4, true);
  return decisions;
}
