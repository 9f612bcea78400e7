import { HpoError } from "../../core/hpo-error.ts";
import type { Direction } from "../../core/metric.ts";
import { showValue } from "../../core/options.ts";
import type { StudySnapshot, TrialSnapshot } from "../../core/snapshot.ts";
import type { ParamValue } from "../../core/space.ts";
import { ownMember } from "../../core/own-member.ts";
import { meetsBounds } from "../../study/outcome-bounds.ts";
import { reportedTrial } from "../../study/trial-choice.ts";
import { type Friedman, friedman } from "./friedman.ts";

/** Values of one parameter compared as methods, over studies of different data sets. */
export interface StudiesComparison {
  readonly metric: string;
  readonly direction: Direction;
  readonly unit: "fraction" | "number";
  readonly by: string;
  /** The values that every study has a complete trial of, in the order of the first study. */
  readonly methods: readonly ParamValue[];
  /** One row a study: its best score with each method. */
  readonly rows: readonly { readonly study: string; readonly trials: readonly number[]; readonly scores: readonly number[] }[];
  readonly friedman: Friedman;
  readonly notes: readonly string[];
}

/**
 * Compares the values of a parameter over studies, each of which is one data set, by the best trial with each value: Friedman's test, then Nemenyi's.
 * @throws HpoError OPTION_INVALID unless there are two studies and two values that all of them have
 */
export function compareStudies(
  studies: readonly StudySnapshot[],
  { by, metric: asked, alpha }: { readonly by: string; readonly metric?: string; readonly alpha?: number },
): StudiesComparison {
  const [first] = studies;
  if (first === undefined || studies.length < 2)
    return invalid(`there must be at least two studies, one a data set; got ${studies.length}.`);
  const metric = asked ?? first.description.objectives[0]?.metric ?? "";
  const declared = studies.map(({ description }) => description.metrics.find(({ name }) => name === metric));
  const [own] = declared;
  const missing = declared.findIndex((one) => one === undefined || one.direction !== own?.direction);
  if (own === undefined || missing >= 0) {
    return invalid(
      `metric must be one of every study, in one direction; ${showValue(metric)} is not one of ${showValue(studies[missing]?.name)}.`,
    );
  }
  const found = studies.map((study) => bestByValue(study, by, metric, own.direction));
  const without = found.findIndex((values) => values.size === 0);
  if (without >= 0)
    invalid(`by must be a parameter of every study's complete trials; ${showValue(by)} is none of ${showValue(studies[without]?.name)}.`);
  const methods = [...(found[0]?.keys() ?? [])].filter((value) => found.every((values) => values.has(value)));
  if (methods.length < 2) {
    invalid(
      `${by} must have at least two values that every study has complete trials of; got ${methods.length === 0 ? "none" : showValue(methods[0])}.`,
    );
  }
  const rows = studies.map(({ name }, i) => {
    const trials = methods.map((value) => found[i]?.get(value) as TrialSnapshot);
    return {
      study: name,
      trials: trials.map(({ number }) => number),
      scores: trials.map(({ values }) => ownMember(values, metric)?.value ?? Number.NaN),
    };
  });
  const scores = rows.map((row) => row.scores);
  return {
    metric,
    direction: own.direction,
    unit: own.unit,
    by,
    methods,
    rows,
    friedman: friedman(scores, { direction: own.direction, ...(alpha === undefined ? {} : { alpha }) }),
    notes: notes(studies),
  };
}

/** The best complete trial with each value, in the order of first trials. */
function bestByValue(study: StudySnapshot, by: string, metric: string, direction: Direction): Map<ParamValue, TrialSnapshot> {
  const { constraints = [], selection: _, ...description } = study.description;
  const groups = new Map<ParamValue, TrialSnapshot[]>();
  for (const trial of study.trials) {
    const value = trial.params[by];
    const usable =
      trial.state === "complete" && Number.isFinite(ownMember(trial.values, metric)?.value) && meetsBounds(constraints, trial.values);
    if (value === undefined || !usable) continue;
    const group = groups.get(value) ?? [];
    groups.set(value, group);
    group.push(trial);
  }
  const rule = { ...description, objectives: [{ metric, direction }] };
  return new Map([...groups].map(([value, trials]) => [value, reportedTrial(trials, rule) as TrialSnapshot]));
}

function notes(studies: readonly StudySnapshot[]): string[] {
  const prints = studies.map(({ declaration }) => declaration.data);
  const repeated = prints.findIndex((print, i) => print !== null && prints.indexOf(print) !== i);
  return [
    ...(repeated < 0 ? [] : [`${showValue(studies[repeated]?.name)} has the same data as another: data sets should be different ones`]),
    ...(studies.length < 10
      ? [`${studies.length} data sets: the test sees only large differences of rank; Demšar asks for more than 10`]
      : []),
    "each score is the best of several trials: a method that was tried more often has more luck",
  ];
}

function invalid(text: string): never {
  throw new HpoError("OPTION_INVALID", `compareStudies(): ${text}`);
}
