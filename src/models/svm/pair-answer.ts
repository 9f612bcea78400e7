import { byteReader, byteWriter } from "./byte-pieces.ts";

/**
 * What one pair of classes says on one fold: the distinct solutions that some C asked for, and how each judges the fold's
 * own rows, which are the test rows of the first class, then those of the second.
 */
export interface PairFold {
  /** For each asked-for C, ascending, its solution. */
  readonly asked: Uint16Array;
  /** For each asked-for C: 1 where it was proven equal to the solution of a smaller C, and not solved. */
  readonly skipped: Uint8Array;
  /** One a solution. */
  readonly offsets: Float64Array;
  /** Rows that support any solution, ascending local indexes. */
  readonly locals: Uint16Array | Uint32Array;
  /** solutions × locals: a = y α; 0 where a row supports another solution only. */
  readonly coefficients: Float64Array;
  /** One a solution, one bit an own row, lowest first: 1 where the first class wins. */
  readonly votes: readonly Uint8Array[];
  /** One a solution, one value an own row, positive for the first class. */
  readonly values: readonly Float32Array[];
}

/** What is stored besides `asked` and `skipped`. */
export interface AnswerForm {
  /** How own rows are judged: a bit each, a value each, or not at all. */
  readonly own: "votes" | "values" | "none";
  /** Offsets, locals and coefficients, for those who judge other rows. */
  readonly solutions: boolean;
}

export interface AnswerShape {
  readonly form: AnswerForm;
  /** Asked-for C. */
  readonly costs: number;
  /** Own rows of each fold. */
  readonly ownCounts: readonly number[];
  /** Local indexes of the pair. */
  readonly size: number;
}

/** Folds in order; null where a class has no training row. A multiple of 8 bytes. */
export function encodePairAnswer(folds: readonly (PairFold | null)[], { form, size }: AnswerShape): Uint8Array {
  const writer = byteWriter();
  writer.add(Uint32Array.from(folds.flatMap((fold) => (fold === null ? [0, 0] : [fold.offsets.length, fold.locals.length]))));
  for (const fold of folds) {
    if (fold === null) continue;
    if (form.solutions) {
      writer.add(fold.offsets);
      writer.add(fold.coefficients);
      writer.add(narrow(size) ? Uint16Array.from(fold.locals) : Uint32Array.from(fold.locals));
    }
    writer.add(fold.asked);
    writer.add(fold.skipped);
    if (form.own === "votes") for (const votes of fold.votes) writer.add(votes);
    if (form.own === "values") for (const values of fold.values) writer.add(values);
  }
  writer.align();
  return writer.bytes();
}

/** Reads what `encodePairAnswer` wrote; `bytes` begins at a multiple of 8. What the form leaves out is empty. */
export function decodePairAnswer(bytes: Uint8Array, { form, costs, ownCounts, size }: AnswerShape): readonly (PairFold | null)[] {
  const reader = byteReader(bytes);
  const counts = reader.u32(ownCounts.length * 2);
  return ownCounts.map((own, fold) => {
    const solutions = counts[fold * 2] as number;
    if (solutions === 0) return null;
    const supports = form.solutions ? (counts[fold * 2 + 1] as number) : 0;
    const offsets = reader.f64(form.solutions ? solutions : 0);
    const coefficients = reader.f64(solutions * supports);
    const locals = narrow(size) ? reader.u16(supports) : reader.u32(supports);
    const asked = reader.u16(costs);
    const skipped = reader.u8(costs);
    const each = Array.from({ length: solutions });
    return {
      asked,
      skipped,
      offsets,
      locals,
      coefficients,
      votes: form.own === "votes" ? each.map(() => reader.u8(Math.ceil(own / 8))) : [],
      values: form.own === "values" ? each.map(() => reader.f32(own)) : [],
    };
  });
}

function narrow(size: number): boolean {
  return size <= 2 ** 16;
}

/** The bytes of a part: several answers. */
export function joinAnswers(answers: readonly Uint8Array[]): Uint8Array {
  const writer = byteWriter();
  writer.add(Uint32Array.from(answers, ({ length }) => length));
  writer.align();
  for (const answer of answers) writer.add(answer);
  return writer.bytes();
}

/** The `count` answers of a part; `bytes` begins at a multiple of 8. */
export function splitAnswers(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  let end = Math.ceil(count / 2) * 8;
  return Array.from(byteReader(bytes).u32(count), (length) => {
    const start = end;
    end += length;
    return bytes.subarray(start, end);
  });
}
