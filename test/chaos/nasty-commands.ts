// Every reading command over a study of nasty texts, each output given to the reader of its format.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runHere } from "./command-runs.ts";
import { type NastyTexts, nastyTrials, storeNastyStudy } from "./nasty-study.ts";
import { csvProblems, jsonProblems, markdownProblems, terminalProblems, texProblems } from "./output-oracles.ts";

type Oracle = (stdout: string) => readonly string[];

interface NastyCommand {
  readonly args: readonly string[];
  readonly oracle: Oracle;
  /** 0 where the command must succeed; undefined where it may say what is wrong. */
  readonly exitCode?: number;
}

function commands({ study, param, value, metric, second, label }: NastyTexts): NastyCommand[] {
  const text: Oracle = (stdout) => terminalProblems(stdout, { coloured: process.env["FORCE_COLOR"] === "1" });
  const named =
    (said: string | null): Oracle =>
    (stdout) =>
      jsonProblems(stdout, said);
  const table = ["table", "--rows", param];
  return [
    { args: ["list"], oracle: text, exitCode: 0 },
    { args: ["list", "--json"], oracle: named(study), exitCode: 0 },
    { args: ["show", "--", study], oracle: text, exitCode: 0 },
    { args: ["show", "--json", "--", study], oracle: named(label), exitCode: 0 },
    { args: ["best", "--", study], oracle: text, exitCode: 0 },
    { args: ["best", "--json", "--", study], oracle: named(metric), exitCode: 0 },
    { args: ["table", "--", study], oracle: text, exitCode: 0 },
    { args: ["table", "--format", "md", "--", study], oracle: markdownProblems, exitCode: 0 },
    { args: ["table", "--format", "tex", "--", study], oracle: texProblems, exitCode: 0 },
    { args: ["table", "--format", "csv", "--", study], oracle: (stdout) => csvProblems(stdout, null), exitCode: 0 },
    { args: ["table", "--format", "json", "--", study], oracle: named(param), exitCode: 0 },
    { args: ["trials", "--", study], oracle: text, exitCode: 0 },
    { args: ["trials", "--format", "csv", "--", study], oracle: (stdout) => csvProblems(stdout, nastyTrials), exitCode: 0 },
    { args: ["trials", "--format", "json", "--", study], oracle: named(value), exitCode: 0 },
    { args: ["compare", "--trials", "0,1", "--", study], oracle: text, exitCode: 0 },
    { args: ["compare", "--trials", "0,1", "--json", "--", study], oracle: named(metric), exitCode: 0 },
    { args: ["model", "--trial", "2", "--", study], oracle: named(label), exitCode: 0 },
    { args: ["model", "--", study], oracle: text },
    { args: [...table, "--", study], oracle: text },
    { args: ["table", `--where=${param}=${value}`, "--", study], oracle: text },
    { args: ["table", `--metric=${second}`, "--", study], oracle: text },
    { args: ["table", `--metric=${label}x`, "--", study], oracle: text },
    { args: ["show", "--", `${study}x`], oracle: text },
    { args: [`--${label}`], oracle: text },
    { args: [label], oracle: text },
    { args: ["run", "--", label], oracle: text },
    { args: ["run", `--workers=${label}`, "--", "x"], oracle: text },
    { args: ["model", "--file", label, "--", study], oracle: text },
  ];
}

/** What did not hold, and how many outputs were read. */
export interface NastyFindings {
  readonly problems: readonly string[];
  readonly outputs: number;
  /** false: such a study can't be stored, which is told. */
  readonly stored: boolean;
}

/** Stores a study of these texts and runs every command on it. */
export async function nastyFindings(texts: NastyTexts): Promise<NastyFindings> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-nasty-"));
  const members = Object.getOwnPropertyNames(Object.prototype).join();
  const problems: string[] = [];
  let outputs = 0;
  try {
    const file = path.join(folder, "nasty.sqlite");
    if (!storeNastyStudy(file, texts)) return { problems, outputs, stored: false };
    for (const { args, oracle, exitCode } of commands(texts)) {
      const withDatabase = args[0] !== undefined && /^(list|show|best|table|trials|compare|model)$/u.test(args[0]);
      const [command = "", ...rest] = args;
      const end = await runHere(withDatabase ? [command, "--db", file, ...rest] : args, { debug: outputs % 2 === 0 });
      outputs++;
      const told = (problem: string): string => `hpo ${args.map((one) => JSON.stringify(one.slice(0, 60))).join(" ")}: ${problem}`;
      problems.push(...terminalProblems(end.stderr).map(told));
      if (end.stderr.includes("This was not expected")) problems.push(told(end.stderr.slice(0, 300)));
      if (end.exitCode === 0) problems.push(...oracle(end.stdout).map(told));
      else if (exitCode === 0) problems.push(told(`it ended with ${end.exitCode}: ${end.stderr.slice(0, 300)}`));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (Object.getOwnPropertyNames(Object.prototype).join() !== members) problems.push("every object has a new member");
  return { problems, outputs, stored: true };
}

export const places = ["study", "param", "other", "value", "metric", "second", "label", "message"] as const;

/** Texts for a study from a list, beginning at one of them; no two places that must differ have the same. */
export function nastyTexts(strings: readonly string[], start: number): NastyTexts {
  const at = (i: number): string => strings[(start + i) % strings.length] as string;
  return Object.fromEntries(places.map((place, i) => [place, at(i)])) as unknown as NastyTexts;
}

/** The same text in every place, told apart where two must differ. */
export function oneText(text: string): NastyTexts {
  return { study: text, param: text, other: `${text}2`, value: text, metric: text, second: `${text}2`, label: text, message: text };
}

/** The text in one place, among plain ones. */
export function onePlace(text: string, place: (typeof places)[number]): NastyTexts {
  return { ...nastyTexts(places, 0), [place]: text };
}
