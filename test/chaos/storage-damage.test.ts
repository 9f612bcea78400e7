import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { openStudy } from "hpo";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { examineDatabase } from "#hpo/store/sqlite/doctor/examine-database";
import { exportDatabase } from "#hpo/store/sqlite/doctor/export-database";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { main } from "../cli/command.ts";
import { databaseAnswers } from "../study-answers.ts";
import { copyDatabase, damages, damageTally, judgeDamage } from "./damaged-database.ts";
import { databaseRows } from "./database-rows.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-damage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = "training";
const whole = path.join(folder, "whole.sqlite");
const file = fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url));

async function run(database: string): Promise<void> {
  const open = await openStudy(file, { database });
  await open.run({ workers: 1 });
  await open.close();
}

beforeAll(() => run(whole));

/** A copy of the whole database, with its checkpoints, that a case of its own may spoil. */
function copyOf(name: string): string {
  const place = path.join(folder, name);
  mkdirSync(place);
  const copy = path.join(place, "hpo.sqlite");
  copyFileSync(whole, copy);
  cpSync(`${whole}.artefacts`, `${copy}.artefacts`, { recursive: true });
  return copy;
}

function changed(copy: string, sql: string): void {
  const db = openDatabase(copy);
  db.pragma("foreign_keys = OFF");
  db.pragma("ignore_check_constraints = ON");
  db.exec(sql);
  db.close();
}

function hpo(...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const env = { ...process.env, CI: "1", NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env, timeout: 60_000 });
  return { status, stdout, stderr };
}

const findingsOf = (copy: string): string[] => examineDatabase(copy).findings.map(({ kind, cure, text }) => `${kind} (${cure}): ${text}`);

describe("a database that is damaged at random", () => {
  it("gives answers or a sentence, the doctor finds what readers trip over, and what can be read is exported", () => {
    const answers = databaseAnswers(whole, study);
    const tally = damageTally();
    const place = path.join(folder, "random");
    mkdirSync(place);
    // `npm run chaos -- storage` takes thousands.
    for (const damage of damages(readFileSync(whole), { count: 25, seed: 5 })) judgeDamage(damage, { place, study, whole: answers, tally });
    expect(tally.problems).toEqual([]);
    expect(Math.min(tally.told, tally.unharmed, tally.saved)).toBeGreaterThan(3);
  }, 120_000);
});

