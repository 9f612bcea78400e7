import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#hpo/store/sqlite/driver";
import { describe, expect, it } from "vitest";
import { HpoError } from "#hpo/core/hpo-error";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { migrations } from "#hpo/store/sqlite/migrations";
import { sqliteStore } from "#hpo/store/sqlite/sqlite-store";
import { fixtureStudy } from "./fixture-study.ts";
import { temporaryFolder } from "./folder.ts";
import { studyHeader } from "./random-study.ts";
import { codeOf, everything, fill, holder, outcomeRow, sharedRow, trialRow } from "./rows.ts";

const at = temporaryFolder();
const fixture = (version: number): string => fileURLToPath(new URL(`fixtures/schema-${version}.sqlite`, import.meta.url));

function failure(work: () => unknown): HpoError {
  try {
    work();
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the database file", () => {
  it("is made with its folder, for its owner alone", () => {
    const file = at("deep/er/hpo.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    for (const each of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
    store.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it("has its path made absolute", () => {
    const file = path.relative(process.cwd(), at("relative.sqlite"));
    const store = sqliteStore(file);
    expect(store.location).toBe(path.resolve(file));
    store.close();
  });

  it("is told apart from what is no database, or another program's, and those are left as they are", () => {
    writeFileSync(at("text.txt"), "These are no pages of a database. ".repeat(100));
    const other = openDatabase(at("other.sqlite"));
    other.exec("CREATE TABLE t (x)");
    other.close();
    mkdirSync(at("folder"));
    const cases = [
      ["text.txt", "is not a database; name another file with --db."],
      ["other.sqlite", "is a database of another program; name another file with --db."],
      ["folder", "is a folder; name a file with --db."],
    ] as const;
    for (const [name, sentence] of cases) {
      const before = name === "folder" ? null : readFileSync(at(name));
      for (const readonly of [false, true]) {
        const error = failure(() => sqliteStore(at(name), { readonly }));
        expect(error.message).toBe(`The database ${at(name)} ${sentence}`);
        expect(error.code).toBe("STORE_INVALID");
      }
      if (before !== null) expect(readFileSync(at(name))).toStrictEqual(before);
    }
  });

  it("is made in an empty file, and a reader of none or of an empty one is told so", () => {
    const file = at("empty.sqlite");
    expect(failure(() => sqliteStore(file, { readonly: true })).message).toBe(
      `The database ${file} does not exist; run a study first, or name another database with --db.`,
    );
    writeFileSync(file, "");
    expect(failure(() => sqliteStore(file, { readonly: true })).message).toContain("is empty; run a study first");
    sqliteStore(file).close();
    sqliteStore(file, { readonly: true }).close();
  });

  it("that can't be made is told with the cure", () => {
    writeFileSync(at("a-file"), "");
    const error = failure(() => sqliteStore(at("a-file/hpo.sqlite")));
    expect(error.code).toBe("STORE_INVALID");
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.message).toContain("can't be made; name a database in a folder that can be written with --db.");
  });

  it("of a newer schema is refused", () => {
    const file = at("newer.sqlite");
    sqliteStore(file).close();
    const db = openDatabase(file);
    db.pragma("user_version = 99");
    db.close();
    const error = failure(() => sqliteStore(file));
    expect(error.code).toBe("STORE_NEWER");
    expect(error.message).toContain(
      `The database ${file} has schema 99, made by a newer hpo; this one knows schema ${migrations.length}: update hpo`,
    );
  });

  it("that is damaged is told so when it is read", () => {
    const file = at("damaged.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    store.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, 4096));
    const error = failure(() => sqliteStore(file).snapshot("wine"));
    expect(error.message).toContain("is damaged");
    expect(["STORE_FAILED", "STORE_INVALID"]).toContain(error.code);
  });

  it.each([
    ["description", "{"],
    ["description", "null"],
    ["description", '{"metrics":[5],"objectives":[],"sampler":"grid","data":null,"cv":null}'],
    ["description", '{"metrics":[],"objectives":[],"sampler":"grid","data":{"name":"x"},"cv":null}'],
    ["declaration", "[]"],
  ])("whose study has a strange %s is told so, and its other studies are read: %s", (column, text) => {
    const file = at(`strange-${text.length}.sqlite`);
    const store = sqliteStore(file);
    store.create(studyHeader("strange"));
    store.create(studyHeader("sound"));
    store.close();
    const db = openDatabase(file);
    db.prepare(`UPDATE studies SET ${column} = ? WHERE name = 'strange'`).run(text);
    db.close();
    const reader = sqliteStore(file, { readonly: true });
    const error = failure(() => reader.snapshot("strange"));
    expect([error.code, error.message]).toEqual(["STORE_FAILED", expect.stringContaining("is damaged")]);
    expect(reader.snapshot("sound").name).toBe("sound");
    expect(reader.list()).toHaveLength(2);
    reader.close();
  });

  it("gives freed pages back when it is closed", () => {
    const file = at("freed.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    store.acquire("wine", holder("a"));
    store.commit("wine", "a", { trials: [trialRow(0)], shared: [sharedRow("k", [0], { bytes: new Uint8Array(5_000_000) })] });
    store.commit("wine", "a", { finishedGroups: [0] });
    store.close();
    expect(statSync(file).size).toBeLessThan(300_000);
  });

  it("that can't grow any more tells what to do, and keeps what it has", () => {
    const file = at("full.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    store.acquire("wine", holder("a"));
    const commit = (number: number): void =>
      store.commit("wine", "a", {
        trials: [trialRow(number)],
        shared: [sharedRow(`${number}`, [number], { bytes: new Uint8Array(100_000) })],
      });
    commit(0);
    store.close();
    // A limit of the process on the size of files stands for a full disk: the same failing write.
    const script = `
      import { sqliteStore } from ${JSON.stringify(new URL("../../dist/store/sqlite/sqlite-store.js", import.meta.url).href)};
      const [store, base] = [sqliteStore(${JSON.stringify(file)}), ${JSON.stringify({ trial: trialRow(0), work: sharedRow("", [0]) })}];
      process.on("SIGXFSZ", () => {});
      try {
        for (let number = 1; number < 100; number++) {
          const work = { ...base.work, key: String(number), trials: [number], bytes: new Uint8Array(100_000) };
          store.commit("wine", "a", { trials: [{ ...base.trial, number }], shared: [work] });
        }
      } catch (error) {
        console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause.code, stored: store.load("wine").trials.length }));
      }`;
    const { stdout } = spawnSync("sh", ["-c", 'ulimit -f 2000; exec "$0" --input-type=module -e "$1"', process.execPath, script], {
      encoding: "utf8",
    });
    const told = JSON.parse(stdout) as { code: string; message: string; stored: number };
    expect(told.code).toBe("STORE_FAILED");
    expect(told.message).toMatch(/disk/);
    const again = sqliteStore(file);
    expect(again.load("wine").trials).toHaveLength(told.stored);
    again.commit("wine", "a", { trials: [trialRow(1000)] });
    again.close();
  });

  it("is not written by a reader, and a writer holds up none", () => {
    const file = at("read.sqlite");
    const store = sqliteStore(file);
    store.create(studyHeader("wine"));
    const reader = sqliteStore(file, { readonly: true });
    const error = failure(() => reader.create(studyHeader("beer")));
    expect(error.message).toContain("was opened for reading and can't be written");
    const writer = openDatabase(file);
    writer.exec("BEGIN EXCLUSIVE; UPDATE studies SET name = 'beer'");
    expect(reader.list().map(({ name }) => name)).toStrictEqual(["wine"]);
    writer.exec("COMMIT");
    writer.close();
    expect(reader.list().map(({ name }) => name)).toStrictEqual(["beer"]);
    reader.close();
    store.close();
  });

  it.skipIf(process.getuid?.() !== 0)("is read in a folder that can't be written (needs root, to become another user)", () => {
    const file = at("locked/hpo.sqlite");
    sqliteStore(file).close();
    const script = `
      import { sqliteStore } from ${JSON.stringify(new URL("../../dist/store/sqlite/sqlite-store.js", import.meta.url).href)};
      // Loads the native module while its folder can be read: the checkout may lie where the other user can't go.
      sqliteStore(${JSON.stringify(at("first.sqlite"))}).close();
      process.setegid(65534);
      process.seteuid(65534);
      console.log(JSON.stringify(sqliteStore(${JSON.stringify(file)}, { readonly: true }).list()));
      try {
        sqliteStore(${JSON.stringify(file)});
      } catch (error) {
        console.log(error.code, error.message);
      }`;
    chmodSync(path.dirname(path.dirname(file)), 0o755);
    chmodSync(path.dirname(file), 0o555);
    chmodSync(file, 0o444);
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(stdout).toBe(
      `[]\nSTORE_INVALID The database ${file} can't be written; give this user the right to write the file and its folder, or name another with --db.\n`,
    );
  });
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("a database of schema %i", (version) => {
  const copy = (name: string): string => {
    copyFileSync(fixture(version), at(name));
    return at(name);
  };

  it("opens, says what was stored, and goes on", () => {
    const memory = memoryStore();
    fill(memory, fixtureStudy);
    const { name } = fixtureStudy.header;
    const expected = everything(memory, name);
    const file = copy(`schema-${version}.sqlite`);
    // A reader sees all of it, and leaves it as it is.
    const reader = sqliteStore(file, { readonly: true });
    expect(everything(reader, name)).toStrictEqual(expected);
    expect(codeOf(() => reader.remove(name))).toBe("STORE_FAILED");
    reader.close();
    expect(readFileSync(file)).toStrictEqual(readFileSync(fixture(version)));
    const store = sqliteStore(file);
    expect(everything(store, name)).toStrictEqual(expected);
    store.acquire(name, holder("next"));
    const logs = [{ task: "objective/100", label: "trial 100", attempt: 1, trials: [100], head: "said", dropped: 3, tail: "" }];
    const checkpoints = [{ trial: 100, bytes: Uint8Array.of(1, 2) }];
    store.commit(name, "next", {
      trials: [trialRow(100)],
      outcomes: [outcomeRow(100)],
      model: { trial: 100, json: "{}" },
      checkpoints,
      logs,
    });
    expect(store.logs(name, 100)).toStrictEqual(logs);
    expect(store.load(name).checkpoints).toStrictEqual([100]);
    expect(store.model(name)).toStrictEqual({ trial: 100, json: "{}" });
    expect(codeOf(() => store.commit(name, "next", { trials: [trialRow(100)] }))).toBe("STORE_FAILED");
    store.close();
  });

  it("has the same tables, brought to the newest schema, as a new one", () => {
    const tables = (file: string): unknown => {
      sqliteStore(file).close();
      const db = openDatabase(file, { readonly: true });
      const rows = db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
      db.close();
      return rows;
    };
    expect(tables(copy(`old-${version}.sqlite`))).toStrictEqual(tables(at(`new-${version}.sqlite`)));
  });
});
