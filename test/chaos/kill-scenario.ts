// A study that is killed again and again and goes on by the same command, held against one that nobody disturbed.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { openStore } from "#hpo/store/open-store";
import { migrations } from "#hpo/store/sqlite/migrations";
import { studyAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import { type CommandEnd, type Instant, placed, runKilled, type StudyPlace } from "./killed-command.ts";
import { processMark } from "./marked-processes.ts";

const here = path.dirname(fileURLToPath(import.meta.url));

/** What a run of its kind comes to when nobody disturbs it. */
export interface Undisturbed {
  /** Of each study of the database. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
  /** How often each piece of work was begun. */
  readonly begun: ReadonlyMap<string, number>;
  /** What lies in the folder, names of bundles left out. */
  readonly files: readonly string[];
  readonly wallMs: number;
}

export interface Scenario extends StudyPlace {
  /** A database that is there before the first start, or undefined. */
  readonly seed?: string | undefined;
}

/** How far the study was when it was killed. */
export type Stage = "before the first write" | "before the first result" | "among results" | "after the last result";

export interface KilledScenario {
  readonly kills: readonly Stage[];
  readonly starts: number;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Runs it once; its database may be kept as `keep`. */
export async function undisturbed(scenario: Scenario, keep?: string): Promise<Undisturbed> {
  prepare(scenario);
  const { begun, wallMs } = await runKilled(scenario);
  const { folder } = scenario;
  if (keep !== undefined) cpSync(placed.database(folder), keep);
  const result = { answers: answersOf(placed.database(folder)), begun: counted(begun), files: filesIn(folder), wallMs };
  rmSync(folder, { recursive: true });
  return result;
}

/** Kills it at each of `instants`, one a start, lets it end, and says what is not as it must be. */
export async function killAndResume(scenario: Scenario, instants: readonly Instant[], expected: Undisturbed): Promise<KilledScenario> {
  const { folder, mark, kind } = scenario;
  prepare(scenario);
  const database = placed.database(folder);
  const kills: Stage[] = [];
  const problems: string[] = [];
  const durable: ReturnType<typeof databaseRows>[] = [];
  let starts = 0;
  let end: CommandEnd;
  do {
    const committed = committedWork(folder, kind);
    end = await runKilled(scenario, instants[starts++]);
    problems.push(...repeated(end.begun, committed, expected.begun));
    if (!end.killed) continue;
    // Looked at in a copy: a reader must not mend what the next start has to.
    const copy = copyOf(folder);
    kills.push(stageOf(copy, kind));
    if (isToday(copy)) durable.push(databaseRows(copy));
    rmSync(path.dirname(copy), { recursive: true });
  } while (end.killed);
  const ended = databaseRows(database);
  for (const rows of durable) problems.push(...lostRows(rows, ended).map((row) => `lost: ${row.slice(0, 200)}`));
  problems.push(...differences(answersOf(database), expected.answers), ...numbering(database));
  const files = filesIn(folder);
  if (files.join("\n") !== expected.files.join("\n")) {
    problems.push(
      `left or missing: ${[...files.filter((file) => !expected.files.includes(file)), ...expected.files.filter((file) => !files.includes(file))].join(", ")}`,
    );
  }
  problems.push(...(await processMark(mark).gone()).map((one) => `still runs: ${one}`));
  rmSync(folder, { recursive: true });
  return { kills, starts, problems };
}

function prepare({ folder, seed }: Scenario): void {
  mkdirSync(placed.temporary(folder), { recursive: true });
  cpSync(path.join(here, "../fixtures/any-kind.ts"), placed.study(folder));
  if (seed !== undefined) cpSync(seed, placed.database(folder));
}

/** The answers of all studies of a database, estimates of nested searches included. */
function answersOf(database: string): Map<string, readonly string[]> {
  const store = openStore(database);
  try {
    return new Map(store.list().map(({ name }) => [name, studyAnswers(store, name)]));
  } finally {
    store.close();
  }
}

function differences(found: ReadonlyMap<string, readonly string[]>, expected: ReadonlyMap<string, readonly string[]>): string[] {
  const names = [...found.keys()].sort().join(", ");
  const wanted = [...expected.keys()].sort().join(", ");
  if (names !== wanted) return [`other studies: ${names}; expected ${wanted}`];
  return [...expected].flatMap(([name, lines]) => {
    const other = found.get(name) ?? [];
    const at = lines.findIndex((line, index) => line !== other[index]);
    if (at < 0 && other.length === lines.length) return [];
    return [`other bits in ${name}, line ${at}: ${(other[at] ?? "none").slice(0, 200)}; expected ${(lines[at] ?? "none").slice(0, 200)}`];
  });
}

/** Numbers from 0 on, each once. */
function numbering(database: string): string[] {
  const store = openStore(database);
  try {
    return store
      .list()
      .map(({ name }) => store.load(name))
      .filter(({ trials }) => trials.some(({ number }, index) => number !== index))
      .map(({ header }) => `trial numbers of ${header.name} have a gap or a double`);
  } finally {
    store.close();
  }
}

/** What is durable of each piece of work that a user's function begins: how many evaluations, by its trial or its parameter. */
function committedWork(folder: string, kind: string): Map<string, number> {
  if (!existsSync(placed.database(folder))) return new Map();
  const copy = copyOf(folder);
  try {
    if (!isToday(copy)) return new Map();
    const store = openStore(copy);
    try {
      const own = store.list().filter(({ name }) => name === kind || name.startsWith(`${kind}/`));
      const done = own.flatMap(({ name }) => {
        const { trials, header } = store.load(name);
        if (header.description.cv === null) return trials.filter(({ outcome }) => outcome !== null).map(({ number }) => `trial ${number}`);
        return trials.flatMap(({ number, params }) => store.evaluations(name, number).map(() => `fit ${String(params["shrink"])}`));
      });
      return counted(done);
    } finally {
      store.close();
    }
  } finally {
    rmSync(path.dirname(copy), { recursive: true });
  }
}

/** Work that was begun although it was durable: more of it than an undisturbed run does and was not stored yet. */
function repeated(begun: readonly string[], committed: ReadonlyMap<string, number>, whole: ReadonlyMap<string, number>): string[] {
  return [...counted(begun)]
    .filter(([what, count]) => count > (whole.get(what) ?? 0) - (committed.get(what) ?? 0))
    .map(([what, count]) => `${what}: begun ${count} times, ${committed.get(what) ?? 0} of ${whole.get(what) ?? 0} were durable`);
}

/** Of "fit 0.3 ROWS" the rows are left out: which fold they are is not told. */
function counted(begun: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of begun) {
    const what = one.split(" ").slice(0, 2).join(" ");
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return counts;
}

/** The database as a killed process left it, with its log, in a folder of its own beside the study's. */
function copyOf(folder: string): string {
  const copy = `${folder}-look`;
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.startsWith("hpo.sqlite")) cpSync(path.join(folder, name), path.join(copy, name), { recursive: true });
  }
  return placed.database(copy);
}

function isToday(database: string): boolean {
  if (!existsSync(database)) return false;
  const db = new Database(database);
  try {
    return Number(db.pragma("user_version", { simple: true })) === migrations.length;
  } finally {
    db.close();
  }
}

function stageOf(database: string, kind: string): Stage {
  if (!isToday(database)) return "before the first write";
  const store = openStore(database, { readonly: true });
  try {
    const study = store.list().find(({ name }) => name === kind);
    if (study === undefined) return "before the first write";
    if (study.state === "complete") return "after the last result";
    return study.complete + study.failed === 0 ? "before the first result" : "among results";
  } finally {
    store.close();
  }
}

/** All files below a folder; bundles are named by their text, which holds the folder's path. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replace(/[0-9a-f]{32}\.mjs$/u, "BUNDLE.mjs"))
    .sort();
}
