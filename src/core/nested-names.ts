/** The search of an outer fold (counted from 0) of a nested cross-validation: "NAME/outer-1". */
export function outerName(study: string, fold: number): string {
  return `${study}/outer-${fold + 1}`;
}

/** Where the trial that this search chose is judged on the rows that it never saw: "NAME/outer-1/test-17". */
export function testName(study: string, fold: number, trial: number): string {
  return `${outerName(study, fold)}/test-${trial}`;
}

/** The study that a search or a test of an outer fold belongs to; null for any other study. */
export function nestedIn(name: string): string | null {
  return /^(.+?)\/outer-\d+(\/test-\d+)?$/u.exec(name)?.[1] ?? null;
}
