import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { migratedCopy } from "#hpo/store/sqlite/migrated-copy";
import { migrations } from "#hpo/store/sqlite/migrations";
import { afterEach, beforeEach, expect, it } from "vitest";

const place = { folder: "", temporary: process.env["TMPDIR"] };

beforeEach(() => {
  place.folder = mkdtempSync(path.join(tmpdir(), "hpo-migrated-"));
  process.env["TMPDIR"] = place.folder;
});

afterEach(() => {
  if (place.temporary === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = place.temporary;
  rmSync(place.folder, { recursive: true, force: true });
});

it("copies what is in the log too, in memory or to a file of its own, which it removes", () => {
  const file = path.join(place.folder, "older.sqlite");
  copyFileSync(fileURLToPath(new URL("fixtures/schema-2.sqlite", import.meta.url)), file);
  const writer = openDatabase(file);
  writer.pragma("journal_mode = WAL");
  writer.exec("UPDATE studies SET name = 'in the log'");
  const reader = openDatabase(file, { readonly: true });
  for (const inMemory of [2 ** 30, 0]) {
    const before = readdirSync(place.folder);
    const copy = migratedCopy(reader, file, inMemory);
    expect(copy.db.prepare("SELECT name FROM studies").pluck().all()).toStrictEqual(["in the log"]);
    expect(copy.db.pragma("user_version", { simple: true })).toBe(migrations.length);
    expect(readdirSync(place.folder).length - before.length).toBe(inMemory === 0 ? 1 : 0);
    copy.db.close();
    copy.dispose();
    expect(readdirSync(place.folder)).toStrictEqual(before);
  }
  expect(reader.pragma("user_version", { simple: true })).toBe(2);
  process.env["TMPDIR"] = path.join(place.folder, "missing");
  expect(() => migratedCopy(reader, file, 0)).toThrow(
    `has an older schema and can't be copied to ${path.join(place.folder, "missing")} to be read`,
  );
  reader.close();
  writer.close();
});
