import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import * as hpo from "hpo";
import { caseFolder, writeCase } from "./case-folder.ts";
import { oddJson } from "./odd-values.ts";
import { asJson, changedTree, treeChange, type TreeChange } from "./tree-changes.ts";

const cells = Array.from({ length: 24 }, (_, row) => [row % 7, (row * 5) % 11, row % 3]);
const data = hpo.inMemory({
  name: "few",
  features: cells,
  target: cells.map(([x = 0, y = 0]) => (x + y > 8 ? "a" : x > 3 ? "b" : "c")),
});
// As many folds as a study needs to keep the model of its best trial.
const cv = hpo.kFold({ folds: 8 });

/** Studies of every kind of row: shared solves, predictions, a kept model, an estimate, steps, gradients, checkpoints, failures, an earlier study. */
export const specs: readonly hpo.StudySpec[] = [
  hpo.defineStudy({
    name: "table",
    space: { C: hpo.values([1, 10]), kernel: hpo.choice(["linear", "rbf"]) },
    data,
    cv,
    metrics: { accuracy: hpo.accuracy(), f1: hpo.f1() },
    model: ({ C, kernel }) => hpo.svm(kernel === "rbf" ? { kernel, C, gamma: 0.5 } : { kernel: "linear", C }),
    select: "simplest-within-one-se",
    simplicity: [{ parameter: "C", simpler: "smaller" }],
  }),
  hpo.defineStudy({
    name: "climb",
    space: { x: hpo.float(-2, 2), n: hpo.int(1, 9), k: hpo.choice({ p: { q: hpo.float(0, 1) }, r: {} }) },
    trials: 9,
    sampler: hpo.random(),
    metrics: { value: "minimize", cost: "minimize" },
    objectives: ["value", "cost"],
    constraints: { cost: { max: 8 } },
    forbid: [{ k: "p", n: 9 }],
    objective: (trial) => {
      const { x, n } = trial.params;
      if (n === 4) throw new RangeError("four is refused\nin two lines");
      return { value: { value: x * x, gradient: { x: 2 * x } }, cost: n };
    },
  }),
  hpo.defineStudy({
    name: "pruned",
    space: { x: hpo.float(-2, 2) },
    trials: 8,
    sampler: hpo.tpe(),
    pruner: hpo.median({ startupTrials: 2 }),
    warmStart: { from: [hpo.fromStudy("climb")], trials: 3 },
    objective: (trial) => {
      for (let step = 0; step < 4; step++) trial.report(step, trial.params.x ** 2 + 1 / (step + 1));
      return trial.params.x ** 2;
    },
  }),
  hpo.defineStudy({
    name: "members",
    space: { x: hpo.float(0, 1) },
    trials: 6,
    sampler: hpo.populationBased({ members: 3 }),
    objective: (trial) => {
      const before = trial.checkpoint.read();
      trial.checkpoint.write(new Uint8Array([...(before ?? []), trial.number]));
      return trial.params.x;
    },
  }),
];

export const databaseName = "case.sqlite";

interface StoredStudies {
  readonly bytes: Buffer;
  /** Every column but the numbers of rows by which tables are joined, with how many rows it has. */
  readonly columns: readonly Column[];
}

interface Column {
  readonly table: string;
  readonly column: string;
  readonly rows: readonly unknown[];
}

let stored: StoredStudies | undefined;

/** The database, made once: what its bytes are, and what can be changed in it. */
export async function storedStudies(): Promise<StoredStudies> {
  if (stored !== undefined) return stored;
  const file = path.join(caseFolder(), databaseName);
  for (const spec of specs) {
    const study = await hpo.openStudy(spec, { database: file });
    await study.run({ workers: 1 });
    await study.close();
  }
  const db = new Database(file);
  db.pragma("journal_mode = DELETE");
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const columns = tables.flatMap((table) => {
    const names = (db.pragma(`table_info(${table})`) as { readonly name: string }[]).map(({ name }) => name);
    return names.map((column) => ({ table, column, rows: db.prepare(`SELECT ${column} FROM ${table}`).pluck().all() }));
  });
  db.close();
  stored = { bytes: readFileSync(file), columns: columns.filter(({ rows }) => rows.length > 0) };
  return stored;
}

