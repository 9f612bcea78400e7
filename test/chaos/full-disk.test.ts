import { afterAll, describe, expect, it } from "vitest";
import { fillDisk } from "./full-disk.ts";
import { smallDisk } from "./small-disk.ts";

const disk = await smallDisk();
const needs = typeof disk === "string" ? ` (${disk})` : "";
afterAll(() => (typeof disk === "string" ? undefined : disk.remove()));

describe.skipIf(needs !== "")(`a small disk that really runs full${needs}`, () => {
  // `npm run chaos -- storage` leaves it many rooms.
  it.each([
    ["in the middle of a run", "mid-run", "training", 80, "can't grow, since the disk is full"],
    [
      "where a checkpoint is kept",
      "a checkpoint",
      "big-checkpoints",
      150,
      "can't keep a checkpoint in hpo.sqlite.artefacts/1, since the disk is full",
    ],
  ])(
    "%s ends it with a sentence, is read, is told by the doctor, and with room again the same bits come",
    async (_, at, study, pages, sentence) => {
      if (typeof disk === "string") return;
      const result = await fillDisk(study, { disk, rooms: [pages * 4096] });
      expect(result.problems).toEqual([]);
      expect(result.at).toMatchObject({ [at]: 1 });
      expect(result.sentences).toEqual([expect.stringContaining(sentence)]);
    },
    120_000,
  );
});
