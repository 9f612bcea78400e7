// npm run chaos [-- SUITE …] [--scale 1] [--seed 1] [--record]
//
// The long form of test/chaos: each suite breaks something on purpose and says what it counted and what did not hold. Without names all suites run but those
// that take an hour: soak.
//
//   --scale 0.1   a tenth of the runs, kills and cases; 3: three times as many. All suites at 1 take about two hours and a half on two cores.
//   --seed N      other instants and other inputs
//   --record      puts the result of each suite into docs/reliability.md, and its pictures into docs/figures
//
// Ends with 1 where a promise did not hold.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ChaosSuite } from "./chaos-suite.ts";
import { crowdSuite } from "./crowd-suite.ts";
import { killCommits } from "./kill-commits.ts";
import { fuzzReaders } from "./fuzz-suite.ts";
import { killStudies } from "./kills-suite.ts";
import { killTable } from "./kill-table.ts";
import { limitsSuite } from "./limits-suite.ts";
import { powerLoss } from "./power-loss-suite.ts";
import { breakProcesses } from "./processes-suite.ts";
import { recordResult, resultLines } from "./recorded-result.ts";
import { securitySuite } from "./security-suite.ts";
import { soakSuite } from "./soak-suite.ts";
import { storageFaults } from "./storage-suite.ts";
import { userCodeSuite } from "./user-code-suite.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** A new suite is a line here, and a place in docs/reliability.md. */
const suites: Readonly<Record<string, ChaosSuite>> = {
  kills: killStudies,
  "kill-commits": killCommits,
  "kill-table": killTable,
  crowd: crowdSuite,
  limits: limitsSuite,
  processes: breakProcesses,
  storage: storageFaults,
  "power-loss": powerLoss,
  fuzz: fuzzReaders,
  soak: soakSuite,
  "user-code": userCodeSuite,
  security: securitySuite,
};

/** They run where they are named. */
const byNameOnly: ReadonlySet<string> = new Set(["soak"]);

try {
  process.exitCode = await chaos(process.argv.slice(2));
} catch (error) {
  // These tell what is wrong with an option in a sentence.
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function chaos(args: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      scale: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      record: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(suites, name));
  if (unknown.length > 0) throw new RangeError(`chaos: the suites are ${Object.keys(suites).join(", ")}; got ${unknown.join(", ")}.`);
  const [scale, seed] = [Number(values.scale), Number(values.seed)];
  if (!(scale > 0 && scale <= 10)) throw new RangeError(`chaos: --scale must be above 0 and at most 10; got ${values.scale}.`);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`chaos: --seed must be an integer; got ${values.seed}.`);
  let failed = false;
  for (const [name, suite] of Object.entries(suites)) {
    if (positionals.length > 0 ? !positionals.includes(name) : byNameOnly.has(name)) continue;
    const start = performance.now();
    console.log(`── ${name} ──`);
    const result = await suite({ seed, scale, say: (line) => console.log(line) });
    const lines = resultLines(result, { seconds: (performance.now() - start) / 1000, scale, seed });
    for (const line of lines) console.log(line);
    if (values.record) {
      recordResult(path.join(root, "docs/reliability.md"), name, lines);
      for (const [file, picture] of Object.entries(result.pictures ?? {})) writeFileSync(path.join(root, "docs/figures", file), picture);
    }
    failed ||= result.problems.length > 0;
  }
  return failed ? 1 : 0;
}