/** A change of one value of the database. */
export interface ColumnChange {
  readonly place: number;
  readonly tree: TreeChange;
  readonly value: unknown;
  readonly how: number;
}

export const columnChange: fc.Arbitrary<ColumnChange> = fc.record({
  place: fc.noShrink(fc.nat()),
  tree: treeChange,
  value: fc.oneof(
    oddJson,
    fc.constantFrom<unknown>("NaN", "2026-13-40T99:00:00Z", "\u001b[31mred", "x".repeat(3000), "=1+1", "<b>", 1e300, -1, 2 ** 40, 9e15),
  ),
  how: fc.noShrink(fc.nat()),
});

/** Whether the file is as the studies left it. */
let clean = false;

/** Writes other bytes to its place. */
export function writeDatabase(bytes: Uint8Array): string {
  clean = false;
  rmSync(path.join(caseFolder(), `${databaseName}-wal`), { force: true });
  return writeCase(databaseName, bytes);
}

/** Writes the database with changes to its place. Returns what was changed: "trials.params". */
export async function writeChanged(changes: readonly ColumnChange[]): Promise<readonly string[]> {
  const { bytes, columns } = await storedStudies();
  if (clean && changes.length === 0) return [];
  const file = writeDatabase(bytes);
  clean = changes.length === 0;
  if (clean) return [];
  const db = new Database(file);
  db.pragma("synchronous = OFF");
  db.pragma("journal_mode = OFF");
  db.pragma("foreign_keys = OFF");
  db.pragma("ignore_check_constraints = ON");
  // Texts of JSON are what this is about: they are met as often as all others together.
  const texts = columns.filter(({ rows }) => rows.some((value) => typeof value === "string" && /^[[{]/u.test(value)));
  const done: string[] = [];
  for (const { place, tree, value, how } of changes) {
    const from = how % 2 === 0 ? texts : columns;
    const { table, column, rows } = from[place % from.length] as Column;
    const at = Math.floor(place / from.length) % rows.length;
    const next = changed(rows[at], tree, value, how);
    try {
      db.prepare(`UPDATE ${table} SET ${column} = ? WHERE ${rowOf(db, table)} = ?`).run(next, keyAt(db, table, at));
      done.push(`${table}.${column}`);
    } catch {
      // A strict table keeps to its types: this change can't be met.
    }
  }
  db.close();
  return done;
}

function rowOf(db: Database.Database, table: string): string {
  const info = db.pragma(`table_info(${table})`) as { readonly name: string; readonly pk: number }[];
  const keys = info.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return keys.map(({ name }) => `ifnull(quote(${name}), '')`).join(" || '/' || ");
}

function keyAt(db: Database.Database, table: string, at: number): unknown {
  return db
    .prepare(`SELECT ${rowOf(db, table)} FROM ${table} LIMIT 1 OFFSET ${at}`)
    .pluck()
    .get();
}

function changed(old: unknown, tree: TreeChange, value: unknown, how: number): unknown {
  const scalar = typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value ?? null);
  if (Buffer.isBuffer(old)) {
    const bytes = Buffer.from(old);
    if (how % 3 === 0) return bytes.subarray(0, how % (bytes.length + 1));
    if (bytes.length > 0) bytes[how % bytes.length] = (bytes[how % bytes.length] as number) ^ (1 << (how % 8));
    return how % 5 === 0 ? Buffer.concat([bytes, bytes]) : bytes;
  }
  if (typeof old === "number") return how % 3 === 0 ? scalar : [old + 1, -old, old * 1e9, 0, -1, old / 3][how % 6];
  if (typeof old === "string" && /^[[{]/u.test(old)) {
    if (how % 11 === 1) return scalar;
    if (how % 13 === 1) return old.slice(0, how % old.length);
    return asJson(changedTree(JSON.parse(old), tree)) ?? "null";
  }
  return how % 7 === 0 ? null : scalar;
}
