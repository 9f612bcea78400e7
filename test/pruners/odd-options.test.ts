import { expect, it } from "vitest";
import { HpoError, hyperband, median, patience, percentile, successiveHalving, threshold, wilcoxon } from "hpo";

it.each([hyperband, median, patience, percentile, successiveHalving, threshold, wilcoxon])(
  "%o() refuses null and lists for options",
  (make) => {
    for (const odd of [null, [1], 7, "x"]) expect(() => make(odd as never)).toThrow(HpoError);
  },
);
