import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { fuzzTally } from "../fuzz/target.ts";
import { targets } from "../fuzz/targets.ts";

// The short form of `npm run chaos -- fuzz`: first what was found before or is known to be nasty, then some hundred cases of each reader.

const corpus = new URL("../fuzz/corpus/", import.meta.url).pathname;

/** Files of a target by how they end: `corpus/csv/refused/empty.csv`. */
function filesOf(name: string, outcome: "accepted" | "refused"): readonly string[] {
  const folder = path.join(corpus, name, outcome);
  return existsSync(folder) ? readdirSync(folder).map((file) => path.join(folder, file)) : [];
}

// Never to be met: readers have some seconds of CPU, whatever else the machine does.
const timeout = 600_000;

describe.each(targets)("what $name reads", { timeout }, (target) => {
  it.each(["accepted", "refused"] as const)("is %s as the corpus says, in one sentence or with the right answer", async (outcome) => {
    for (const file of filesOf(target.name, outcome)) {
      const tally = fuzzTally();
      await target.replay(readFileSync(file), path.basename(file), tally).catch((error: unknown) => {
        throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
      });
      expect(tally.accepted === 1 ? "accepted" : "refused", file).toBe(outcome);
    }
  });

  it("gives an HpoError in one sentence or the right answer, whatever came", async () => {
    const { cases, accepted, problems } = await target.fuzz({ cases: 300, seed: 20_261 });
    expect(problems).toEqual([]);
    expect(cases).toBe(300);
    // Half of the share of the long form, since 300 cases are few.
    expect(accepted).toBeGreaterThan((300 * target.leastAccepted) / 2);
  });
});
