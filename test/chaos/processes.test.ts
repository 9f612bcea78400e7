import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "#hpo/store/open-store";
import { databaseAnswers } from "../study-answers.ts";
import { databaseOf, filesLeft, type Isolation, startBreaking } from "./breaking-run.ts";
import { noMarks, processMark } from "./marked-processes.ts";

const objective = fileURLToPath(new URL("../fixtures/breaking.ts", import.meta.url));
const folds = fileURLToPath(new URL("../fixtures/breaking-folds.ts", import.meta.url));

/** Of test/fixtures/breaks.ts, what threads can't contain; the long form has all. */
const ways = [
  "SIGSEGV",
  "stops itself",
  "allocates at once",
  "allocates native memory",
  "waits natively",
  "closes its files",
  "leaves a process and dies",
  "leaves a process",
  "prints natively",
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "hpo-processes-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(noMarks !== undefined)("trials that break their processes (needs Linux)", () => {
  it("cost attempts alone: the answers equal those of an undisturbed run on threads, and nothing is left", async () => {
    const mark = processMark();
    const common = { file: objective, mark, trials: ways.length };
    const [whole, broken] = [
      { ...common, folder: path.join(folder, "whole"), isolation: "thread" as const, ways: [] },
      { ...common, folder: path.join(folder, "broken"), isolation: "process" as const, ways, workers: 3 },
    ];
    for (const run of [whole, broken]) expect((await startBreaking(run).ended).code).toBe(0);
    expect(databaseAnswers(databaseOf(broken), "breaking")).toEqual(databaseAnswers(databaseOf(whole), "breaking"));
    expect(readdirSync(path.join(broken.folder, "attempts"))).toHaveLength(ways.length);
    const store = openStore(databaseOf(broken), { readonly: true });
    const { attempts } = store.snapshot("breaking");
    store.close();
    // Not of each: who dies in a batch of small tasks is charged nothing, and runs again.
    expect(attempts.length).toBeGreaterThan(0);
    for (const { incident } of attempts) expect(["crash", "timeout", "out-of-memory"]).toContain(incident.kind);
    expect(await mark.gone()).toEqual([]);
    expect(filesLeft(broken)).toEqual([]);
  }, 240_000);

  /** Who has stopped can't see that the coordinator is gone: there Linux ends it, if it was told to. */
  const stops = process.platform === "linux" && existsSync("/usr/bin/setpriv") ? "stops itself" : "loops";
  for (const isolation of ["thread", "process"] as const satisfies readonly Isolation[]) {
    it(`end with a killed coordinator, whatever they do: ${isolation}`, async () => {
      const mark = processMark();
      const ways = isolation === "process" ? [stops, "waits natively"] : ["loops", "waits"];
      const run = { file: folds, mark, folder: path.join(folder, isolation), isolation, ways, trials: 2 };
      const started = startBreaking(run);
      const attempts = path.join(run.folder, "attempts");
      for (;;) {
        try {
          if (readdirSync(attempts).length >= 2) break;
        } catch {
          // Nothing has been tried yet.
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      // It is told before it is done.
      await new Promise((resolve) => setTimeout(resolve, 100));
      started.kill();
      expect((await started.ended).code).toBeNull();
      expect(await mark.gone()).toEqual([]);
      expect((await startBreaking({ ...run, ways: [] }).ended).code).toBe(0);
      expect(filesLeft(run)).toEqual([]);
    }, 120_000);
  }
});
