import { outerName, testName } from "../../core/nested-names.ts";
import type { Sampler } from "../../core/sampler.ts";
import type { TrialSnapshot } from "../../core/snapshot.ts";
import type { ModelJudge, StudySpec } from "../../core/study-spec.ts";
import { foldsWithin, type OuterFold, outerSplit } from "./nested-splitters.ts";

/** The search of an outer fold: the study's declaration, on the fold's training rows alone. */
export function searchOf(spec: StudySpec, judge: ModelJudge, place: OuterFold): StudySpec {
  const inner = spec.nested?.inner ?? judge.cv;
  return Object.freeze({
    ...spec,
    name: outerName(spec.name, place.fold),
    judge: Object.freeze({ ...judge, cv: foldsWithin(inner, place) }),
    nested: null,
  });
}

/** A study of the one trial that this search chose, fitted to the outer fold's training rows and judged on its test rows. */
export function testOf(
  spec: StudySpec,
  judge: ModelJudge,
  { place, chosen }: { readonly place: OuterFold; readonly chosen: Pick<TrialSnapshot, "number" | "params"> },
): StudySpec {
  return Object.freeze({
    ...spec,
    name: testName(spec.name, place.fold, chosen.number),
    judge: Object.freeze({ ...judge, cv: outerSplit(place) }),
    sampler: chosenTrial(chosen, outerName(spec.name, place.fold)),
    enqueue: Object.freeze([]),
    trials: 1,
    timeBudgetSeconds: null,
    cpuBudgetSeconds: null,
    target: null,
    stopAtTarget: false,
    staleTrials: null,
    stopAtNoise: null,
    keepPredictions: true,
    keepModel: false,
    race: false,
    selection: null,
    nested: null,
  });
}

/** Proposes this configuration, once. */
function chosenTrial({ number, params }: Pick<TrialSnapshot, "number" | "params">, study: string): Sampler {
  return Object.freeze<Sampler>({
    name: "chosen",
    options: Object.freeze({ study, trial: number }),
    traits: Object.freeze({ adaptive: false, usesClock: false }),
    start: () => null,
    absorb: (state) => state,
    propose: (_, trial) => (trial > 0 ? undefined : Object.freeze({ params, by: "chosen", why: `trial ${number} of ${study}` })),
    size: () => 1,
  });
}
