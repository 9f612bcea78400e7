import { aligned, byteReader, byteWriter } from "./byte-pieces.ts";

/** The final answer of one fold for one C. */
export interface Verdict {
  /** Proven equal to the answer of a smaller C in every pair, and not solved. */
  readonly identical: boolean;
  /** Class of each test row; −1 where there is none. Verdicts of neighbouring C that hold the same array are the same. */
  readonly labels: Int32Array;
  /** test rows × classes, or null. */
  readonly scores: Float64Array | null;
}

const sameFlag = 1;
const identicalFlag = 2;

export interface VerdictShape {
  readonly costs: number;
  readonly classes: number;
  readonly scores: boolean;
  /** Test rows of each fold. */
  readonly rows: readonly number[];
}

/** Verdicts of each fold, by asked-for C. A verdict that is the one before takes no place. */
export function encodeVerdicts(folds: readonly (readonly Verdict[])[], { classes, scores }: Omit<VerdictShape, "rows">): Uint8Array {
  const writer = byteWriter();
  for (const verdicts of folds) {
    const same = verdicts.map(({ labels }, at) => verdicts[at - 1]?.labels === labels);
    writer.add(Uint8Array.from(verdicts, ({ identical }, at) => (same[at] === true ? sameFlag : 0) | (identical ? identicalFlag : 0)));
    for (const [at, verdict] of verdicts.entries()) {
      if (same[at] === true) continue;
      writer.add(classes < 255 ? new Uint8Array(verdict.labels) : new Uint16Array(verdict.labels));
      if (scores && verdict.scores !== null) writer.add(verdict.scores);
    }
  }
  return writer.bytes();
}

export function decodeVerdicts(bytes: Uint8Array, { costs, classes, scores, rows }: VerdictShape): readonly (readonly Verdict[])[] {
  const reader = byteReader(aligned(bytes));
  return rows.map((count) => {
    const flags = reader.u8(costs);
    const verdicts: Verdict[] = [];
    for (const flag of flags) {
      const identical = (flag & identicalFlag) !== 0;
      const before = verdicts.at(-1);
      if ((flag & sameFlag) !== 0 && before !== undefined) {
        verdicts.push({ ...before, identical });
        continue;
      }
      const none = classes < 255 ? 255 : 65535;
      const labels = new Int32Array(classes < 255 ? reader.u8(count) : reader.u16(count));
      for (let row = 0; row < count; row++) if (labels[row] === none) labels[row] = -1;
      verdicts.push({ identical, labels, scores: scores ? reader.f64(count * classes) : null });
    }
    return verdicts;
  });
}
