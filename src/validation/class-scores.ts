/** How one class was predicted. */
export interface ClassScore {
  readonly name: string;
  /** Rows of the class, and rows predicted as it. */
  readonly rows: number;
  readonly predicted: number;
  /** Of the rows predicted as it, those that are; of its rows, those found; their harmonic mean. NaN where nothing is divided. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Scores each class against the rest; `truth` and `predicted` are class codes, one entry a row. O(rows + classes). */
export function classScores(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: readonly string[]): readonly ClassScore[] {
  const tally = classes.map(() => ({ rows: 0, predicted: 0, right: 0 }));
  for (let row = 0; row < truth.length; row++) {
    const [own, said] = [tally[truth[row] as number], tally[predicted[row] as number]];
    if (own !== undefined) own.rows++;
    if (said !== undefined) said.predicted++;
    if (own !== undefined && own === said) own.right++;
  }
  return tally.map(({ right, ...counts }, code) => ({
    name: classes[code] as string,
    ...counts,
    precision: right / counts.predicted,
    recall: right / counts.rows,
    f1: (2 * right) / (counts.rows + counts.predicted),
  }));
}
