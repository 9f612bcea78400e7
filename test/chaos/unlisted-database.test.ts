import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStudy } from "hpo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineDatabase } from "#hpo/store/sqlite/doctor/examine-database";
import { exportDatabase } from "#hpo/store/sqlite/doctor/export-database";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { databaseAnswers } from "../study-answers.ts";
import { copyDatabase } from "./damaged-database.ts";
import { databaseRows } from "./database-rows.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-unlisted-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const studies = ["training", "iris-centroid"];
const whole = path.join(folder, "whole.sqlite");

async function run(study: string, database: string): Promise<void> {
  const open = await openStudy(fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url)), { database });
  await open.run({ workers: 1 });
  await open.close();
}

beforeAll(async () => {
  for (const study of studies) await run(study, whole);
});

/** The whole database, spoilt, with its checkpoints. */
function spoilt(name: string, spoil: (bytes: Buffer) => void): string {
  const copy = path.join(folder, `${name}.sqlite`);
  const bytes = readFileSync(whole);
  spoil(bytes);
  writeFileSync(copy, bytes);
  cpSync(`${whole}.artefacts`, `${copy}.artefacts`, { recursive: true });
  return copy;
}

/** A page of the list of tables that page 1 leads to. */
function listPage(bytes: Buffer): number {
  return bytes.readUInt32BE(108);
}

describe("a database whose list of tables is damaged", () => {
  it.each<[string, (bytes: Buffer) => void]>([
    ["the first page", (bytes) => bytes.fill(0, 0, 4096)],
    ["the header", (bytes) => bytes.fill(0xff, 0, 100)],
    ["the list on the first page", (bytes) => bytes.fill(0x5a, 100, 4096)],
    ["a further page of the list", (bytes) => bytes.fill(0, (listPage(bytes) - 1) * 4096, listPage(bytes) * 4096)],
  ])("is exported whole where %s is lost, and its studies go on from there", async (about, spoil) => {
    const copy = spoilt(about.replaceAll(" ", "-"), spoil);
    const before = readFileSync(copy);
    expect(() => sqliteStore(copy, { readonly: true })).toThrow(/is damaged, or its disk can't be read|is not a database/);
    expect(examineDatabase(copy).findings).toEqual([
      {
        kind: "damage",
        cure: "export",
        text: expect.stringMatching(
          /^It can't be opened \(.*\), since its first page or its list of tables is damaged; .* an export can read them\.$/,
        ),
      },
    ]);
    const target = path.join(folder, `saved-${about.replaceAll(" ", "-")}.sqlite`);
    expect(exportDatabase(copy, target)).toMatchObject({ lost: 0, studies: studies.map((name) => ({ name })) });
    expect(Buffer.compare(readFileSync(copy), before)).toBe(0);
    expect(databaseRows(target)).toEqual(databaseRows(whole));
    expect(examineDatabase(target).findings).toEqual([]);
    for (const study of studies) expect(databaseAnswers(target, study)).toEqual(databaseAnswers(whole, study));
  });

  it.each([1, 8])("is exported whole where it is of schema %i", (version) => {
    const source = fileURLToPath(new URL(`../store/fixtures/schema-${version}.sqlite`, import.meta.url));
    const [sound, target, migrated] = ["damaged", "saved", "migrated"].map((name) => path.join(folder, `${name}-${version}.sqlite`)) as [
      string,
      string,
      string,
    ];
    copyFileSync(source, migrated);
    sqliteStore(migrated).close();
    // With its number, and without.
    for (const from of [100, 0]) {
      writeFileSync(sound, readFileSync(source).fill(0, from, 4096));
      expect(exportDatabase(sound, target)).toMatchObject({ lost: 0, studies: [{ trials: 3, of: 3 }] });
      expect(databaseRows(target)).toEqual(databaseRows(migrated));
      rmSync(target);
    }
  });

  it("is exported with what is in its log alone", async () => {
    const live = path.join(folder, "live.sqlite");
    copyFileSync(whole, live);
    cpSync(`${whole}.artefacts`, `${live}.artefacts`, { recursive: true });
    const db = openDatabase(live);
    db.exec("UPDATE studies SET created_at = '2026-01-01T00:00:00.000Z'");
    const killed = path.join(folder, "killed.sqlite");
    copyDatabase(live, killed);
    db.close();
    cpSync(`${live}.artefacts`, `${killed}.artefacts`, { recursive: true });
    writeFileSync(killed, readFileSync(killed).fill(0, 0, 4096));
    const log = readFileSync(`${killed}-wal`);
    const target = path.join(folder, "with-log.sqlite");
    expect(exportDatabase(killed, target).lost).toBe(0);
    expect(databaseRows(target)).toEqual(databaseRows(live));
    expect(Buffer.compare(readFileSync(`${killed}-wal`), log)).toBe(0);
  });

  it("is not guessed at where the second page does not say where tables begin", () => {
    const second = spoilt("second", (bytes) => bytes.fill(0, 0, 100).fill(0, 4096, 8192));
    const other = path.join(folder, "text.sqlite");
    writeFileSync(other, "no pages of a database\n".repeat(3000));
    for (const file of [second, other]) {
      const target = path.join(folder, "never.sqlite");
      expect(() => exportDatabase(file, target)).toThrow(
        `The database ${file} can't be opened (file is not a database), and where its tables begin can't be known: its second page does not say it as hpo's do; restore it from a copy.`,
      );
      expect(examineDatabase(file).findings[0]?.text).toContain("its first two pages, which say where all others are, are damaged");
    }
    // One root more than any schema has: another program's, or one whose map is spoilt.
    const odd = spoilt("odd", (bytes) => bytes.fill(0, 0, 100).writeUInt8(1, 4096 + 5 * 60));
    expect(() => exportDatabase(odd, path.join(folder, "never.sqlite"))).toThrow("can't be known");
  });
});
