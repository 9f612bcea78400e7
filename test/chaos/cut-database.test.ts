import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy } from "hpo";
import { examineDatabase } from "#hpo/store/sqlite/doctor/examine-database";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAnswers } from "../study-answers.ts";
import { copyDatabase, damageTally, judgeDamage } from "./damaged-database.ts";
import { databaseRows, lostRows } from "./database-rows.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-cut-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without checkpoints, whose files go when later trials are stored. */
const study = "iris-centroid";
const file = fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url));
const whole = path.join(folder, "whole.sqlite");
/** As it was in the middle of its run: the last commits are in the log alone. */
const live = path.join(folder, "live.sqlite");

async function run(
  database: string,
  { trials, seen = () => undefined }: { readonly trials?: number; readonly seen?: (done: number) => void } = {},
): Promise<void> {
  const open = await openStudy(file, trials === undefined ? { database } : { database, trials });
  await open.run({ workers: 1, progressIntervalMs: 0, onProgress: ({ done, failed }) => seen(done + failed) });
  await open.close();
}

beforeAll(async () => {
  await run(whole, { trials: 2 });
  let copied = false;
  await run(whole, {
    seen: (done) => {
      if (done < 4 || copied) return;
      copied = true;
      copyDatabase(whole, live);
    },
  });
});

const page = 4096;
/** The header of a log, and a page with the header of a frame (SQLite's file format, section 4.1). */
const [logHeader, frame] = [32, page + 24];

describe("a database that is cut", () => {
  it.each<[string, (length: number) => number, RegExp]>([
    ["to nothing", () => 0, /is empty; run a study first/],
    ["to a byte", () => 1, /is empty; run a study first/],
    ["within its header", () => 99, /is not a database|is damaged/],
    ["behind its header", () => 100, /is not a database|is damaged/],
    ["to the smallest page that SQLite knows", () => 512, /is not a database|is damaged/],
    ["a byte before the end of its first page", () => page - 1, /is not a database|is damaged/],
    ["to its first page", () => page, /is damaged/],
    ["a byte behind its first page", () => page + 1, /is damaged/],
    ["to half of it", (length) => Math.floor(length / 2), /is damaged/],
    ["by its last page", (length) => length - page, /is damaged/],
    ["by its last byte", (length) => length - 1, /is damaged/],
  ])("%s is told, looked at, exported or refused, and left as it is", (_, lengthOf, sentence) => {
    const bytes = readFileSync(whole);
    const cut = bytes.subarray(0, lengthOf(bytes.length));
    const place = mkdtempSync(path.join(folder, "cut-"));
    const tally = damageTally();
    judgeDamage({ about: "cut", bytes: cut }, { place, study, whole: databaseAnswers(whole, study), tally });
    expect(tally).toMatchObject({ problems: [], told: 1, unharmed: 0 });
    const copy = path.join(place, "again.sqlite");
    writeFileSync(copy, cut);
    expect(() => databaseAnswers(copy, study)).toThrow(sentence);
  });
});

describe("a log that is cut", () => {
  it.each<[string, (length: number) => number]>([
    ["to nothing", () => 0],
    ["a byte before the end of its header", () => logHeader - 1],
    ["to its header", () => logHeader],
    ["a byte before the end of its first frame", () => logHeader + frame - 1],
    ["to its first frame", () => logHeader + frame],
    ["a byte behind its first frame", () => logHeader + frame + 1],
    ["to half of it", (length) => Math.floor(length / 2)],
    ["by its last byte", (length) => length - 1],
  ])("%s takes no more than its last commits with it: the rest is sound, is read, and goes on to the same bits", async (_, lengthOf) => {
    const place = mkdtempSync(path.join(folder, "log-"));
    const cut = path.join(place, "hpo.sqlite");
    copyFileSync(live, cut);
    const log = readFileSync(`${live}-wal`);
    expect(log.length).toBeGreaterThan(10 * frame);
    writeFileSync(`${cut}-wal`, log.subarray(0, lengthOf(log.length)));
    expect(examineDatabase(cut).findings.filter(({ kind }) => kind === "damage" || kind === "trouble")).toEqual([]);
    const store = sqliteStore(cut, { readonly: true });
    const { trials } = store.snapshot(study);
    store.close();
    expect(trials.length).toBeGreaterThanOrEqual(2);
    const before = databaseRows(cut);
    // Of this very process, which lives.
    const db = openDatabase(cut);
    db.exec("DELETE FROM leases");
    db.close();
    await run(cut);
    expect(lostRows(before, databaseRows(cut))).toEqual([]);
    expect(databaseAnswers(cut, study)).toEqual(databaseAnswers(whole, study));
  });
});
