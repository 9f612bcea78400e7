// npm run quality -- SUITE [--seeds 20] [--shard 3/8] [--trials N] [--cases TEXT] [--results FILE,…] [--judge] [--record] [--all] [--curves FOLDER]
//
// Statistical tests of quality over seeds, for a night. Every run is a line in the results file at once, so the same command goes on after a kill.
//
//   --shard 3/8   the third of eight parts of about equal cost; parts may share a results file, or bring their own
//   --trials N    runs of at most N trials, --cases TEXT only cases whose name has the text, such as "tpe on" or sphere5
//   --results     where runs are kept (the first) and read from; default .cache/quality/SUITE.jsonl
//   --judge       run nothing: judge what the results files hold
//   --record      these figures are what later nights are held against (scripts/quality/recorded)
//   --all         show every test, not only those that do not hold
//   --curves      draw the curves of what was run into a folder (docs/figures)
//
// Ends with 1 where a test is refuted by more than chance.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { HpoError } from "hpo";
import { readCount } from "../bench/table-cells.ts";
import { judge } from "./judgement.ts";
import { judgementLines } from "./judgement-lines.ts";
import type { QualitySuite, SuiteLimits } from "./quality-suite.ts";
import { readRecord, recordFile, samplesOf, writeRecord } from "./record.ts";
import { racingSuite } from "./racing-suite.ts";
import { estimatesSuite } from "./estimates-suite.ts";
import { searchSuite } from "./search-suite.ts";
import { type BrokenRun, codeVersion, lineKeeper, readRuns, type RunLine, runCases, shardOf } from "./suite-runs.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** Cases of fewer seeds are not recorded. */
const fewestRecorded = 5;

/** A new suite is a line here. */
const suites: Readonly<Record<string, (limits: SuiteLimits) => QualitySuite>> = {
  search: searchSuite,
  racing: racingSuite,
  estimates: estimatesSuite,
};

try {
  process.exitCode = await quality(process.argv.slice(2));
} catch (error) {
  // These tell what is wrong with an option, or what the engine can't do, in a sentence.
  if (!(error instanceof RangeError || error instanceof HpoError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function quality(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seeds: { type: "string", default: "20" },
      shard: { type: "string", default: "1/1" },
      trials: { type: "string" },
      cases: { type: "string", default: "" },
      results: { type: "string" },
      judge: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      curves: { type: "string" },
    },
  });
  const [name = ""] = positionals;
  const make = Object.hasOwn(suites, name) ? suites[name] : undefined;
  if (make === undefined)
    throw new RangeError(`quality: the suites are ${Object.keys(suites).join(", ")}; got ${name === "" ? "none" : name}.`);
  const whole = make({ trials: values.trials === undefined ? undefined : readCount("trials", values.trials, 1) });
  const [index, count] = readShard(values.shard);
  const cases = shardOf(
    whole.cases.filter((one) => one.name.includes(values.cases)),
    index,
    count,
  );
  if (cases.length === 0) throw new RangeError(`quality: no case of ${name} has a name with ${values.cases}, or the shard is empty.`);
  const files = (values.results ?? path.join(root, ".cache/quality", `${name}.jsonl`)).split(",");
  const version = codeVersion(root, whole.sources);
  const done = readRuns(files, version);
  const seeds = readCount("seeds", values.seeds, 1);
  const keep = values.judge ? null : told(lineKeeper(files[0] ?? ""));
  const broken: BrokenRun[] = [];
  const runs = await runCases({ cases, seeds, version, done, keep, broke: (run) => void broken.push(run) });
  const named = new Set(cases.map((one) => one.name));
  const samples = samplesOf(runs);
  const recorded = recordFile(root, name);
  const judgement = judge(
    { ...whole, cases, tests: whole.tests.filter((test) => named.has(test.case)) },
    { samples, record: readRecord(recorded) },
  );
  for (const line of judgementLines(judgement, { all: values.all })) console.log(line);
  if (values.record) {
    const enough = [...samples].filter(([, own]) => Object.values(own).every((seen) => seen.length >= fewestRecorded));
    writeRecord(recorded, whole.cases, new Map(enough));
  }
  if (values.curves !== undefined) {
    mkdirSync(values.curves, { recursive: true });
    for (const [file, svg] of Object.entries(whole.pictures(samples))) writeFileSync(path.join(values.curves, file), svg);
  }
  for (const { case: broke, seed, error } of broken) console.error(`FAILED  ${broke}, seed ${seed} threw:`, error);
  return judgement.failed || broken.length > 0 ? 1 : 0;
}

/** "3/8": the third of eight. */
function readShard(text: string): readonly [index: number, count: number] {
  const [index = 0, count = 0] = /^\d+\/\d+$/u.test(text) ? text.split("/").map(Number) : [];
  if (index < 1 || index > count) throw new RangeError(`quality: --shard must be a part and their number, such as 3/8; got ${text}.`);
  return [index, count];
}

/** Says once a minute how far the night is. */
function told(keep: (run: RunLine) => void): (run: RunLine) => void {
  let runs = 0;
  let said = performance.now();
  return (run) => {
    keep(run);
    runs++;
    if (performance.now() - said < 60_000) return;
    said = performance.now();
    console.error(`${runs} runs made; the last: ${run.case}, seed ${run.seed}`);
  };
}
