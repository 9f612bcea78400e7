/** What a run of cases met. */
export interface FuzzCounts {
  readonly cases: number;
  readonly refused: number;
  /** Two-class solves whose gap was checked, and those that the iteration limit ended. */
  readonly solved: number;
  readonly limited: number;
  /** Those of the solved whose values are so large that even double precision can't tell the gap to within the tolerance. */
  readonly coarse: number;
  /** Labels compared with a slow vote. */
  readonly labels: number;
  /** The slowest case. */
  readonly seconds: number;
}

export type Tally = { -readonly [Name in keyof FuzzCounts]: number };
