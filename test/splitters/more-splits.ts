import { readFileSync } from "node:fs";

interface MoreSplitsOracle {
  readonly time: readonly {
    readonly rows: number;
    readonly folds: number;
    readonly testSize: number | null;
    readonly gap: number;
    readonly maxTrainSize: number | null;
    /** By fold, half-open ranges: train from, to, test from, to. */
    readonly spans: readonly (readonly number[])[] | null;
  }[];
  readonly out: readonly {
    readonly rows: number;
    readonly groups: readonly number[];
    readonly leaveOneOut: Tests;
    readonly leavePOut: Readonly<Record<string, Tests>>;
    readonly leaveOneGroupOut: Tests;
    readonly leavePGroupsOut: Readonly<Record<string, Tests>>;
  }[];
  readonly sizes: readonly {
    readonly rows: number;
    readonly test: number | null;
    readonly train: number | null;
    readonly groups: readonly number[];
    /** Train, test. */
    readonly shuffleSplit: readonly number[] | null;
    readonly groupShuffleSplit: readonly number[] | null;
  }[];
  readonly space: readonly {
    readonly coordinates: readonly (readonly number[])[];
    readonly classes: readonly number[];
    readonly within: number;
    readonly block: number;
    readonly neighbours: readonly number[];
    readonly tiles: readonly number[];
    readonly folds: Readonly<Record<string, string | null>>;
  }[];
}

/** Test rows by split; null where it is refused. */
export type Tests = readonly (readonly number[])[] | null;

/** Splits of scikit-learn, neighbours of SciPy; see more_splits_oracle.py. */
export const moreSplits: MoreSplitsOracle = JSON.parse(readFileSync(new URL("../oracle/more_splits_oracle.json", import.meta.url), "utf8"));
