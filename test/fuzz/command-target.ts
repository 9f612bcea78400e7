import path from "node:path";
import fc from "fast-check";
import { captured, checkReport } from "./captured-command.ts";
import { caseFolder } from "./case-folder.ts";
import { databaseName, storedStudies, writeChanged } from "./stored-studies.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface CommandCase {
  readonly args: readonly string[];
}

/** Each option with values that it takes. `run` stays without sound files: a study file is code, and is tested as such elsewhere. */
const commands: Readonly<Record<string, { readonly names: number; readonly options: Readonly<Record<string, readonly string[]>> }>> = {
  list: { names: 0, options: { "--json": [] } },
  show: { names: 1, options: { "--json": [] } },
  best: { names: 1, options: { "--json": [] } },
  table: {
    names: 1,
    options: {
      "--rows": ["C", "kernel", "x"],
      "--columns": ["kernel", "C", "n"],
      "--where": ["C=10", "kernel=rbf", "n=3"],
      "--metric": ["accuracy", "f1", "value"],
      "--format": ["text", "md", "csv", "tex", "json"],
    },
  },
  trials: { names: 1, options: { "--format": ["table", "csv", "json"] } },
  compare: {
    names: 2,
    options: { "--trials": ["0,1", "1,2"], "--by": ["C", "kernel"], "--metric": ["accuracy"], "--rope": ["0.1"], "--json": [] },
  },
  model: { names: 1, options: { "--trial": ["0", "1"], "--file": ["none.ts"] } },
  run: {
    names: 1,
    options: {
      "--workers": ["2"],
      "--memory": ["1GB"],
      "--trials": ["3"],
      "--time-budget": ["3s"],
      "--seed": ["1"],
      "--fork": ["other"],
      "--fresh": [],
      "--accept-code": [],
      "--json": [],
      "--reporter": ["plain", "ndjson"],
    },
  },
  help: { names: 1, options: {} },
};

const odd = fc.constantFrom(
  ...[
    "",
    " ",
    "-",
    "--",
    "-1",
    "0",
    "1.5",
    "1e999",
    "NaN",
    "null",
    "__proto__",
    "constructor",
    "a=b",
    "=",
    "==",
    "__proto__=1",
    "toString=1",
  ],
  ...[
    "\u0007",
    "\u001b[2J",
    "\u202e",
    "\ud800",
    "π",
    "👩‍👩‍👧",
    "a\nb",
    "\0",
    "'; DROP TABLE studies; --",
    "../../etc/passwd",
    "/",
    "/dev/null",
    ".",
    "-x",
    "--x",
    "--=",
    "--db",
    "--json=1",
  ],
  ...[
    "x".repeat(10_000),
    "9".repeat(400),
    "0,0",
    "3,17",
    "0,1,2",
    ",",
    "1s",
    "-1s",
    "1e3GB",
    "5 MB",
    "@",
    "a@b",
    "%s%n",
    "${x}",
    "--no-json",
    "-V",
    "-h",
    "--help",
  ],
);

const cases: fc.Arbitrary<CommandCase> = fc
  .record({
    command: fc.oneof({ weight: 30, arbitrary: fc.constantFrom(...Object.keys(commands)) }, odd),
    names: fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom("table", "table", "climb", "pruned", "members") }, odd), {
      minLength: 1,
      maxLength: 2,
    }),
    options: fc.array(
      fc.record({
        which: fc.nat(),
        value: fc.oneof({ weight: 4, arbitrary: fc.nat() }, odd),
        how: fc.constantFrom("apart", "apart", "apart", "joined", "missing", "twice"),
        foreign: fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, odd),
      }),
      { maxLength: 3 },
    ),
    database: fc.oneof({ weight: 15, arbitrary: fc.constant("DB") }, odd),
    first: fc.boolean(),
    dropName: fc.nat(20),
  })
  .map(({ command, names, options, database, first, dropName }) => {
    const known = (Object.hasOwn(commands, command) ? commands[command] : undefined) ?? { names: 1, options: {} };
    const flags = options.flatMap(({ which, value, how, foreign }) => {
      const all = Object.entries(known.options);
      const [name, sound] = all[which % Math.max(1, all.length)] ?? ["--json", []];
      const told = typeof value === "string" ? value : (sound[value % Math.max(1, sound.length)] ?? "");
      const option = foreign ?? name;
      const valued = sound.length > 0 || foreign !== null;
      if (!valued || how === "missing") return [option];
      if (how === "joined") return [`${option}=${told}`];
      return how === "twice" ? [option, told, option, told] : [option, told];
    });
    const db = command === "help" ? [] : ["--db", database];
    const words = names.slice(0, dropName === 0 ? 0 : dropName === 1 ? 2 : command === "compare" ? names.length : known.names);
    return { args: first ? [command, ...db, ...flags, ...words] : [command, ...words, ...flags, ...db] };
  });

export const commandTarget: FuzzTarget<CommandCase> = {
  name: "command",
  leastAccepted: 0.2,
  refusals: [
    "unknown command",
    "unknown option",
    "missing required argument",
    "too many arguments",
    "argument missing",
    "Allowed choices are",
    "It must be an integer",
    "It must be a number",
    "It must be a duration",
    "It must be a size",
    "It must be two different trial numbers",
    "It must be written name=value",
    "It must be a name",
    "cannot be used with option",
    "There is no database",
    "There is no study",
    "takes two trials of a study",
  ],
  fromCorpus: (bytes) => JSON.parse(bytes.toString()) as CommandCase,
  cases,
  async read({ args }) {
    // A study that could run would run: the loader is another reader.
    if (args[0] === "run" && args.some((one) => /\.(m?[jt]s|json)$/u.test(one))) return undefined;
    await storedStudies();
    await writeChanged([]);
    const database = path.join(caseFolder(), databaseName);
    const { exitCode, out, refusal } = await captured(args.map((one) => (one === "DB" ? database : one)));
    if (refusal !== undefined && ![1, 2].includes(exitCode)) throw new WrongAnswer(`ends with ${exitCode} after ${refusal.message}`);
    if (refusal === undefined && exitCode !== 0) throw new WrongAnswer(`ends with ${exitCode}, and says nothing`);
    if (refusal === undefined && !args.some((one) => one.includes("json")) && args[0] !== "model") checkReport(out);
    return refusal;
  },
};