describe("hpo doctor", () => {
  it("says that a database is sound, and names every command and exit code in the form of the others", () => {
    const { status, stdout, stderr } = hpo("doctor", "--db", whole);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\/.*whole\.sqlite\n {2}schema \d+ · 1 study · \d+ kB · [\d.]+ [kMG]B free on its disk\n\nIt is sound\.\n$/);
    expect(hpo("doctor", "--db", "none.sqlite").status).toBe(2);
    expect(hpo("doctor", "--db", whole, "--repair", "--export", "x.sqlite").status).toBe(2);
    const parsed = JSON.parse(hpo("doctor", "--db", whole, "--json").stdout);
    expect(parsed).toMatchObject({ studies: 1, findings: [], repair: null });
  }, 60_000);

  it("finds a broken count of trials, a stale lease and files of no checkpoint, and mends them after it made a copy", async () => {
    const copy = copyOf("mended");
    const gone = JSON.stringify(hostname()).replaceAll('"', "'");
    changed(
      copy,
      `UPDATE studies SET complete = 70; INSERT INTO leases VALUES (1, 'x', 1073741824, ${gone}, NULL, '2026-01-01T00:00:00.000Z', 0)`,
    );
    const orphan = path.join(`${copy}.artefacts`, "1", "0".repeat(64));
    for (const end of ["", ".tmp"]) writeFileSync(`${orphan}${end}`, "never named");
    writeFileSync(path.join(`${copy}.artefacts`, "notes.txt"), "a person's");
    const before = readFileSync(copy);
    expect(findingsOf(copy)).toEqual([
      'damage (repair): The counters of the study "training" say 9, 70, 0, 1 (trials, complete, pruned, failed); there are 9, 8, 0, 1.',
      `leftover (repair): Process 1073741824 on ${hostname()} held the study "training" since 2026-01-01T00:00:00.000Z and is gone; the next run takes it over.`,
      "leftover (repair): 2 files in hpo.sqlite.artefacts belong to no checkpoint (1 kB); the next run of their study removes them.",
    ]);
    expect(hpo("doctor", "--db", copy).status).toBe(1);
    const { status, stdout } = hpo("doctor", "--db", copy, "--repair");
    expect([status, stdout.endsWith("It is sound.\n")], stdout).toEqual([0, true]);
    expect(stdout).toContain(`As it was it lies in ${copy}.before-repair-1.\n`);
    expect(Buffer.compare(readFileSync(`${copy}.before-repair-1`), before)).toBe(0);
    expect([existsSync(orphan), existsSync(path.join(`${copy}.artefacts`, "notes.txt"))]).toEqual([false, true]);
    await run(copy);
    expect(databaseAnswers(copy, study)).toEqual(databaseAnswers(whole, study));
  }, 60_000);

  it.each([
    [
      "parameters",
      "UPDATE trials SET params = '{\"rate\":' WHERE trial = 4",
      /^damage \(export\): The column params of 1 row of trials is no JSON.*trial 4/m,
    ],
    ["notes", "UPDATE runs SET notes = '{}'", /^damage \(export\): The column notes of 1 row of runs/m],
    ["an environment", "UPDATE environments SET content = '[1'", /^damage \(export\): .*content of 1 row of environments/m],
    [
      "a declaration",
      "UPDATE studies SET description = 'null'",
      /^damage \(export\): What is stored of the study "training" can't be read \(the description/m,
    ],
    ["a trial that is missing", "DELETE FROM trials WHERE trial = 3", /1 are missing\. It can be read, and not be continued/],
    ["an outcome of no trial", "DELETE FROM trials WHERE trial = 3", /^damage \(export\): 1 row of outcomes belong to no row of trials/m],
    ["a gap in the metrics", "UPDATE metrics SET metric = 1; UPDATE outcome_values SET metric = 1", /have gaps/],
  ])("finds %s", (name, sql, pattern) => {
    const copy = copyOf(name.replaceAll(" ", "-"));
    changed(copy, sql);
    expect(findingsOf(copy).join("\n")).toMatch(pattern);
  });

  it.each([
    ["lists without end", `UPDATE environments SET content = '${"[".repeat(4000)}${"]".repeat(4000)}'`, "is damaged"],
    ["a declaration without data", "UPDATE studies SET declaration = json_remove(declaration, '$.data')", "(the declaration of the study"],
    ["a run whose end has no reason", "UPDATE runs SET end_by = 'time', end_reason = NULL", undefined],
  ])("is told or shown without what is lost: %s", (name, sql, sentence) => {
    const copy = copyOf(name.replaceAll(" ", "-"));
    changed(copy, sql);
    const { status, stderr, stdout } = hpo("show", study, "--db", copy);
    if (sentence === undefined) expect([status, stdout.includes(study)], stderr).toEqual([0, true]);
    else expect([status, stderr]).toEqual([1, expect.stringContaining(sentence)]);
  });

  it("does not continue a study whose trial repeats itself", async () => {
    const copy = copyOf("repeats");
    changed(copy, "UPDATE trials SET parent = -1 WHERE trial = 0");
    await expect(run(copy)).rejects.toMatchObject({ code: "STORE_FAILED", message: expect.stringContaining("(trial 0 of the study") });
  });

  it("finds a checkpoint that is missing or damaged", () => {
    const copy = copyOf("checkpoints");
    const place = path.join(`${copy}.artefacts`, "1");
    const [first = "", second = "", third = ""] = readdirSync(place);
    rmSync(path.join(place, first));
    truncateSync(path.join(place, second), 3);
    writeFileSync(path.join(place, third), Buffer.alloc(16, 7));
    const found = findingsOf(copy);
    for (const why of ["is missing", "has 3 bytes in place of 16", "is damaged"])
      expect(found.filter((text) => text.includes(why))).toHaveLength(1);
  });

  it("exports what can be read of a database with a page that can't be, which is then sound, reads, and is not continued where trials are lost", async () => {
    const copy = copyOf("page");
    const db = openDatabase(copy, { readonly: true });
    const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'evaluation_scores'").pluck().get() as number;
    db.close();
    const bytes = readFileSync(copy);
    writeFileSync(copy, bytes.fill(0xa5, (root - 1) * 4096, root * 4096));
    expect(findingsOf(copy)[0]).toBe("damage (export): The check of its pages came to no end (database disk image is malformed).");
    const target = path.join(folder, "page", "saved.sqlite");
    const { status, stdout } = hpo("doctor", "--db", copy, "--export", target);
    expect([status, stdout.split("\n")[1]], stdout).toEqual([1, "  training: 9 of 9 trials"]);
    expect(hpo("doctor", "--db", copy, "--export", target).stderr).toContain("exists already, and an export overwrites nothing");
    expect(findingsOf(target)).toEqual([]);
    const [saved, all] = [databaseRows(target), databaseRows(whole)];
    for (const table of ["trials", "outcomes", "outcome_values", "evaluations", "metrics", "studies"])
      expect(saved.get(table), table).toEqual(all.get(table));
    await run(target);
    changed(
      target,
      "DELETE FROM outcome_values; DELETE FROM outcomes WHERE trial > 2; DELETE FROM trials WHERE trial = 2; DELETE FROM outcomes WHERE trial = 2",
    );
    await expect(run(target)).rejects.toThrow(/has no trial 2 and has later ones, so it can be read and not be continued/);
  }, 60_000);
});

