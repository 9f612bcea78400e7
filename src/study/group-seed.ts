import type { PlannedTrial, SavedWork } from "../core/evaluation.ts";
import type { SavedStudy } from "../core/store.ts";

/** What a group of trials is opened from. */
export interface GroupSeed {
  readonly group: number;
  readonly trials: readonly PlannedTrial[];
  readonly saved: SavedWork;
}

/** The groups of stored trials that are not finished, with what is stored for them, in order. */
export function unfinishedGroups(saved: SavedStudy): GroupSeed[] {
  const groups = new Map<number, (typeof saved.trials)[number][]>();
  for (const trial of saved.trials) {
    const members = groups.get(trial.group);
    if (members === undefined) groups.set(trial.group, [trial]);
    else members.push(trial);
  }
  const seeds: GroupSeed[] = [];
  for (const [group, trials] of [...groups].sort(([a], [b]) => a - b)) {
    const finished = new Set(trials.filter((trial) => trial.outcome !== null).map((trial) => trial.number));
    if (finished.size === trials.length) continue;
    const numbers = new Set(trials.map((trial) => trial.number));
    seeds.push({
      group,
      trials,
      saved: {
        evaluations: saved.evaluations.filter((evaluation) => numbers.has(evaluation.trial)),
        parts: saved.parts.filter((part) => part.group === group),
        finished,
      },
    });
  }
  return seeds;
}
