import type { GroupWork, PlannedTrial } from "../core/evaluation.ts";
import type { GroupSeed } from "./group-seed.ts";

/** A group of trials that is being worked on. */
export interface OpenGroup {
  readonly number: number;
  readonly work: GroupWork;
  readonly trials: ReadonlyMap<number, PlannedTrial>;
  readonly unfinished: Set<number>;
  active: number;
}

export function openGroup({ group, trials, saved }: GroupSeed, work: GroupWork): OpenGroup {
  return {
    number: group,
    work,
    trials: new Map(trials.map((trial) => [trial.number, trial])),
    unfinished: new Set(trials.flatMap(({ number }) => (saved.finished.has(number) ? [] : [number]))),
    active: 0,
  };
}
