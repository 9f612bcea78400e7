// What a killed process left of a study, and what the one after it made of that, held against a study that nobody disturbed.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { openStore } from "#hpo/store/open-store";
import { migrations } from "#hpo/store/sqlite/migrations";
import { studyAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import { placed } from "./killed-command.ts";

/** How far the study was when it was killed. */
export type Stage = "before the first write" | "before the first result" | "among results" | "after the last result";

/** What a run comes to when nobody disturbs it. */
export interface Undisturbed {
  /** Of each study of the database. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
  /** How often each piece of work was begun. */
  readonly begun: ReadonlyMap<string, number>;
  /** What lies in the folder, names of bundles left out. */
  readonly files: readonly string[];
  /** Attempts that failed. */
  readonly attempts: number;
}

/** What is durable in a folder. */
export interface LeftStudy {
  readonly stage: Stage;
  /** Undefined where nothing is, or only in an older schema. */
  readonly rows: ReturnType<typeof databaseRows> | undefined;
  /** Of each piece of work that a user's function begins: how many evaluations, by its trial or its parameter. */
  readonly committed: ReadonlyMap<string, number>;
  /** Of its studies. */
  readonly leases: number;
}

/** Looks at a copy: a reader must not mend what the next start has to. */
export function leftStudy(folder: string, kind: string): LeftStudy {
  const copy = copyOf(folder);
  try {
    if (!isToday(copy)) return { stage: "before the first write", rows: undefined, committed: new Map(), leases: 0 };
    return { stage: stageOf(copy, kind), rows: databaseRows(copy), committed: committedWork(copy, kind), leases: rowsOf(copy, "leases") };
  } finally {
    rmSync(path.dirname(copy), { recursive: true });
  }
}

/** What a folder holds in which nobody was disturbed. */
export function wholeStudy(folder: string, begun: readonly string[]): Undisturbed {
  const files = filesIn(folder);
  return {
    answers: answersOf(placed.database(folder)),
    begun: counted(begun),
    files,
    attempts: rowsOf(placed.database(folder), "attempts"),
  };
}

/** What is wrong with a study that came to its end after having been left so: one sentence each. */
export function endProblems(folder: string, left: readonly LeftStudy[], expected: Undisturbed, workersKilled = 0): string[] {
  // First: what looks into the database makes files beside it.
  const files = filesIn(folder);
  const database = placed.database(folder);
  const ended = databaseRows(database);
  const lost = left.flatMap(({ rows }) => (rows === undefined ? [] : lostRows(rows, ended)));
  const odd = [...files.filter((file) => !expected.files.includes(file)), ...expected.files.filter((file) => !files.includes(file))];
  const attempts = rowsOf(database, "attempts");
  // A kill of the coordinator is charged to nobody, one of a worker to the attempt that it worked at, if to any.
  const charged = attempts < expected.attempts || attempts > expected.attempts + workersKilled;
  return [
    ...(charged ? [`${attempts} failed attempts, ${workersKilled} workers killed; ${expected.attempts} where nobody disturbs`] : []),
    ...lost.map((row) => `lost: ${row.slice(0, 200)}`),
    ...differences(answersOf(database), expected.answers),
    ...numbering(database),
    ...(odd.length === 0 ? [] : [`left or missing: ${odd.join(", ")}`]),
  ];
}

/** What a command that was asked to end left although it ended by itself: one sentence each. `before`: what was durable when it began. */
export function stopProblems(
  folder: string,
  { begun, before, now }: { readonly begun: readonly string[]; readonly before: LeftStudy["committed"]; readonly now: LeftStudy },
  { files, attempts }: Undisturbed,
): string[] {
  const odd = filesIn(folder).filter((file) => !files.includes(file) && !file.includes(".artefacts"));
  const lost = [...counted(begun)].filter(([what, count]) => count > (now.committed.get(what) ?? 0) - (before.get(what) ?? 0));
  return [
    ...(now.leases === 0 ? [] : ["a lease is left"]),
    ...odd.map((file) => `left by a stop: ${file}`),
    // What fails is begun more often than stored.
    ...(attempts > 0 ? [] : lost.map(([what, count]) => `${what}: begun ${count} times and not stored by a stop`)),
  ];
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

function committedWork(database: string, kind: string): Map<string, number> {
  const store = openStore(database, { readonly: true });
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
}

/** Work that was begun although it was durable: more of it than an undisturbed run does and was not stored yet. */
export function repeated(begun: readonly string[], committed: ReadonlyMap<string, number>, whole: ReadonlyMap<string, number>): string[] {
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
  const db = openDatabase(database);
  try {
    return Number(db.pragma("user_version", { simple: true })) === migrations.length;
  } finally {
    db.close();
  }
}

function stageOf(database: string, kind: string): Stage {
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

/** How many of these rows a database has. */
function rowsOf(database: string, table: "attempts" | "leases"): number {
  const count = { attempts: "SELECT count(*) FROM attempts", leases: "SELECT count(*) FROM leases" };
  const db = openDatabase(database, { readonly: true });
  try {
    return Number(db.prepare(count[table]).pluck().get());
  } finally {
    db.close();
  }
}

/** All files below a folder but the log of begun work; bundles are named by their text, which holds the folder's path. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== "begun.log")
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.replace(/[0-9a-f]{32}\.mjs$/u, "BUNDLE.mjs"))
    .sort();
}
