import path from "node:path";
import fc from "fast-check";
import * as hpo from "hpo";
import { captured, checkReport } from "./captured-command.ts";
import { caseFolder } from "./case-folder.ts";
import { type ColumnChange, columnChange, databaseName, specs, storedStudies, writeChanged } from "./stored-studies.ts";
import type { FuzzTarget, Refusal } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface ColumnsCase {
  readonly changes: readonly ColumnChange[];
  readonly study: number;
  readonly command: keyof typeof readers;
}

type Reader = (study: string, database: string) => Promise<Refusal | undefined | void>;

/** A reading command of the command line. */
function command(...args: readonly string[]): Reader {
  return async (study, database) => {
    const { out, refusal } = await captured([...args.map((one) => (one === "STUDY" ? study : one)), "--db", database]);
    if (refusal instanceof hpo.HpoError) throw refusal;
    if (refusal !== undefined) return refusal;
    if (args.includes("json") || args.includes("--json") || args[0] === "model") JSON.parse(out);
    else checkReport(out);
    return undefined;
  };
}

/** What breaks within the store's border is an HpoError in any case; a person must hear of the damage, not of the program. */
function toldAsDamage(error: hpo.HpoError): Error {
  const { cause } = error;
  const inside = error.message.includes("refused a row or a question") && cause instanceof Error && !("code" in cause);
  return inside ? new WrongAnswer(`the store broke: ${cause.stack?.split("\n").slice(0, 4).join(" ")}`) : error;
}

async function resume(study: string, database: string): Promise<void> {
  const spec = specs.find(({ name }) => name === study) as hpo.StudySpec;
  const open = await hpo.openStudy(spec, { database, acceptCode: true });
  try {
    const { state } = await open.run({ workers: 1 });
    if (state === "running") throw new WrongAnswer("the run that ended is running");
  } finally {
    await open.close();
  }
}

const readers = {
  list: command("list"),
  "list --json": command("list", "--json"),
  show: command("show", "STUDY"),
  "show --json": command("show", "STUDY", "--json"),
  best: command("best", "STUDY"),
  "best --json": command("best", "STUDY", "--json"),
  table: command("table", "STUDY"),
  "table md": command("table", "STUDY", "--format", "md"),
  "table tex": command("table", "STUDY", "--format", "tex"),
  "table csv": command("table", "STUDY", "--format", "csv"),
  "table json": command("table", "STUDY", "--format", "json"),
  trials: command("trials", "STUDY"),
  "trials csv": command("trials", "STUDY", "--format", "csv"),
  "trials json": command("trials", "STUDY", "--format", "json"),
  compare: command("compare", "STUDY", "--trials", "0,1"),
  "compare by": command("compare", "table", "climb", "--by", "C"),
  model: command("model", "STUDY"),
  checkpoint: (study: string, database: string): Promise<void> => Promise.resolve(void hpo.readCheckpoint(study, { database })),
  loadModel: (study: string, database: string): Promise<void> => {
    const model = hpo.readModel(study, { database });
    if (model !== undefined) hpo.loadModel(model.json).dispose();
    return Promise.resolve();
  },
  resume,
} satisfies Readonly<Record<string, Reader>>;

export const columnsTarget: FuzzTarget<ColumnsCase> = {
  name: "columns",
  leastAccepted: 0.2,
  refusals: ["is damaged", "There is no study", "judges an objective function"],
  fromCorpus: (bytes) => JSON.parse(bytes.toString()) as ColumnsCase,
  cases: fc.record({
    changes: fc.array(columnChange, { minLength: 1, maxLength: 2 }),
    study: fc.nat(specs.length - 1),
    command: fc.constantFrom(...(Object.keys(readers) as (keyof typeof readers)[])),
  }),
  async read({ changes, study, command: name }) {
    await storedStudies();
    await writeChanged(changes);
    const { name: own } = specs[study] as hpo.StudySpec;
    try {
      return await readers[name](own, path.join(caseFolder(), databaseName));
    } catch (error) {
      throw error instanceof hpo.HpoError ? toldAsDamage(error) : error;
    }
  },
};
