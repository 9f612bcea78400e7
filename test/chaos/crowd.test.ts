import Database from "better-sqlite3";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readStudy } from "hpo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd, member, type MemberKind } from "./crowd.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-crowd-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const patience = 120_000;

describe("many processes on one database", () => {
  it(
    "all get their turn, beside a reader, and none is told of a lock",
    async () => {
      const database = path.join(folder, "crowd.sqlite");
      const kinds: MemberKind[] = ["ask", "ask", "run", "svm"];
      const members = kinds.map((kind, at) => ({ kind, database, name: `${kind} ${at}`, seconds: 3 }));
      // The reader needs a database that is there.
      await crowd([{ kind: "start", database, name: "first" }]);
      const ends = await crowd([...members, { kind: "read", database, name: "", seconds: 3 }]);
      for (const end of ends) expect(end.message).toBeUndefined();
      for (const [at, { name, kind }] of members.entries()) {
        expect(ends[at]?.trials, name).toBeGreaterThan(0);
        if (kind !== "svm")
          expect(readStudy(name, { database }).trials.filter(({ state }) => state === "complete")).toHaveLength(ends[at]?.trials ?? -1);
      }
      expect(ends.at(-1)?.reads).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    "start one study on a fresh file at once: each runs it or is told who does",
    async () => {
      const database = path.join(folder, "same.sqlite");
      const ends = await crowd(Array.from({ length: 6 }, () => ({ kind: "start" as const, database, name: "same" })));
      expectOneAtATime(ends, database);
    },
    patience,
  );

  it(
    "bring an older database to this schema, each for a study of its own",
    async () => {
      const database = path.join(folder, "older.sqlite");
      copyFileSync(fileURLToPath(new URL("../store/fixtures/schema-1.sqlite", import.meta.url)), database);
      const ends = await crowd(Array.from({ length: 4 }, (_, at) => ({ kind: "start" as const, database, name: `study ${at}` })));
      expect(ends).toEqual(ends.map(() => ({ state: "complete" })));
    },
    patience,
  );
});

function expectOneAtATime(ends: readonly { readonly state?: string; readonly code?: string | null }[], database: string): void {
  const ran = ends.filter(({ state }) => state === "complete");
  expect(ran.length).toBeGreaterThan(0);
  expect(ends.filter(({ code }) => code === "STUDY_BUSY")).toHaveLength(ends.length - ran.length);
  const { trials, runs } = readStudy("same", { database });
  expect(trials.map(({ number, state }) => [number, state])).toEqual([0, 1, 2].map((number) => [number, "complete"]));
  expect(runs).toHaveLength(ran.length);
}

describe("a coordinator that another one takes over from", () => {
  it(
    "needs nobody's help after a kill",
    async () => {
      const database = path.join(folder, "killed.sqlite");
      const [first, second, third] = [20, 20, 1].map((seconds) => member({ kind: "hold", database, name: "held", seconds }));
      if (first === undefined || second === undefined || third === undefined) throw new Error("three members");
      await Promise.all([first.ready, second.ready, third.ready]);
      first.go();
      await trialsStored(database, 3);
      second.go();
      const told = await second.end;
      expect(told.code).toBe("STUDY_BUSY");
      expect(told.message).toContain(`is already being run by process ${first.child.pid} on ${os.hostname()} since `);
      first.child.kill("SIGKILL");
      await new Promise((resolve) => first.child.on("close", resolve));
      third.go();
      expect(await third.end).toEqual({ state: "complete" });
      expect(
        readStudy("held", { database })
          .trials.filter(({ state }) => state !== "complete")
          .map(({ number }) => number),
      ).toEqual([]);
    },
    patience,
  );

  it.skipIf(process.platform === "win32")(
    "writes no row more when it was suspended meanwhile, and says so (needs signals)",
    async () => {
      const database = path.join(folder, "suspended.sqlite");
      const [first, told, second] = [100, 100, 2].map((seconds) => member({ kind: "hold", database, name: "held", seconds }));
      if (first === undefined || told === undefined || second === undefined) throw new Error("three members");
      await Promise.all([first.ready, told.ready, second.ready]);
      first.go();
      await trialsStored(database, 3);
      await suspended(first.child.pid ?? 0, database);
      told.go();
      expect((await told.end).message).toContain(`it is suspended: let it go on with \`kill -CONT ${first.child.pid}\``);
      // As if it had been in another container, and silent for a minute.
      const db = new Database(database);
      const moved = db.prepare("UPDATE leases SET host = 'elsewhere', process = replace(process, 'pid:', 'pid:x'), renewed_at = ?");
      moved.run(Date.now() - 61_000);
      db.close();
      second.go();
      expect(await second.end).toEqual({ state: "complete" });
      const stored = readStudy("held", { database });
      first.child.kill("SIGCONT");
      const lost = await first.end;
      expect(lost.code).toBe("STUDY_BUSY");
      expect(lost.message).toContain(`The study "held" is no longer this run's: it was silent for so long`);
      expect(readStudy("held", { database })).toEqual(stored);
    },
    patience,
  );
});

async function trialsStored(database: string, count: number): Promise<void> {
  for (;;) {
    try {
      if (readStudy("held", { database }).trials.filter(({ state }) => state === "complete").length >= count) return;
    } catch {
      // It is not there yet.
    }
    await setTimeout(50);
  }
}

/** Suspends a process at an instant in which it does not hold the file's lock. */
async function suspended(pid: number, database: string): Promise<void> {
  const db = new Database(database, { timeout: 0 });
  for (;;) {
    process.kill(pid, "SIGSTOP");
    try {
      db.exec("BEGIN IMMEDIATE; ROLLBACK");
      db.close();
      return;
    } catch {
      process.kill(pid, "SIGCONT");
      await setTimeout(10);
    }
  }
}
