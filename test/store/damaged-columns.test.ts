import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { HpoError, readCheckpoint, readModel, readStudy } from "hpo";
import { openStore } from "#hpo/store/open-store";
import { storedStudies, writeDatabase } from "../fuzz/stored-studies.ts";

/** The database of test/fuzz, changed by one statement. */
async function changedBy(sql: string, ...values: readonly unknown[]): Promise<string> {
  const database = writeDatabase((await storedStudies()).bytes);
  const db = new Database(database);
  db.pragma("foreign_keys = OFF");
  expect(db.prepare(sql).run(...values).changes).toBeGreaterThan(0);
  db.close();
  return database;
}

function said(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(HpoError);
    expect((error as HpoError).code).toBe("STORE_FAILED");
    return (error as HpoError).message;
  }
  return "read";
}

describe("a database with a damaged column", () => {
  it.each([
    ["UPDATE trials SET params = ? WHERE trial = 1", "[1]", "the parameters of trial 1"],
    ["UPDATE trials SET params = ? WHERE trial = 1", '{"C": {"a": 1}}', "the parameters of trial 1"],
    ["UPDATE trials SET params = ? WHERE trial = 1", "{", "the parameters of trial 1"],
    ["UPDATE trials SET params = ? WHERE trial = 1", "[".repeat(9000) + "]".repeat(9000), "the parameters of trial 1"],
    ["UPDATE outcome_values SET value = ? WHERE trial = 1", "seven", "a number"],
    ["UPDATE shared_work SET counts = ?", '{"fits": "many"}', "the counts of shared work"],
    ["UPDATE shared_work SET warnings = ?", "[1]", "the warnings of shared work"],
    ["UPDATE runs SET notes = ?", "{}", "the notes of a run"],
    ["UPDATE studies SET estimate = ?", '{"metric": 1}', "the estimate"],
    ["UPDATE studies SET description = ?", "7", "the description"],
  ])("says what can't be read: %s", async (sql, value, what) => {
    const database = await changedBy(sql, value);
    expect(said(() => readStudy("table", { database }))).toMatch(
      new RegExp(
        `^The database .* is damaged(, or its disk can't be read)? \\(${what}.*can't be read\\); (.hpo doctor|restore it from a copy)`,
        "u",
      ),
    );
  });

  it("says so for a model, and for predictions that fit no rows", async () => {
    const model = await changedBy("UPDATE models SET json = '{'");
    expect(said(() => readModel("table", { database: model }))).toMatch(/is damaged \(the model of trial \d can't be read\)/);
    // One value, as a DEFLATE stream of one stored block.
    const shorter = await changedBy("UPDATE predictions SET predicted = x'010100feff07'");
    const store = openStore(shorter, { readonly: true });
    expect(said(() => store.predictions("table", 0))).toMatch(
      /is damaged, or its disk can't be read \(the predictions of trial 0 can't be read\)/,
    );
    store.close();
  });

  it("names no file by what a stranger wrote as a checkpoint's address", async () => {
    const database = await changedBy("UPDATE checkpoints SET sha256 = '../../../../../../etc/passwd'");
    expect(() => readCheckpoint("members", { database })).toThrow(expect.objectContaining({ code: "CHECKPOINT_LOST" }));
  });
});
