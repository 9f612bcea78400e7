import type { FitInput } from "../../core/estimator.ts";

/** Training rows, each named once, and the weight of every row of the data (null where all are 1). */
export interface DistinctRows {
  readonly rows: Uint32Array;
  readonly weights: Float64Array | null;
}

/** A row that is named several times counts as one of their weights together: to a machine of penalties for errors that is the same. */
export function distinctRows({ data, rows, weights }: FitInput): DistinctRows {
  const sums = new Float64Array(data.rows);
  const named = new Uint8Array(data.rows);
  let again = false;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    if (named[row] === 1) again = true;
    named[row] = 1;
    sums[row] = (sums[row] as number) + (weights === null ? 1 : (weights[at] as number));
  }
  if (!again) return { rows, weights: weights === null ? null : sums };
  const once = rows.filter((row) => {
    const first = named[row] === 1;
    named[row] = 0;
    return first;
  });
  return { rows: once, weights: sums };
}
