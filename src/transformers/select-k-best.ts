import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, oneOf, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { anovaF } from "./anova-f.ts";
import { mutualInformation } from "./mutual-information.ts";
import { numberInformation, regressionF } from "./number-scores.ts";
import { pickedColumns, readPickedColumns } from "./picked-columns.ts";
import { transformer } from "./transformer.ts";

const scores = ["anovaF", "mutualInformation"] as const;

/** How many columns stay, and by what. */
export interface SelectKBestOptions {
  /** How many columns stay, at most all. */
  readonly k: number;
  /**
   * "anovaF" (default): variance between the classes over variance within, for a number to be predicted that which a line explains over the rest;
   * "mutualInformation": by nearest neighbours, which finds any dependence.
   */
  readonly score?: (typeof scores)[number];
  /** With "mutualInformation": how many; default 3. */
  readonly neighbours?: number;
}

/**
 * Keeps the k columns that tell the most of the target, each by itself, in the training rows. Of equal scores the earlier column stays.
 * O(rows × log rows × columns).
 * @throws HpoError OPTION_INVALID, on fitting too where there are fewer than k columns
 */
export function selectKBest(options: SelectKBestOptions): Transformer {
  checkOptions("selectKBest", options, { k: integer(1), score: optional(oneOf(scores)), neighbours: optional(integer(1)) });
  const { k, score = "anovaF", neighbours = 3 } = options;
  if (score === "anovaF" && options.neighbours !== undefined) {
    throw new HpoError("OPTION_INVALID", 'selectKBest(): neighbours must be given with the score "mutualInformation" alone.', {
      data: { where: "selectKBest", option: "neighbours" },
    });
  }
  return transformer({
    name: "selectKBest",
    traits: { missing: "refuses", categories: "refuses", classes: false, rows: "every" },
    options: { k, score, ...(score === "anovaF" ? {} : { neighbours }) },
    learn({ columns, column, classes, numbers }, context) {
      if (k > columns.length) {
        throw new HpoError(
          "OPTION_INVALID",
          `selectKBest(): k must be an integer from 1 to the number of columns (${columns.length}); got ${k}.`,
          {
            data: { where: "selectKBest", option: "k", columns: columns.length },
          },
        );
      }
      const codes = classes();
      const y = numbers();
      const scored = (j: number): number => {
        const x = column(j);
        if (score === "anovaF") return codes === null ? regressionF(x, y) : anovaF(x, codes);
        // Each column has a stream of its own.
        const how = { neighbours, rng: context.rng.fork("column", j) };
        return codes === null ? numberInformation({ x, y }, how) : mutualInformation(x, codes, how);
      };
      const all = columns.map((_, j) => {
        const found = scored(j);
        return Number.isNaN(found) ? -Infinity : found;
      });
      const best = [...all.keys()].sort((one, two) => (all[two] as number) - (all[one] as number) || one - two).slice(0, k);
      return pickedColumns("selectKBest", columns, { picked: best.sort((one, two) => one - two), complete: false });
    },
  });
}

export const readSelectKBest = (json: unknown, path: string): Transform =>
  readPickedColumns(json, path, { kind: "selectKBest", complete: false });
