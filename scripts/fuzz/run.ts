// npm run fuzz -- svm|svr [--runs N] [--seed S] [--rows N] [--shrink]: many odd problems for the solvers; see test/fuzz/.
// npm run fuzz -- csv|npy|idx|libsvm|inMemory|loadModel|options|command|history|columns [--runs N] [--seed S]: much odd input for a reader.
import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { fuzzSvm, fuzzSvr } from "../../test/fuzz/fuzz.ts";
import { targets } from "../../test/fuzz/targets.ts";

const models = { svm: fuzzSvm, svr: fuzzSvr } as const;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    rows: { type: "string", default: "40" },
    shrink: { type: "boolean", default: false },
    /** A file descriptor for the place of each case, for whoever watches over this process. */
    watch: { type: "string" },
  },
});
const [name] = positionals;
const fuzz = models[name as keyof typeof models];
const target = targets.find((one) => one.name === name);
const [runs, seed, mostRows] = [values.runs, values.seed, values.rows].map(Number) as [number, number, number];
if (fuzz !== undefined) {
  console.log(JSON.stringify(await fuzz({ runs, seed, mostRows, shrink: values.shrink })));
} else if (target !== undefined) {
  const watch = values.watch === undefined ? undefined : Number(values.watch);
  const result = await target.fuzz({
    cases: runs,
    seed,
    say: (line) => console.error(line),
    before: watch === undefined ? undefined : (block, at) => writeSync(watch, `${block}/${at} `.padEnd(40), 0),
  });
  const { cases, accepted, slowest, problems } = result;
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const counts = { codes: Object.fromEntries(result.codes), sentences: Object.fromEntries(result.sentences) };
  console.log(JSON.stringify({ cases, accepted, slowest, peakMegabytes, problems, ...counts }));
  if (problems.length > 0) process.exitCode = 1;
} else {
  const known = [...Object.keys(models), ...targets.map((one) => one.name)];
  console.error(`fuzz: the targets are ${known.join(", ")}; got ${name ?? "none"}.`);
  process.exitCode = 2;
}
