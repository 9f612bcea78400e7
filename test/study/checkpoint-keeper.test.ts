import { populationBased, random, rng, type Sampler } from "hpo";
import type { CheckpointRecord } from "#hpo/core/checkpoint";
import type { OutcomeRecord, TrialRecord } from "#hpo/core/records";
import { type CheckpointKeeper, checkpointKeeper } from "#hpo/study/checkpoint-keeper";
import { describe, expect, it } from "vitest";

const objectives = [{ metric: "loss", direction: "minimize" }] as const;
const at = "2026-01-01T00:00:00.000Z";

function keeperOf(sampler: Sampler, saved: Parameters<typeof checkpointKeeper>[1] = { trials: [], checkpoints: [] }): CheckpointKeeper {
  return checkpointKeeper({ sampler, objectives, constraints: [] }, saved);
}

const trial = (number: number, parent: number | null = null): TrialRecord => ({
  number,
  group: number,
  params: {},
  by: "",
  why: "",
  parent,
  budget: null,
  note: null,
  proposedAt: at,
});

const ended = (number: number, loss: number | null): OutcomeRecord =>
  loss === null
    ? { trial: number, state: "failed", values: {}, incident: { kind: "error", message: "", code: null, stack: null }, endedAt: at }
    : {
        trial: number,
        state: "complete",
        values: { loss: { value: loss, standardError: null, pooled: null } },
        incident: null,
        endedAt: at,
      };

describe("the keeper of checkpoints", () => {
  it("never drops what a later trial may continue or an open one continues, nor the best; it drops all else, and tells the same after a resume", () => {
    const members = 4;
    const sampler = populationBased({ members });
    expect(sampler.traits.continues).toBe(members);
    for (const seed of [1, 2, 3, 4, 5]) {
      const stream = rng(seed);
      let keeper = keeperOf(sampler);
      const trials: (TrialRecord & { outcome: OutcomeRecord | null })[] = [];
      let stored = new Set<number>();
      for (let step = 0; step < 200; step++) {
        const open = trials.filter(({ outcome }) => outcome === null);
        if (open.length < members && stream.below(2) === 0) {
          const number = trials.length;
          const candidates = [...stored].filter((one) => one >= number - 2 * members + 1);
          const parent = candidates.length === 0 ? null : (candidates[stream.below(candidates.length)] as number);
          trials.push({ ...trial(number, parent), outcome: null });
          keeper.propose([trials[number] as TrialRecord]);
        } else if (open.length > 0) {
          const one = open[stream.below(open.length)] as (typeof trials)[number];
          const outcome = ended(one.number, stream.below(5) === 0 ? null : stream.uniform());
          one.outcome = outcome;
          const written: CheckpointRecord[] = outcome.state === "complete" ? [{ trial: one.number, bytes: Uint8Array.of(1) }] : [];
          const { checkpoints = [], droppedCheckpoints = [] } = keeper.keep([outcome], written);
          for (const added of checkpoints) stored.add(added.trial);
          for (const gone of droppedCheckpoints) stored.delete(gone);
          // The slow reference: everything that was ever written, filtered by the rule in words.
          const complete = trials.filter((each) => each.outcome?.state === "complete");
          const loss = (each: (typeof trials)[number]): number => each.outcome?.values["loss"]?.value ?? Infinity;
          const best = Math.min(...complete.map(loss));
          const needed = complete.filter(
            (each) =>
              each.number >= trials.length - 2 * members + 1 ||
              loss(each) === best ||
              trials.some((child) => child.outcome === null && child.parent === each.number),
          );
          expect([...stored].sort((a, b) => a - b)).toEqual(needed.map(({ number }) => number));
        }
        if (stream.below(10) === 0) {
          keeper = keeperOf(sampler, { trials: structuredClone(trials), checkpoints: [...stored] });
          stored = new Set(stored);
        }
      }
      expect(trials.length).toBeGreaterThan(50);
    }
  });

  it("keeps the best one's alone where trials continue none, and takes a parent there for no reason to keep", () => {
    const keeper = keeperOf(random());
    keeper.propose([trial(0), trial(1), trial(2, 0)]);
    const write = (number: number): CheckpointRecord[] => [{ trial: number, bytes: Uint8Array.of(number) }];
    expect(keeper.keep([ended(0, 5)], write(0))).toMatchObject({ checkpoints: [{ trial: 0 }], droppedCheckpoints: [] });
    expect(keeper.keep([ended(1, 3)], write(1))).toMatchObject({ checkpoints: [{ trial: 1 }], droppedCheckpoints: [0] });
    expect(keeper.keep([ended(2, 4)], write(2))).toMatchObject({ checkpoints: [], droppedCheckpoints: [2] });
  });
});
