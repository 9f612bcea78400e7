// The options that every bench of searches has, read once.
import { readCount } from "./table-cells.ts";

/** For `parseArgs`. */
export const searchOptions = {
  sampler: { type: "string", default: "random" },
  trials: { type: "string", default: "200" },
  seeds: { type: "string", default: "20" },
  lookahead: { type: "string", default: "1" },
  json: { type: "boolean", default: false },
} as const;

export interface SearchOptions {
  /** As named-sampler.ts reads it. */
  readonly sampler: string;
  readonly trials: number;
  readonly seeds: number;
  /** In the order given. */
  readonly lookaheads: readonly number[];
  /** To stderr with --json, whose output is one object alone. */
  readonly say: (line: string) => void;
}

/** Reads what `parseArgs` found under `searchOptions`. @throws RangeError that names the option. */
export function readSearchOptions(values: {
  readonly sampler: string;
  readonly trials: string;
  readonly seeds: string;
  readonly lookahead: string;
  readonly json: boolean;
}): SearchOptions {
  return {
    sampler: values.sampler,
    trials: readCount("trials", values.trials, 1),
    seeds: readCount("seeds", values.seeds, 1),
    lookaheads: values.lookahead.split(",").map((text) => readCount("lookahead", text, 1)),
    say: (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`),
  };
}

/** The items of "sphere5,branin", in that order. @throws RangeError where there is none of that name. */
export function readNames<T>(option: string, text: string, items: Readonly<Record<string, T>>): readonly T[] {
  return text.split(",").map((name) => {
    const item = items[name];
    if (item === undefined) throw new RangeError(`bench: --${option} must be of ${Object.keys(items).join(", ")}; got ${name}.`);
    return item;
  });
}
