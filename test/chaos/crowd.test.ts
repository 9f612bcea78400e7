import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readStudy } from "hpo";
import { processMark } from "#hpo/store/lease-rule";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crowd, type MemberKind } from "./crowd.ts";
import { olderDatabases, startEach, startOne, takeOverKilled, takeOverReused, takeOverSuspended } from "./takeovers.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-crowd-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const patience = 120_000;
const at = (name: string): string => path.join(folder, `${name}.sqlite`);

describe("many processes on one database", () => {
  it(
    "all get their turn, beside a reader, and none is told of a lock",
    async () => {
      const database = at("crowd");
      const kinds: MemberKind[] = ["ask", "ask", "run", "svm"];
      const members = kinds.map((kind, number) => ({ kind, database, name: `${kind} ${number}`, seconds: 2 }));
      const ends = await crowd([...members, { kind: "read", database, name: "", seconds: 2 }]);
      for (const end of ends) expect(end.message).toBeUndefined();
      for (const [number, { name, kind }] of members.entries()) {
        const trials = ends[number]?.trials ?? 0;
        expect(trials, name).toBeGreaterThan(0);
        if (kind === "svm") continue;
        expect(readStudy(name, { database }).trials.filter(({ state }) => state === "complete")).toHaveLength(trials);
      }
      expect(ends.at(-1)?.reads).toBeGreaterThan(0);
    },
    patience,
  );

  it(
    "start one study on a fresh file at once: each runs it or is told who does",
    async () => {
      expect(await startOne(at("same"), 5)).toEqual([]);
    },
    patience,
  );

  it(
    "bring an older database to this schema at once, each for a study of its own",
    async () => {
      expect(await startEach(at("older"), { processes: 4, older: olderDatabases[0] ?? "" })).toEqual([]);
    },
    patience,
  );
});

describe("a coordinator that another one takes over from", () => {
  it(
    "needs nobody's help after a kill",
    async () => {
      expect(await takeOverKilled(at("killed"))).toEqual([]);
    },
    patience,
  );

  it.skipIf(processMark(process.pid) === null)(
    "needs nobody's help where its pid has become another process's, or the machine was restarted (needs /proc)",
    async () => {
      expect(await takeOverReused(at("reused"))).toEqual([]);
    },
    patience,
  );

  it.skipIf(process.platform === "win32")(
    "writes no row more when it was suspended meanwhile, and says so (needs signals)",
    async () => {
      expect(await takeOverSuspended(at("suspended"))).toEqual([]);
    },
    patience,
  );
});
