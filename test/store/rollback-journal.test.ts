import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { expect, it } from "vitest";
import { temporaryFolder } from "./folder.ts";

const at = temporaryFolder();

it("is taken away where it is of one who was killed as it began to make the database", () => {
  const file = at("begun.sqlite");
  const link = at("link.sqlite");
  symlinkSync(file, link);
  // What begins with another byte SQLite rolls back itself.
  for (const journal of [Buffer.alloc(0), Buffer.alloc(512)]) {
    const made = sqliteStore(file);
    writeFileSync(`${file}-journal`, journal);
    made.close();
    sqliteStore(journal.length === 0 ? file : link).close();
    expect(existsSync(`${file}-journal`), `${journal.length} bytes`).toBe(false);
  }
});
