// npm run fuzz -- svm|svr [--runs N] [--seed S] [--rows N] [--shrink]: many odd cases; see test/fuzz/.
import { parseArgs } from "node:util";
import { fuzzSvm, fuzzSvr } from "../../test/fuzz/fuzz.ts";

const models = { svm: fuzzSvm, svr: fuzzSvr } as const;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    rows: { type: "string", default: "40" },
    shrink: { type: "boolean", default: false },
  },
});
const fuzz = models[positionals[0] as keyof typeof models];
if (fuzz === undefined) {
  console.error(`fuzz: the models are ${Object.keys(models).join(", ")}; got ${positionals[0] ?? "none"}.`);
  process.exitCode = 2;
} else {
  const [runs, seed, mostRows] = [values.runs, values.seed, values.rows].map(Number) as [number, number, number];
  console.log(JSON.stringify(await fuzz({ runs, seed, mostRows, shrink: values.shrink })));
}
