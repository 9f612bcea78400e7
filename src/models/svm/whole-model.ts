import type { OfferedModel } from "../../core/estimator.ts";
import type { Chain } from "./chains.ts";
import { type FittedMachine, fittedState, type PairFunction } from "./fitted-state.ts";
import type { SvmLayout } from "./layout.ts";
import { svmModelJson } from "./model-json.ts";
import type { PairFold } from "./pair-answer.ts";
import { type ClassPair, pairSize } from "./pair-of-classes.ts";
import { wholeSolution } from "./whole-answer.ts";

/** What was kept for a request: its chain, which of its C, and each pair of classes on all rows. */
export interface WholePairs {
  readonly chain: Chain;
  readonly cost: number;
  readonly pairs: readonly { readonly pair: ClassPair; readonly whole: PairFold | null }[];
}

/** The machine whose pairs were solved on all rows; undefined where one of them was not, or not within its tolerance. */
export function wholeModel(
  { chain, cost, pairs }: WholePairs,
  { layout, features, classes }: Pick<FittedMachine, "layout" | "features" | "classes">,
): OfferedModel | undefined {
  const rank = wholeRank(layout);
  const functions: PairFunction[] = [];
  for (const { pair, whole } of pairs) {
    const [first, second] = pair;
    if ((rank[first] as number) < 0 || (rank[second] as number) < 0) continue;
    const solution = whole === null ? undefined : wholeSolution(whole, cost);
    if (whole === null || solution === undefined) return undefined;
    const coefficients = new Float64Array(pairSize(layout, pair));
    for (let at = 0; at < whole.locals.length; at++) coefficients[whole.locals[at] as number] = solution.coefficients[at] as number;
    functions.push({ first, second, coefficients, offset: solution.offset, curve: null });
  }
  const { kernel } = chain;
  const state = fittedState(functions, { kernel, layout, features, classes, rank, probabilities: false, warnings: [] });
  const { counts, rows, vectors } = state;
  const coefficients = functions.reduce((sum, { first, second }) => sum + (counts[first] as number) + (counts[second] as number), 0);
  // In base64, and a little for the names of members.
  const bytes = Math.ceil(((rows.byteLength + vectors.byteLength + coefficients * 8) * 4) / 3) + 200 + functions.length * 100;
  return { bytes, json: () => svmModelJson(state) };
}

/** Rank of each class by its first row of a weight above 0; −1 where it has none. */
function wholeRank({ order, starts, sizes, whole }: SvmLayout): readonly number[] {
  const first = starts.map((start, code) => {
    let least = Infinity;
    for (let at = start; at < start + (sizes[code] as number); at++) {
      if (whole?.[at] === 0) least = Math.min(least, order[at] as number);
    }
    return least;
  });
  const ranked = [...first.keys()].filter((code) => first[code] !== Infinity).sort((a, b) => (first[a] as number) - (first[b] as number));
  return first.map((_, code) => ranked.indexOf(code));
}
