import type { Store } from "../../core/store.ts";
import type { StudySpec } from "../../core/study-spec.ts";
import type { OutcomeOf } from "../../study/known-outcome.ts";
import type { Judging } from "../judging.ts";
import { type Incumbent, incumbents } from "./incumbents.ts";
import { type Race, race, raceError } from "./race.ts";
import { type RaceDeclaration, raceUnit } from "./race-declaration.ts";

/** Everything that raced trials of one run share. */
export interface Racing extends Pick<RaceDeclaration, "solvers"> {
  readonly race: Race;
  readonly incumbentOf: (trial: number) => Incumbent | undefined;
  /** For people. */
  readonly note: string;
}

/** A study's race, with its incumbents read from the store. */
export function racingOf(
  { manner, solvers }: RaceDeclaration,
  {
    spec,
    judging,
    store,
    outcomeOf,
  }: { readonly spec: StudySpec; readonly judging: Judging; readonly store: Store; readonly outcomeOf: OutcomeOf },
): Racing {
  const [objective] = spec.objectives;
  if (objective === undefined || spec.judge.kind !== "model") throw new Error("racingOf: a race takes a model and an objective.");
  const { metric, direction } = objective;
  const unit = raceUnit(spec.judge.cv, judging);
  const folds = judging.plan.folds.length;
  const assumed = { row: "rows", group: "groups", fold: "whole folds" }[unit];
  return {
    solvers,
    race: race({ judging, metric, manner, unit, seed: spec.seed }),
    incumbentOf: incumbents({
      metric,
      direction,
      constraints: spec.constraints,
      lookahead: spec.lookahead,
      folds,
      outcomeOf,
      evaluations: (trial) => store.evaluations(spec.name, trial),
      predictions: (trial) => store.predictions(spec.name, trial),
    }),
    note:
      manner === "exact"
        ? `race is on (exact, ${100 * raceError} %): a trial that must end worse than the best it sees stops before its last fold`
        : `race is on (${100 * raceError} %, by ${assumed}): a trial clearly worse than the best it sees stops before its last fold; race: false runs all folds`,
  };
}
