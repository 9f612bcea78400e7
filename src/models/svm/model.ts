import type { Model, RowSet } from "../../core/estimator.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { singleDecisions } from "./decisions.ts";
import { judge } from "./judge.ts";
import { svmModelJson } from "./model-json.ts";
import type { SvmModelState } from "./model-state.ts";
import { type Curve, plattProbability } from "./platt.ts";
import { type PairVotes, votedClasses, votedScores } from "./votes.ts";

/** A fitted support vector machine. */
export interface SvmModel extends Model {
  readonly kind: "svm";
  /** The class names that codes and columns count by. */
  readonly classes: readonly string[];
  /** The two classes of each column of `decisionValues`. Classes without training rows are in no pair. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The rows that decide: their numbers in the data set that was fitted, class by class, and how many each class has. */
  readonly supports: { readonly rows: Uint32Array; readonly counts: readonly number[] };
  /** What a person should know, such as an iteration limit reached. */
  readonly warnings: readonly string[];
  predictScores(input: RowSet): Float64Array;
  /**
   * rows × classes, row-major, each row sums to 1: pairwise coupling of Platt's curves, 0 for a class without training rows. Present where the fit
   * was asked for probabilities. The most probable class may be another than the voted one that `predict` gives.
   */
  predictProbabilities?(input: RowSet): Float64Array;
  /** rows × pairs, row-major: above 0 for the pair's first class, below 0 for its second. */
  decisionValues(input: RowSet): Float64Array;
}

const flat: Curve = { slope: 0, offset: 0 };

/** A fitted machine. */
export function svmModel(state: SvmModelState): SvmModel {
  const { kernel, width, vectors, rows } = state;
  const { decisions, dispose } = judge({ model: "svm", kernel, width, count: rows.length, vectors, columns: rows, functions: state.pairs });
  const rank = Int32Array.from(state.rank);

  function votes(input: RowSet): readonly PairVotes[] {
    const decided = decisions(input);
    return state.pairs.map(({ first, second }, at) => ({ first, second, decisions: singleDecisions(decided[at] as Float64Array) }));
  }

  function probabilities(input: RowSet): Float64Array {
    const decided = decisions(input);
    const pairs = state.pairs.map(({ first, second }) => [first, second] as const);
    const classes = state.classes.length;
    const all = new Float64Array(input.rows.length * classes);
    for (let row = 0; row < input.rows.length; row++) {
      const values = state.pairs.map(({ curve }, at) => plattProbability(curve ?? flat, decided[at]?.[row] as number));
      all.set(classProbabilities(rank, pairs, values), row * classes);
    }
    return all;
  }

  const nameOf = (code: number): string => state.classes[code] as string;
  return {
    kind: "svm",
    classes: state.classes,
    pairs: state.pairs.map(({ first, second }) => [nameOf(first), nameOf(second)] as const),
    supports: { rows: state.rows.slice(), counts: state.counts },
    warnings: state.warnings,
    predict: (input) => votedClasses(input.rows.length, rank, votes(input)),
    predictScores: (input) => votedScores(input.rows.length, rank, votes(input)),
    ...(state.probabilities ? { predictProbabilities: probabilities } : {}),
    decisionValues(input) {
      const decided = decisions(input);
      const values = new Float64Array(input.rows.length * decided.length);
      for (const [pair, column] of decided.entries()) {
        for (const [row, value] of column.entries()) values[row * decided.length + pair] = value;
      }
      return values;
    },
    toJSON: () => svmModelJson(state),
    dispose,
  };
}
