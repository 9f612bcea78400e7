// What a stranger can put into a database, and beside it, so that whoever opens it runs, loses or leaks something. Each attack prepares a folder; what must
// hold afterwards is checked by `heldOut`.
import { openDatabase } from "#hpo/store/sqlite/driver";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "#hpo/core/hpo-error";
import { checkpointBytes } from "#hpo/store/checkpoint-bytes";
import { openStore } from "#hpo/store/open-store";
import { studyHeader } from "../store/random-study.ts";
import { holder, outcomeRow, trialRow } from "../store/rows.ts";

export interface DatabaseAttack {
  readonly name: string;
  /** Changes the honest database `file`; `victim` is a file elsewhere that must stay as it is. */
  readonly prepare: (file: string, victim: string) => void;
  /** Codes that are right: "fine" where the attack may be passed over. */
  readonly ends: readonly string[];
}

/** The schema says something that hpo did not. */
function schemaAttack(name: string, ...sql: readonly string[]): DatabaseAttack {
  return {
    name,
    ends: ["STORE_INVALID"],
    prepare(file) {
      const db = openDatabase(file);
      db.unsafeMode(true);
      db.pragma("foreign_keys = OFF");
      for (const one of sql) db.exec(one);
      db.close();
    },
  };
}

/** A checkpoint's row says something that hpo did not. */
function checkpointAttack(name: string, sha256: string, size: number): DatabaseAttack {
  return {
    name,
    ends: ["CHECKPOINT_LOST"],
    prepare(file) {
      const db = openDatabase(file);
      db.prepare("UPDATE checkpoints SET sha256 = ?, size = ?").run(sha256, size);
      db.close();
    },
  };
}

const renameStudies = "ALTER TABLE studies RENAME TO moved";
const trialsOf = (sql: string) => `CREATE TRIGGER sly ${sql} BEGIN DELETE FROM studies; END`;

export const databaseAttacks: readonly DatabaseAttack[] = [
  schemaAttack("a view in the place of studies", renameStudies, "CREATE VIEW studies AS SELECT * FROM moved"),
  schemaAttack(
    "a view that never ends in the place of trials",
    "ALTER TABLE trials RENAME TO moved",
    "CREATE VIEW trials AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
  ),
  schemaAttack("a view of a name of its own", "CREATE VIEW mine AS SELECT load_extension('x')"),
  schemaAttack("a trigger after trials", trialsOf("AFTER INSERT ON trials")),
  schemaAttack("a trigger before leases", trialsOf("BEFORE INSERT ON leases")),
  schemaAttack("a trigger instead of a view", "CREATE VIEW v AS SELECT 1 AS a", trialsOf("INSTEAD OF INSERT ON v")),
  schemaAttack("an index by an expression", "CREATE INDEX sly ON studies (upper(name))"),
  schemaAttack("a unique index", "CREATE UNIQUE INDEX sly ON trials (study)"),
  schemaAttack("a virtual table", "CREATE VIRTUAL TABLE sly USING fts5(a)"),
  schemaAttack("a table of its own", "CREATE TABLE sly (a DEFAULT (randomblob(1000000000)))"),
  schemaAttack("a column more", "ALTER TABLE studies ADD COLUMN sly TEXT"),
  schemaAttack("a generated column", "ALTER TABLE studies ADD COLUMN sly TEXT AS (upper(name))"),
  schemaAttack("a table less", "DROP TABLE leases"),
  schemaAttack(
    "a table without its rules",
    "DROP TABLE leases",
    "CREATE TABLE leases (study, holder, pid, host, process, since, renewed_at)",
  ),
  schemaAttack(
    "a trigger that calls itself a table of statistics",
    trialsOf("AFTER INSERT ON trials"),
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_schema SET type = 'table', name = 'sqlite_stat1', tbl_name = 'sqlite_stat1' WHERE name = 'sly'",
  ),
  schemaAttack(
    "a table whose text is another's",
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_schema SET sql = replace(sql, 'name TEXT NOT NULL UNIQUE', 'name TEXT') WHERE name = 'studies'",
  ),
  schemaAttack("a schema of before the first", "PRAGMA user_version = -1"),
  schemaAttack("no schema's number", "PRAGMA user_version = 0"),
  schemaAttack("an older schema's number", "PRAGMA user_version = 3"),
  checkpointAttack("a checkpoint above its folder", "../../victim.txt", 6),
  checkpointAttack("a checkpoint at an absolute path", "/dev/zero", 6),
  checkpointAttack("a checkpoint with a NUL", "a\0b", 6),
  checkpointAttack("a checkpoint without a name", "", 6),
  {
    name: "a journal that names another file",
    ends: ["STORE_INVALID"],
    prepare: (file, victim) => writeFileSync(`${file}-journal`, journalOf(victim)),
  },
  { name: "a journal that is a pipe", ends: ["STORE_INVALID"], prepare: (file) => void execFileSync("mkfifo", [`${file}-journal`]) },
  {
    name: "a folder of checkpoints that is a link",
    ends: ["STORE_FAILED", "CHECKPOINT_LOST"],
    prepare: (file, victim) => swap(`${file}.artefacts`, path.dirname(victim)),
  },
  {
    name: "a study's folder of checkpoints that is a link",
    ends: ["STORE_FAILED", "CHECKPOINT_LOST"],
    prepare: (file, victim) => swap(`${file}.artefacts/1`, path.dirname(victim)),
  },
  {
    name: "a checkpoint that is a link",
    ends: ["CHECKPOINT_LOST"],
    prepare: (file, victim) => swap(`${file}.artefacts/1/${sha256OfVictim}`, victim),
  },
  {
    name: "a checkpoint that is a pipe",
    ends: ["CHECKPOINT_LOST"],
    prepare(file) {
      const place = `${file}.artefacts/1/${sha256OfVictim}`;
      execFileSync("rm", ["-f", place]);
      execFileSync("mkfifo", [place]);
    },
  },
  {
    name: "a draft of a checkpoint that is a link",
    ends: ["fine"],
    prepare: (file, victim) => swap(`${file}.artefacts/1/${sha256OfNext}.tmp`, victim),
  },
  {
    name: "somebody's own files beside checkpoints",
    ends: ["fine"],
    prepare(file) {
      mkdirSync(`${file}.artefacts/1/thesis`);
      writeFileSync(`${file}.artefacts/1/thesis/chapter.txt`, victimText);
    },
  },
  { name: "a log that is a link", ends: ["STORE_INVALID", "STORE_FAILED"], prepare: (file, victim) => symlinkSync(victim, `${file}-wal`) },
];

