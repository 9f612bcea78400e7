import { singleDecisions } from "./decisions.ts";
import type { HeldOut } from "./held-out.ts";
import { type AnswerForm, narrow, type PairFold } from "./pair-answer.ts";
import type { LadderAnswer } from "./pair-ladder.ts";

/** What is known of a pair on a fold once it is solved and judged. */
export interface PairFacts {
  readonly form: AnswerForm;
  /** Decisions on the own rows, by solution. */
  readonly own: readonly Float64Array[];
  /** A decision of 0 is a vote for the first class. */
  readonly later: boolean;
  readonly inner: HeldOut;
}

/** Makes the stored answer of a pair on a fold. Its arrays are used again by the next call: small problems would else spend their time on garbage. */
export type PairRecord = (answer: LadderAnswer, facts: PairFacts) => PairFold;

/** A record of pairs of `size` rows. */
export function pairRecord(size: number): PairRecord {
  const supports = new Uint8Array(size);
  const locals = narrow(size) ? new Uint16Array(size) : new Uint32Array(size);
  let coefficients = new Float64Array(0);
  let offsets = new Float64Array(0);
  let asked = new Uint16Array(0);
  let skipped = new Uint8Array(0);
  let votes = new Uint8Array(0);
  const none = { votes, locals: locals.subarray(0, 0), coefficients, values: [], curves: new Float64Array(0) };

  /** Lists the rows that support any solution; returns how many. */
  function listSupports(solutions: LadderAnswer["solutions"]): number {
    supports.fill(0);
    for (let at = 0; at < solutions.length; at++) {
      const values = solutions[at]?.coefficients as Float64Array;
      for (let local = 0; local < size; local++) if (values[local] !== 0) supports[local] = 1;
    }
    let count = 0;
    for (let local = 0; local < size; local++) if (supports[local] === 1) locals[count++] = local;
    return count;
  }

  function gatherCoefficients(solutions: LadderAnswer["solutions"], count: number): Float64Array {
    if (coefficients.length < count * solutions.length) coefficients = new Float64Array(size * solutions.length);
    let to = 0;
    for (let at = 0; at < solutions.length; at++) {
      const values = solutions[at]?.coefficients as Float64Array;
      for (let place = 0; place < count; place++) coefficients[to++] = values[locals[place] as number] as number;
    }
    return coefficients.subarray(0, to);
  }

  function votesOf(own: readonly Float64Array[], later: boolean): Uint8Array {
    const bytes = ((own[0]?.length ?? 0) + 7) >> 3;
    if (votes.length !== bytes * own.length) votes = new Uint8Array(bytes * own.length);
    for (let at = 0; at < own.length; at++) {
      const decisions = own[at] as Float64Array;
      for (let byte = 0; byte < bytes; byte++) {
        const first = byte * 8;
        const last = Math.min(first + 8, decisions.length);
        let bits = 0;
        for (let row = first; row < last; row++) {
          const value = decisions[row] as number;
          if (value > 0 || (value === 0 && later)) bits |= 1 << (row - first);
        }
        votes[at * bytes + byte] = bits;
      }
    }
    return votes;
  }

  return (answer, { form, own, later, inner }) => {
    const { solutions } = answer;
    if (offsets.length !== solutions.length) offsets = new Float64Array(solutions.length);
    for (let at = 0; at < solutions.length; at++) offsets[at] = solutions[at]?.offset as number;
    if (asked.length !== answer.asked.length) {
      asked = new Uint16Array(answer.asked.length);
      skipped = new Uint8Array(answer.asked.length);
    }
    for (let cost = 0; cost < asked.length; cost++) {
      const one = answer.asked[cost] as LadderAnswer["asked"][number];
      asked[cost] = one.solution;
      // Where all inner solves are identical too, so is the curve.
      skipped[cost] = one.skipped && inner.answers.every((part) => part.asked[cost]?.skipped === true) ? 1 : 0;
    }
    const count = form.solutions ? listSupports(solutions) : 0;
    return {
      asked,
      skipped,
      offsets,
      locals: form.solutions ? locals.subarray(0, count) : none.locals,
      coefficients: form.solutions ? gatherCoefficients(solutions, count) : none.coefficients,
      votes: form.own === "votes" ? votesOf(own, later) : none.votes,
      values: form.own === "values" ? own.map(singleDecisions) : none.values,
      curves: form.curves ? Float64Array.from(inner.curves.flatMap(({ slope, offset }) => [slope, offset])) : none.curves,
    };
  };
}
