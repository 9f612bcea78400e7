import { idxTarget, npyTarget } from "./array-target.ts";
import { columnsTarget } from "./columns-target.ts";
import { commandTarget } from "./command-target.ts";
import { csvTarget } from "./csv-target.ts";
import { historyTarget } from "./history-target.ts";
import { libsvmTarget } from "./libsvm-target.ts";
import { memoryTarget } from "./memory-target.ts";
import { modelTarget } from "./model-target.ts";
import { optionsTarget } from "./options-target.ts";
import { type FuzzOptions, type FuzzResult, type FuzzTally, type FuzzTarget, fuzzTarget, runCase } from "./target.ts";

/** A target whatever its cases are. */
export interface NamedTarget extends Pick<FuzzTarget, "name" | "refusals" | "leastAccepted"> {
  fuzz(options: FuzzOptions): Promise<FuzzResult>;
  /** A file of the corpus. @throws Error with what is wrong */
  replay(bytes: Buffer, name: string, tally: FuzzTally): Promise<void>;
}

function named<Case>(target: FuzzTarget<Case>): NamedTarget {
  const { name, refusals, leastAccepted } = target;
  return {
    name,
    refusals,
    leastAccepted,
    fuzz: (options) => fuzzTarget(target, options),
    replay: (bytes, file, tally) => runCase(target, target.fromCorpus(bytes, file), tally),
  };
}

/** All that reads what others wrote; `npm run fuzz -- NAME`. */
export const targets: readonly NamedTarget[] = [
  named(csvTarget),
  named(npyTarget),
  named(idxTarget),
  named(libsvmTarget),
  named(memoryTarget),
  named(modelTarget),
  named(optionsTarget),
  named(commandTarget),
  named(historyTarget),
  named(columnsTarget),
];