describe("an export", () => {
  it.each([1, 4, 8])("of a database of schema %i holds every row of every table, in the newest schema", (version) => {
    const source = path.join(folder, `schema-${version}.sqlite`);
    copyFileSync(fileURLToPath(new URL(`../store/fixtures/schema-${version}.sqlite`, import.meta.url)), source);
    expect(findingsOf(source)).toEqual([
      expect.stringMatching(/^note \(other\): It has the older schema \d; any run of a study on it brings it to schema/),
    ]);
    const target = path.join(folder, `exported-${version}.sqlite`);
    expect(exportDatabase(source, target)).toMatchObject({ lost: 0, studies: [{ trials: 3, of: 3 }] });
    const [saved, migrated] = [databaseRows(target), path.join(folder, `migrated-${version}.sqlite`)];
    copyFileSync(source, migrated);
    sqliteStore(migrated).close();
    expect(saved).toEqual(databaseRows(migrated));
  });
});

describe("a file that is no database of hpo's", () => {
  it("is refused by every command at once, and left as it is", () => {
    const foreign = path.join(folder, "foreign.sqlite");
    changed(foreign, "CREATE TABLE studies (study, name); INSERT INTO studies VALUES (1, 'theirs'); PRAGMA user_version = 8");
    writeFileSync(path.join(folder, "text.txt"), "no pages of a database\n".repeat(300));
    writeFileSync(path.join(folder, "empty.sqlite"), "");
    spawnSync("mkfifo", [path.join(folder, "pipe")]);
    const cases = [
      [foreign, "is a database of another program"],
      [path.join(folder, "text.txt"), "is not a database"],
      [folder, "is a folder"],
      ["/dev/null", "is a device, a pipe or a socket"],
      ...(existsSync(path.join(folder, "pipe")) ? [[path.join(folder, "pipe"), "is a device, a pipe or a socket"]] : []),
    ] as [string, string][];
    for (const [name, sentence] of cases) {
      const before = statSync(name).isFile() ? readFileSync(name) : null;
      for (const options of [{ readonly: true }, { readonly: false }])
        expect(() => sqliteStore(name, options)).toThrow(`The database ${name} ${sentence}`);
      if (name.endsWith(".txt")) expect(findingsOf(name).join()).toContain("can't be opened at all (file is not a database)");
      else expect(() => examineDatabase(name)).toThrow(sentence);
      if (before !== null) expect(Buffer.compare(readFileSync(name), before)).toBe(0);
    }
    expect(() => examineDatabase(path.join(folder, "empty.sqlite"))).toThrow("is empty; run a study first");
  });
});

describe("a clock that goes back an hour at each look", () => {
  it("makes no time negative, and other answers neither", async () => {
    const database = path.join(folder, "clock.sqlite");
    let hours = 0;
    const look = vi.spyOn(Date, "now").mockImplementation(() => Date.UTC(2026, 10, 21) - 3_600_000 * hours++);
    try {
      await run(database);
    } finally {
      look.mockRestore();
    }
    expect(hours).toBeGreaterThan(10);
    expect(databaseAnswers(database, study)).toEqual(databaseAnswers(whole, study));
    expect(findingsOf(database)).toEqual([]);
    const shown = hpo("show", study, "--db", database);
    expect([shown.status, /-\d[\d.]* (ms|s|min|h)\b/.test(shown.stdout)], shown.stdout).toEqual([0, false]);
    const store = sqliteStore(database, { readonly: true });
    const { trials, wallSeconds } = store.snapshot(study);
    expect(Math.min(wallSeconds, ...trials.map((trial) => trial.wallSeconds))).toBeGreaterThanOrEqual(0);
    store.close();
  }, 60_000);
});

describe("a database and its log", () => {
  it("are told apart: a log without its database is kept, a database without its log is read and continued", async () => {
    const place = path.join(folder, "log");
    mkdirSync(place);
    const [live, alone, bare] = ["live.sqlite", "alone.sqlite", "bare.sqlite"].map((name) => path.join(place, name)) as [
      string,
      string,
      string,
    ];
    await run(live);
    // As a killed process leaves it: the newest results are in the log alone.
    const db = openDatabase(live);
    db.exec("UPDATE studies SET created_at = '2026-01-01T00:00:00.000Z'");
    copyDatabase(live, alone, ["-wal"]);
    copyDatabase(live, bare, [""]);
    const killed = path.join(place, "killed.sqlite");
    copyDatabase(live, killed);
    cpSync(`${live}.artefacts`, `${killed}.artefacts`, { recursive: true });
    db.close();
    const log = readFileSync(`${alone}-wal`);
    await expect(run(alone)).rejects.toThrow("is missing, but its log alone.sqlite-wal is there and may hold results; bring the file back");
    writeFileSync(alone, "");
    await expect(run(alone)).rejects.toThrow("is empty, but its log alone.sqlite-wal is there");
    expect(Buffer.compare(readFileSync(`${alone}-wal`), log)).toBe(0);
    await run(bare);
    expect(databaseAnswers(bare, study)).toEqual(databaseAnswers(whole, study));
    expect(findingsOf(killed)).toEqual([
      expect.stringMatching(/^leftover \(repair\): Its log holds \d+ kB that are not yet in the file itself/),
    ]);
    expect(hpo("doctor", "--db", killed, "--repair").status).toBe(0);
    expect([findingsOf(killed), statSync(`${killed}-wal`, { throwIfNoEntry: false })?.size ?? 0]).toEqual([[], 0]);
  }, 60_000);
});
