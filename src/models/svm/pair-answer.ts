import { byteReader, byteWriter } from "./byte-pieces.ts";
import type { Curve } from "./platt.ts";

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
  /** Rows that support any solution, ascending local indexes; of 16 bits where the pair is `narrow`. */
  readonly locals: Uint16Array | Uint32Array;
  /** solutions × locals: a = y α; 0 where a row supports another solution only. */
  readonly coefficients: Float64Array;
  /** solutions × bytes of the own rows, a bit each, lowest first: 1 where the first class wins. */
  readonly votes: Uint8Array;
  /** One a solution, one value an own row, positive for the first class. */
  readonly values: readonly Float32Array[];
  /** For each asked-for C: slope and offset of Platt's curve. */
  readonly curves: Float64Array;
}

/** Platt's curve for an asked-for C. */
export function curveOf({ curves }: PairFold, cost: number): Curve {
  return { slope: curves[cost * 2] as number, offset: curves[cost * 2 + 1] as number };
}

/** What is stored besides `asked` and `skipped`. */
export interface AnswerForm {
  /** How own rows are judged: a bit each, a value each, or not at all. */
  readonly own: "votes" | "values" | "none";
  /** Offsets, locals and coefficients, for those who judge other rows. */
  readonly solutions: boolean;
  /** Platt's curves, where probabilities are asked for. */
  readonly curves: boolean;
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

/** Collects the answers of a part; their lengths stand behind them. */
export interface AnswerWriter {
  /** Begins an answer, which ends with its last fold. */
  begin(shape: AnswerShape): void;
  /** The next fold: null where a class has no training row. Its arrays are free to be used again. */
  fold(fold: PairFold | null): void;
  bytes(): Uint8Array;
}

export function answerWriter(): AnswerWriter {
  const writer = byteWriter();
  const ends: number[] = [];
  let form: AnswerForm | undefined;
  let folds = 0;
  let done = 0;
  let counts = 0;

  function addFold(fold: PairFold): void {
    writer.set(counts + done * 2, fold.offsets.length);
    writer.set(counts + done * 2 + 1, fold.locals.length);
    if (form?.solutions === true) {
      writer.add(fold.offsets);
      writer.add(fold.coefficients);
      writer.add(fold.locals);
    }
    if (form?.curves === true) writer.add(fold.curves);
    writer.add(fold.asked);
    writer.add(fold.skipped);
    if (form?.own === "votes") writer.add(fold.votes);
    if (form?.own === "values") for (const values of fold.values) writer.add(values);
  }

  return {
    begin(shape) {
      form = shape.form;
      folds = shape.ownCounts.length;
      done = 0;
      counts = writer.room(folds * 2);
    },
    fold(fold) {
      if (fold !== null) addFold(fold);
      // A multiple of 8 bytes.
      if (++done === folds) ends.push(writer.align());
    },
    bytes() {
      writer.add(Float64Array.from(ends));
      return writer.bytes();
    },
  };
}

/** Reads one answer; `bytes` begins at a multiple of 8. What the form leaves out is empty. */
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
    const curves = reader.f64(form.curves ? costs * 2 : 0);
    const asked = reader.u16(costs);
    const skipped = reader.u8(costs);
    return {
      asked,
      skipped,
      offsets,
      locals,
      coefficients,
      votes: reader.u8(form.own === "votes" ? solutions * Math.ceil(own / 8) : 0),
      values: form.own === "values" ? Array.from({ length: solutions }, () => reader.f32(own)) : [],
      curves,
    };
  });
}

/** Whether 16 bits hold all local indexes of a pair. */
export function narrow(size: number): boolean {
  return size <= 2 ** 16;
}

/** Puts answers together as `AnswerWriter` does. */
export function joinAnswers(answers: readonly Uint8Array[]): Uint8Array {
  const writer = byteWriter();
  const ends = answers.map((answer) => {
    writer.add(answer);
    return writer.align();
  });
  writer.add(Float64Array.from(ends));
  return writer.bytes();
}

/** The `count` answers of a part; `bytes` begins at a multiple of 8. */
export function splitAnswers(bytes: Uint8Array, count: number): readonly Uint8Array[] {
  let end = 0;
  return Array.from(byteReader(bytes.subarray(bytes.length - count * 8)).f64(count), (next) => {
    const start = end;
    end = next;
    return bytes.subarray(start, end);
  });
}
