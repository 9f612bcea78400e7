import { checkOptions, integer, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { balanceRule, lacking, placesByClass, readResampled, resampled } from "./resampled.ts";
import { transformer } from "./transformer.ts";

/** How far classes are balanced, and where new rows lie. */
export interface SmoteOptions {
  /** Nearest rows of a row's own class that new rows may lie towards; default 5, and all others where a class has fewer. */
  readonly neighbours?: number;
  /** Every class has at least this share of the largest one's rows; default 1: all classes have as many. */
  readonly ratio?: number;
}

/**
 * Balances the classes of the training rows by new rows of the smaller ones, behind all others: each lies at an even share of the way from a row, drawn
 * with replacement, to one of its nearest of the same class (by Euclid's distance; of equal ones the earlier), with that row's weight and group. Of a class with one row it
 * is that row again. Rows that are judged are never touched. Standardize first. O(c² · columns) for a class of c rows that lacks some.
 * Source: N. V. Chawla et al., "SMOTE", JAIR 16, 2002, doi 10.1613/jair.953, with rows drawn in place of taken in turn.
 * @throws HpoError OPTION_INVALID
 */
export function smote(options: SmoteOptions = {}): Transformer {
  checkOptions("smote", options, { neighbours: optional(integer(1)), ...balanceRule });
  const { neighbours = 5, ratio = 1 } = options;
  return transformer({
    name: "smote",
    traits: { missing: "refuses", categories: "refuses", classes: true, rows: "training" },
    options: { neighbours, ratio },
    learn({ rows, columns, column, classes }, { rng }) {
      const places = placesByClass(classes());
      const counts = lacking(places, ratio);
      const features = columns.map((_, j) => column(j));
      const origins: number[] = [...Array(rows).keys()];
      const towards: number[] = [];
      const shares: number[] = [];
      for (const [at, own] of places.entries()) {
        const near = nearest(own, features, neighbours);
        for (let made = 0; made < (counts[at] as number); made++) {
          const from = rng.below(own.length);
          const others = near(from);
          origins.push(own[from] as number);
          towards.push(others.length === 0 ? (own[from] as number) : (others[rng.below(others.length)] as number));
          shares.push(rng.uniform());
        }
      }
      const made = { start: rows, towards: Uint32Array.from(towards), shares: Float64Array.from(shares) };
      return resampled("smote", columns, { origins: Uint32Array.from(origins), made });
    },
  });
}

/** For a row of a class, by its index there, the places of its nearest others; found when first asked for. */
function nearest(own: Uint32Array, features: readonly Float64Array[], count: number): (from: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (from) => {
    let found = known.get(from);
    if (found === undefined) {
      const here = own[from] as number;
      const squares = Float64Array.from(own, (there) => {
        let sum = 0;
        for (const values of features) {
          const step = (values[here] as number) - (values[there] as number);
          sum += step * step;
        }
        return sum;
      });
      found = [...own.keys()]
        .filter((at) => at !== from)
        .sort((one, two) => (squares[one] as number) - (squares[two] as number) || one - two)
        .slice(0, count)
        .map((at) => own[at] as number);
      known.set(from, found);
    }
    return found;
  };
}

export const readSmote = (json: unknown, path: string): Transform => readResampled(json, path, "smote");
