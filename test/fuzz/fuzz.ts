import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { type FuzzCase, fuzzCases, manyClasses } from "./fuzz-case.ts";
import { checkSvr } from "./svr-properties.ts";
import { checkSvm } from "./svm-properties.ts";
import type { FuzzCounts, Tally } from "./tally.ts";

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  readonly mostRows: number;
  /** Whether a failure is shrunk to a smaller case, which may take minutes. */
  readonly shrink: boolean;
}

type Check = (given: FuzzCase, tally: Tally) => Promise<void>;

async function fuzz(check: Check, manyClassed: number, { runs, seed, mostRows, shrink }: FuzzOptions): Promise<FuzzCounts> {
  const tally: Tally = { cases: 0, refused: 0, solved: 0, limited: 0, coarse: 0, labels: 0, seconds: 0 };
  const one = async (given: FuzzCase): Promise<void> => {
    const start = performance.now();
    tally.cases++;
    await check(given, tally);
    tally.seconds = Math.max(tally.seconds, (performance.now() - start) / 1000);
  };
  await fc.assert(fc.asyncProperty(fuzzCases(mostRows), one), { seed, numRuns: runs, endOnFailure: !shrink });
  for (let at = 0; at < manyClassed; at++) await one(manyClasses(seed + at));
  return tally;
}

/** Fuzzes `svm()`; throws what the first failing case found, with the case. */
export function fuzzSvm(options: FuzzOptions): Promise<FuzzCounts> {
  return fuzz(checkSvm, Math.ceil(options.runs / 200), options);
}

/** Fuzzes `svr()` in the same way. */
export function fuzzSvr(options: FuzzOptions): Promise<FuzzCounts> {
  return fuzz(checkSvr, 0, options);
}
