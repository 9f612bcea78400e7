// What a suite of faults is: it breaks things on purpose for as long as it is told to, and says what it counted and what went wrong.

export interface ChaosLimits {
  /** What is drawn (instants of kills, odd inputs) follows from it. */
  readonly seed: number;
  /** Share of the full number of runs, kills and cases; 1 is what docs/reliability.md records. */
  readonly scale: number;
  /** Tells people how far it is. */
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  /** What was done, in the order in which it is shown: { runs: 312, kills: 604 }. */
  readonly counts: Readonly<Record<string, number>>;
  /** What was measured beside it, one line of Markdown each. */
  readonly figures: readonly string[];
  /** Pictures for docs/figures, by file name. */
  readonly pictures?: Readonly<Record<string, string>>;
  /** Promises that did not hold, one sentence each; empty where all is well. */
  readonly problems: readonly string[];
  /** Why nothing could be done here; undefined where it could. */
  readonly skipped?: string | undefined;
}

export type ChaosSuite = (limits: ChaosLimits) => Promise<ChaosResult>;
