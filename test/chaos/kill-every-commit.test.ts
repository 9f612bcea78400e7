import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAnswers } from "../study-answers.ts";
import { databaseRows, lostRows } from "./database-rows.ts";
import { drive } from "./kill-run.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-kill-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What lies beside a database: the checkpoints that its rows name and no more, each named by its bytes. */
function checkpointFiles(database: string): string[] {
  const folder = `${database}.artefacts`;
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
}

/** `npm run chaos` kills at every commit; the suite, which has five minutes, at every third one. */
const step: number = process.env["HPO_CHAOS"] === "long" ? 1 : 3;

const studies = [
  { name: "slow-quadratic", about: "an objective", when: "after" },
  { name: "training", about: "trials that continue others' checkpoints", when: "after" },
  { name: "iris-centroid", about: "a task a fold", when: "after" },
  { name: "iris-race", about: "a race over folds", when: "after" },
  { name: "iris-svm", about: "shared solves", when: "after" },
  { name: "iris-svm", about: "shared solves", when: "before" },
  { name: "iris-relay", about: "parts that pass on what they found", when: "after" },
  { name: "iris-relay", about: "parts that pass on what they found", when: "before" },
] as const;

describe("a coordinator killed at any store commit", () => {
  it.each(studies)(
    "loses no row and ends with equal bits: $name ($about), killed $when the commit",
    async ({ name, when }) => {
      const file = fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
      const whole = path.join(folder, `${name}-${when}-whole.sqlite`);
      const undisturbed = await drive({ file, database: whole, workers: 1, killAt: 0 });
      expect(undisturbed.state).toBe("complete");
      const answers = databaseAnswers(whole, name);

      let kills = 0;
      async function killAndResume(killAt: number): Promise<void> {
        const database = path.join(folder, `${name}-${when}-${killAt}.sqlite`);
        const first = await drive({ file, database, workers: 1, killAt, when });
        // A tick's rows go into one commit, so the number of commits varies a little from run to run.
        if (first.state !== "killed") expect(first.commits, "commits of a run that was to be killed").toBeLessThan(killAt);
        else kills++;
        const before = databaseRows(database);
        const second = await drive({ file, database, workers: 1, killAt: 0 });
        expect(second.state).toBe("complete");
        expect(lostRows(before, databaseRows(database))).toEqual([]);
        expect(databaseAnswers(database, name)).toEqual(answers);
        expect(checkpointFiles(database)).toEqual(checkpointFiles(whole));
        rmSync(database);
        rmSync(`${database}.artefacts`, { recursive: true, force: true });
      }

      // Two at a time: the machine that this must pass on has two cores.
      let next = 1;
      const worker = async (): Promise<void> => {
        while (next <= undisturbed.commits) {
          const killAt = next;
          next += step;
          await killAndResume(killAt);
        }
      };
      await Promise.all([worker(), worker()]);
      expect(kills * step).toBeGreaterThan(Math.max(5, undisturbed.commits / 2));
    },
    300_000,
  );

  it("loses nothing when it is killed again and again", async () => {
    const file = fileURLToPath(new URL("../fixtures/iris-centroid.ts", import.meta.url));
    const whole = path.join(folder, "again-whole.sqlite");
    await drive({ file, database: whole, workers: 2, killAt: 0 });
    const database = path.join(folder, "again.sqlite");
    let runs = 0;
    // Each run dies soon after its first result.
    while ((await drive({ file, database, workers: 2, killAt: 3 })).state === "killed") expect(++runs).toBeLessThan(100);
    expect(runs).toBeGreaterThan(2);
    expect(databaseAnswers(database, "iris-centroid")).toEqual(databaseAnswers(whole, "iris-centroid"));
  }, 120_000);
});