/** What the victim holds: the bytes of the honest checkpoint, so that a link to it would be believed. */
export const victimText = "victim";
const sha256OfVictim = sha256(victimText);
/** Of the checkpoint that a run writes after the attack. */
const nextText = "next";
const sha256OfNext = sha256(nextText);

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function swap(place: string, target: string): void {
  execFileSync("rm", ["-rf", place]);
  symlinkSync(target, place);
}

/**
 * A rollback journal without pages that says that it is part of a transaction over several files, whose list is `list`: SQLite removes that file once the
 * journal is rolled back (https://sqlite.org/fileformat.html, section 3).
 */
function journalOf(list: string): Buffer {
  const head = Buffer.alloc(512);
  Buffer.from("d9d505f920a163d7", "hex").copy(head);
  head.writeUInt32BE(0, 8);
  head.writeUInt32BE(1, 16);
  head.writeUInt32BE(512, 20);
  head.writeUInt32BE(4096, 24);
  const name = Buffer.from(list);
  const tail = Buffer.alloc(12);
  const lockPage = Buffer.alloc(4);
  lockPage.writeUInt32BE(0x40000000 / 4096 + 1);
  tail.writeUInt32BE(name.length, 0);
  tail.writeUInt32BE(
    name.reduce((sum, byte) => (sum + ((byte << 24) >> 24)) >>> 0, 0),
    4,
  );
  return Buffer.concat([head, lockPage, name, tail.subarray(0, 8), Buffer.from("d9d505f920a163d7", "hex")]);
}

/** Makes the honest database, prepares the attack, does all that a person would do with the file, and says what did not hold. */
export function attackProblems({ name, prepare, ends }: DatabaseAttack): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-attack-"));
  try {
    const file = path.join(folder, "stranger.sqlite");
    const home = path.join(folder, "home");
    mkdirSync(home);
    // In a folder of checkpoints these would be ours, and be removed.
    const victims = ["victim.txt", sha256OfNext, "f".repeat(64)].map((one) => path.join(home, one));
    for (const victim of victims) writeFileSync(victim, victimText);
    makeHonest(file);
    prepare(file, victims[0] as string);
    const before = readdirSync(home).toSorted().join();
    const found = [...uses(file)];
    const problems = found.filter((end) => end !== "fine" && !ends.includes(end)).map((end) => `${name}: ${end}`);
    if (!ends.includes("fine") && found.every((end) => end === "fine")) problems.push(`${name}: nothing was said`);
    if (victims.some((victim) => textOf(victim) !== victimText)) problems.push(`${name}: a file elsewhere was changed or removed`);
    if (readdirSync(home).toSorted().join() !== before) problems.push(`${name}: another folder has other files`);
    if (name.startsWith("somebody's") && textOf(`${file}.artefacts/1/thesis/chapter.txt`) !== victimText)
      problems.push(`${name}: they are gone`);
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeHonest(file: string): void {
  const store = openStore(file);
  store.create(studyHeader("wine"));
  store.acquire("wine", holder("a"));
  const checkpoints = [{ trial: 0, bytes: Buffer.from(victimText) }];
  store.commit("wine", "a", { trials: [trialRow(0)], outcomes: [outcomeRow(0)], checkpoints });
  store.release("wine", "a");
  store.close();
}

/** Lists, reads, continues and removes, each in an opening of its own: "fine", or how it failed. */
function* uses(file: string): Generator<string> {
  yield endOf(file, true, (store) => store.list());
  yield endOf(file, true, (store) => store.snapshot("wine"));
  yield endOf(file, true, (store) => {
    const found = store.checkpoint("wine", 0);
    if (found !== undefined) checkpointBytes(found);
  });
  yield endOf(file, false, (store) => {
    store.acquire("wine", holder("b"));
    const checkpoints = [{ trial: 1, bytes: Buffer.from(nextText) }];
    store.commit("wine", "b", { trials: [trialRow(1)], outcomes: [outcomeRow(1)], checkpoints, droppedCheckpoints: [0] });
  });
  yield endOf(file, false, (store) => {
    store.acquire("wine", holder("b"));
    store.release("wine", "b");
    store.remove("wine");
  });
}

function endOf(file: string, readonly: boolean, use: (store: ReturnType<typeof openStore>) => void): string {
  try {
    const store = openStore(file, { readonly });
    try {
      use(store);
    } finally {
      store.close();
    }
    return "fine";
  } catch (error) {
    if (error instanceof HpoError) return error.code;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
