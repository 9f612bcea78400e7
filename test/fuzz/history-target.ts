import fc from "fast-check";
import * as hpo from "hpo";
import path from "node:path";
import { caseFolder } from "./case-folder.ts";
import { oddValue } from "./odd-values.ts";
import { type ColumnChange, columnChange, databaseName, specs, storedStudies, writeChanged, writeDatabase } from "./stored-studies.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface HistoryCase {
  readonly changes: readonly ColumnChange[];
  readonly from: string;
  readonly assume: Readonly<Record<string, unknown>>;
  readonly sampler: number;
  /** Bytes in place of the database, where it is none. */
  readonly file: Uint8Array | null;
}

const samplers = [hpo.random, hpo.tpe, hpo.auto, hpo.gp, hpo.cmaes] as const;

export const historyTarget: FuzzTarget<HistoryCase> = {
  name: "history",
  leastAccepted: 0.2,
  refusals: [
    "There is no study",
    "must have the metric",
    "must have a complete trial within the space",
    "is damaged",
    "is not a database",
    "assume must be",
    "study must be",
  ],
  fromCorpus: (file) => ({ changes: [], from: "climb", assume: {}, sampler: 0, file }),
  cases: fc.record({
    changes: fc.array(columnChange, { maxLength: 2 }),
    from: fc.oneof(
      { weight: 9, arbitrary: fc.constant("climb") },
      { weight: 3, arbitrary: fc.constantFrom(...specs.map(({ name }) => name)) },
      { weight: 1, arbitrary: fc.constantFrom("__proto__", "nobody", " ", "x".repeat(3000), "climb\0", 7 as unknown as string) },
    ),
    assume: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      fc.constantFrom<Record<string, unknown>>(
        { k: "r" },
        { n: 99 },
        { nobody: 1 },
        JSON.parse('{"__proto__": 1}') as Record<string, unknown>,
      ),
      oddValue.map((value) => ({ x: value })),
      oddValue as fc.Arbitrary<Record<string, unknown>>,
    ),
    sampler: fc.nat(samplers.length - 1),
    file: fc.oneof({ weight: 40, arbitrary: fc.constant(null) }, fc.uint8Array({ maxLength: 200 })),
  }),
  async read({ changes, from, assume, sampler, file }) {
    await storedStudies();
    if (file === null) await writeChanged(changes);
    else writeDatabase(file);
    const database = path.join(caseFolder(), databaseName);
    const spec = hpo.defineStudy({
      name: "learner",
      space: { x: hpo.float(-2, 2), n: hpo.int(1, 9), k: hpo.choice({ p: { q: hpo.float(0, 1) }, r: {} }) },
      trials: 3,
      sampler: (samplers[sampler] as () => hpo.Sampler)(),
      warmStart: { from: [hpo.fromStudy(from, { database, assume: assume as hpo.Params })], trials: 2 },
      objective: ({ params }) => params.x * params.n,
    });
    const study = await hpo.openStudy(spec, { database: ":memory:" });
    try {
      const { trials } = await study.run({ workers: 1 });
      const wrong = trials.find(({ params }) => {
        const { x, n, k } = params as Record<string, unknown>;
        return !(typeof x === "number" && x >= -2 && x <= 2 && Number.isInteger(n) && (k === "p" || k === "r"));
      });
      if (wrong !== undefined) throw new WrongAnswer(`trial ${wrong.number} is outside the space: ${JSON.stringify(wrong.params)}`);
    } finally {
      await study.close();
    }
  },
};
