import type { Metric, MetricInput } from "../core/metric.ts";
import { checkOptions, oneOf, optional } from "../core/options.ts";

/** What `rocAuc()` may be told. */
export interface RocAucOptions {
  /** With three classes or more: "macro" (default), every class counts the same; "weighted": as much as it has rows (by weight). */
  readonly average?: "macro" | "weighted";
}

/**
 * The area under the receiver operating characteristic: how likely a row of a class scores higher than a row of the others, ties
 * counting half (Mann–Whitney). Two classes: the class of code 1 by its column of the scores. More: each class against the rest
 * by its own column, averaged over the classes that can be judged, those with a row inside and a row outside in the fold.
 *
 * NaN where the fold has one class only, without scores, or where a score is NaN. O(classes · n log n).
 */
export function rocAuc(options: RocAucOptions = {}): Metric {
  checkOptions("rocAuc", options, { average: optional(oneOf(["macro", "weighted"])) });
  const { average = "macro" } = options;
  return Object.freeze({
    name: "rocAuc",
    direction: "maximize",
    task: "classification",
    needs: "scores",
    options: Object.freeze({ average }),
    unit: "number",
    evaluate(input) {
      if (input.scores === null || input.classCount < 2) return Number.NaN;
      if (input.classCount === 2) return area(input, 1).area;
      let sum = 0;
      let total = 0;
      for (let code = 0; code < input.classCount; code++) {
        const one = area(input, code);
        if (one.inside === 0 || one.outside === 0) continue;
        const weight = average === "macro" ? 1 : one.inside;
        sum += weight * one.area;
        total += weight;
      }
      return sum / total;
    },
  } satisfies Metric);
}

interface ClassArea {
  /** Weight of the rows of the class, and of the others. */
  readonly inside: number;
  readonly outside: number;
  /** NaN where one of them is 0. */
  readonly area: number;
}

/** One class against the rest: Σ over tied runs, lowest first, of inside · (outside below + half of the run's outside). */
function area({ truth, scores, weights, classCount }: MetricInput, code: number): ClassArea {
  const column = Float64Array.from(truth, (_, row) => scores?.[row * classCount + code] ?? Number.NaN);
  if (column.some(Number.isNaN)) return { inside: 1, outside: 1, area: Number.NaN };
  const order = Uint32Array.from(column, (_, row) => row).sort((a, b) => {
    const [x, y] = [column[a] as number, column[b] as number];
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  let inside = 0;
  let outside = 0;
  let pairs = 0;
  for (let start = 0; start < order.length; ) {
    const score = column[order[start] as number];
    let runInside = 0;
    let runOutside = 0;
    let end = start;
    for (; end < order.length && column[order[end] as number] === score; end++) {
      const row = order[end] as number;
      const weight = weights === null ? 1 : (weights[row] as number);
      if (truth[row] === code) runInside += weight;
      else runOutside += weight;
    }
    pairs += runInside * (outside + runOutside / 2);
    inside += runInside;
    outside += runOutside;
    start = end;
  }
  return { inside, outside, area: pairs / (inside * outside) };
}
