// What a suite of statistical tests consists of. A suite is data: the runner and the judge know none by name.

/** The values of each case's figures, one a seed, in the order of the seeds. */
export type Samples = ReadonlyMap<string, Readonly<Record<string, readonly number[]>>>;

/** The figures of one run, by name. */
export type Figures = Readonly<Record<string, number>>;

/** One search, race or table that is repeated with the seeds 0, 1 …; each run is a function of its seed alone. */
export interface QualityCase {
  /** Unique in its suite, such as "tpe · sphere5". */
  readonly name: string;
  /** What a run depends on besides the name and the code; runs of another length are not taken for these. */
  readonly trials: number;
  /** CPU seconds of a run, about; shards get about equal sums. */
  readonly cost: number;
  readonly better: "lower" | "higher";
  /** Values on the better side of this one count as equal to it. */
  readonly equalBeyond: number | null;
  /** The figures that are recorded and held against the record, worst news last. */
  readonly judged: readonly string[];
  /** Why it can't run here, in a sentence; undefined where it can. */
  readonly lacks?: string | undefined;
  readonly run: (seed: number) => Figures | Promise<Figures>;
}

/** A statement about the figures of a case, with the test that may refute it. */
export type QualityTest = {
  readonly case: string;
  readonly figure: string;
  /** What it compares with, for people: "peer", "stated". */
  readonly bar: string;
} & (
  | {
      /** The median is no worse than a limit: a sign test. */
      readonly kind: "limit";
      readonly limit: number;
    }
  | {
      /** No worse than a factor times another case of the same night: a rank-sum test. */
      readonly kind: "noWorse";
      readonly than: string;
      readonly factor: number;
    }
  | {
      /** Better than another case, shown by a rank-sum test at 5 %. */
      readonly kind: "beats";
      readonly than: string;
    }
  | {
      /** There is nothing to compare with. */
      readonly kind: "skip";
      readonly reason: string;
    }
);

/** At least so many of some tests hold by their medians. */
export interface QualityQuota {
  readonly name: string;
  /** Of the tests of these cases … */
  readonly cases: readonly string[];
  /** … that have this bar and something to compare with. */
  readonly bar: string;
  readonly atLeast: number;
  /** How many there are in the whole suite. */
  readonly of: number;
}

export interface QualitySuite {
  readonly name: string;
  /** Files that runs depend on besides the built package, from the root. */
  readonly sources: readonly string[];
  readonly cases: readonly QualityCase[];
  readonly tests: readonly QualityTest[];
  readonly quotas: readonly QualityQuota[];
  /** Pictures (SVG) of what was run, by file name. */
  readonly pictures: (samples: Samples) => Readonly<Record<string, string>>;
}

/** Cuts every case down, for a short form: runs of at most so many trials. */
export interface SuiteLimits {
  readonly trials?: number | undefined;
}
