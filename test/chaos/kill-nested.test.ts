import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "#hpo/store/open-store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { studyAnswers } from "../study-answers.ts";
import { drive } from "./kill-run.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-kill-nested-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the study and the searches within it have answered. */
function answers(database: string): string[] {
  const store = openStore(database, { readonly: true });
  try {
    const names = store.list().map(({ name }) => name);
    const { estimate } = store.snapshot("iris-nested");
    return [JSON.stringify(estimate), ...names.sort().flatMap((name) => [name, ...studyAnswers(store, name)])];
  } finally {
    store.close();
  }
}

describe("nested cross-validation", () => {
  it("gives equal bits with one worker and with two, and after a kill in the study, in a search and between them", async () => {
    const file = fileURLToPath(new URL("../fixtures/iris-nested.ts", import.meta.url));
    const whole = path.join(folder, "whole.sqlite");
    const { commits } = await drive({ file, database: whole, workers: 1, killAt: 0 });
    const expected = answers(whole);
    expect(expected.filter((line) => line.startsWith("iris-nested"))).toHaveLength(7);
    expect(JSON.parse(expected[0] ?? "").nested.values.accuracy.value).toBeGreaterThan(0.8);
    const two = path.join(folder, "two.sqlite");
    await drive({ file, database: two, workers: 2, killAt: 0 });
    expect(answers(two)).toEqual(expected);
    // One database is killed again and again; the last commit is that of the record that all of it ends with.
    for (const kills of [[2, 7], [Math.floor(commits / 3), 9], [commits]]) {
      const database = path.join(folder, `${kills.join("-")}.sqlite`);
      for (const killAt of kills) {
        await drive({ file, database, workers: 1, killAt, when: "before" });
      }
      expect((await drive({ file, database, workers: 1, killAt: 0 })).state).toBe("complete");
      expect(answers(database), `killed at ${kills.join(", ")}`).toEqual(expected);
    }
  }, 120_000);
});
