import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { HpoError, openStudy } from "hpo";
import { openStore } from "#hpo/store/open-store";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { afterAll, beforeAll, expect, it } from "vitest";
import { main } from "../cli/command.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-pages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = "training";
const whole = path.join(folder, "whole.sqlite");

beforeAll(async () => {
  const open = await openStudy(fileURLToPath(new URL(`../fixtures/${study}.ts`, import.meta.url)), { database: whole });
  await open.run({ workers: 1 });
  await open.close();
});

/** "read", or what the error says that came. */
function reading(file: string): string {
  try {
    const store = openStore(file, { readonly: true });
    try {
      store.snapshot(study);
    } finally {
      store.close();
    }
    return "read";
  } catch (error) {
    if (error instanceof HpoError) return error.message;
    throw error;
  }
}

it("is read, or told to be damaged, whichever page of a database makes no sense", () => {
  const bytes = readFileSync(whole);
  const file = path.join(folder, "damaged.sqlite");
  const said = Array.from({ length: bytes.length / 4096 }, (_, page) => {
    const damaged = Uint8Array.from(bytes);
    writeFileSync(file, damaged.fill(0xa5, page * 4096, (page + 1) * 4096));
    return reading(file);
  });
  const told = said.filter((one) => one !== "read");
  expect(told.filter((one) => !/ is damaged|is no database|is not a database/.test(one))).toEqual([]);
  expect(told.length).toBeGreaterThan(10);
  expect(said.length - told.length).toBeGreaterThan(0);
});

it("saves the rows of a study whose declaration can't be read, and says that only SQL can read them", () => {
  const [copy, target] = [path.join(folder, "copy.sqlite"), path.join(folder, "saved.sqlite")];
  copyFileSync(whole, copy);
  const db = openDatabase(copy);
  db.exec(`UPDATE studies SET description = replace(description, '"metrics"', 'y"metrics"')`);
  db.close();
  const { status, stdout } = spawnSync(process.execPath, [main, "doctor", "--db", copy, "--export", target], { encoding: "utf8" });
  expect(stdout.split("\n")[1]).toBe("  training: 9 of 9 trials, whose rows only SQL can read: what the study declares is damaged");
  expect(status).toBe(1);
  const saved = openDatabase(target, { readonly: true });
  expect(saved.prepare("SELECT count(*) FROM trials").pluck().get()).toBe(9);
  saved.close();
});
