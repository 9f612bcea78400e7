import { afterAll, describe, expect, it } from "vitest";
import { failingDisk } from "./failing-disk.ts";
import { cutPower } from "./power-loss.ts";

const disk = failingDisk();
const needs = typeof disk === "string" ? ` (${disk})` : "";
afterAll(() => {
  if (typeof disk !== "string") disk.remove();
});

describe.skipIf(needs !== "")(`a power cut${needs}`, () => {
  it("leaves a sound database with all that was told, which goes on to the same answers, whatever of the unsynced is lost or torn", async () => {
    if (typeof disk === "string") return;
    // `npm run chaos -- power-loss` cuts before and after every sync.
    const { syncs, states, resumed, problems } = await cutPower({ study: "training", disk, seed: 3, every: 9, random: 2, resumeEvery: 10 });
    expect(problems).toEqual([]);
    expect([syncs > 25, states > 35, resumed > 3]).toEqual([true, true, true]);
  }, 300_000);
});
