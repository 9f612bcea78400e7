import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseAnswers } from "../study-answers.ts";
import { kindNames } from "../fixtures/any-kind.ts";
import { killAtCommits, type StateEnd } from "./commit-states.ts";
import { commitStudies, fixtureFile, killAtEachCommit } from "./kill-commits.ts";
import { drive } from "./kill-run.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-kill-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of its own. */
function room(name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made);
  return made;
}

function told(ends: readonly StateEnd[]): string[] {
  return ends.flatMap(({ kind, problems }) => problems.map((problem) => `${kind}: ${problem}`));
}

// `npm run chaos -- kill-commits` kills each at every commit, and `npm run chaos -- kills` at any instant.
describe("a coordinator killed at store commits", () => {
  it.each(commitStudies.filter(({ name, when }) => name === "training" || (name === "iris-svm" && when === "before")))(
    "loses no row and ends with equal bits: $name ($about), killed $when the commit",
    async (study) => {
      const middle = (commit: number, commits: number): boolean => commit === Math.ceil(commits / 2);
      const { kills, problems } = await killAtEachCommit(study, folder, middle);
      expect(problems).toEqual([]);
      expect(kills).toBe(1);
    },
    120_000,
  );

  it("loses nothing in studies on worker threads, whichever commit it is", async () => {
    const names = [...new Set(commitStudies.map(({ name }) => name))];
    const jobs = names.map((name) => ({ kind: name, file: fixtureFile(name), threads: true, every: 6 }));
    const ends = await killAtCommits(room("threads"), jobs);
    expect(told(ends)).toEqual([]);
    expect(ends.reduce((sum, { states }) => sum + states, 0)).toBeGreaterThan(9);
  }, 300_000);

  it("loses nothing in studies of any kind, does no work twice and leaves nothing behind", async () => {
    // One learns from a study that must be in its database: `npm run chaos` has it.
    const kinds = kindNames.filter((kind) => !kind.includes("earlier study"));
    const file = fileURLToPath(new URL("../fixtures/any-kind.ts", import.meta.url));
    const jobs = kinds.map((kind) => ({ kind, file, threads: false, every: 3 }));
    const ends = await killAtCommits(room("kinds"), jobs);
    expect(told(ends)).toEqual([]);
    for (const { kind, states } of ends) expect(states, kind).toBeGreaterThan(0);
    expect(ends.reduce((sum, { states }) => sum + states, 0)).toBeGreaterThan(40);
  }, 300_000);

  it("loses nothing when it is killed again and again", async () => {
    const file = fixtureFile("iris-centroid");
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
