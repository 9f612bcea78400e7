import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killCost } from "./kill-cost.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "hpo-kill-cost-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A part of the Landsat table, of about a second; `npm run chaos -- kill-commits` has all of it. */
const table = {
  file: fileURLToPath(new URL("../../studies/data/landsat.csv.gz", import.meta.url)),
  left: ["split"],
  folds: 5,
  cells: [2, 32].flatMap((gamma) => [1, 100].map((C) => `${gamma}:${C}`)),
};

describe("the Landsat table, its coordinator killed", () => {
  it("ends with equal bits and costs at most 10 % more CPU than a start and an undisturbed run, wherever the kill falls", async () => {
    const kills = 4;
    const file = fileURLToPath(new URL("../fixtures/svm-table.ts", import.meta.url));
    const cost = await killCost({ file, name: "svm-table", folder, kills, environment: { SVM_TABLE: JSON.stringify(table) } });
    expect(cost.problems).toEqual([]);
    expect(cost.commits).toBeGreaterThan(10);
    // Running the command a second time costs a start; what the kill itself costs is what is lost and done again.
    const lost = (cost.killed - cost.start) / cost.undisturbed;
    console.info(
      `CPU of a killed and resumed table over an undisturbed one, without the second start of ${cost.start.toFixed(2)} s: ` +
        `median ${lost.toFixed(3)} (${kills} kills, ${cost.undisturbed.toFixed(2)} s undisturbed)`,
    );
    // The bar is the median's. CPU seconds on a shared machine are noisy, so a one-sided sign test (level 0.06 for 4 kills) decides whether it is
    // passed: with a median of 1.1 or less, 4 dearer ones of 4 are hardly chance.
    expect(cost.dearer).toBeLessThan(kills);
  }, 600_000);
});
