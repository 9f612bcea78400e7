import type { PlannedTrial } from "../core/evaluation.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import type { Params } from "../core/space.ts";
import type { Store } from "../core/store.ts";
import { storeFailed } from "../store/store-failure.ts";
import { reportedTrial } from "./trial-choice.ts";

/** The model of a trial, fitted to every row that the study's folds train on or test. */
export interface StudyModel {
  readonly trial: number;
  readonly params: Params;
  /** "kept": the study came by it on its way; "fitted": it was fitted when it was asked for. */
  readonly source: "kept" | "fitted";
  /** What the model's `toJSON()` gives; `loadModel` takes that of an `svm`, an `svr` or a pipeline of those back. */
  readonly json: Json;
}

/**
 * The trial whose model is asked for: this one, or the one that the study reports: the best by the first objective unless it selects another.
 * @throws HpoError TRIAL_NOT_FOUND; MODEL_NOT_FOUND where it is not complete, or none is; MODEL_UNSUPPORTED for a study of an objective function
 */
export function modelTrial({ name, description, trials }: StudySnapshot, number: number | undefined): TrialSnapshot {
  const study = showValue(name);
  if (description.cv === null) {
    throw new HpoError("MODEL_UNSUPPORTED", `The study ${study} judges an objective function, so that its trials have no model.`, {
      data: { study: name },
    });
  }
  if (number === undefined) return reportedTrial(trials, description) ?? none(name);
  const trial = trials.find((one) => one.number === number);
  if (trial === undefined) {
    const known = trials.length === 0 ? "it has none yet" : `they are 0 to ${trials.length - 1}`;
    throw new HpoError("TRIAL_NOT_FOUND", `The trial must be one of the study ${study} (${known}); got ${showValue(number)}.`, {
      data: { study: name, trial: number },
    });
  }
  if (trial.state === "complete") return trial;
  const why = trial.incident === null ? trial.state : `${trial.state} (${trial.incident.replace(/\.$/, "")})`;
  throw new HpoError("MODEL_NOT_FOUND", `The trial must be complete; trial ${number} of the study ${study} is ${why}.`, {
    data: { study: name, trial: number, state: trial.state },
  });
}

/** What a model is read or made from. */
export interface ModelParts {
  readonly spec: { readonly name: string };
  readonly store: Store;
  /** Fits a trial's model to all rows; null for a study of an objective function. */
  readonly fit: ((trial: PlannedTrial, signal: AbortSignal) => Promise<Json>) | null;
}

/** The model of a trial, kept or fitted now. @throws as `modelTrial`, and what the fit throws */
export async function studyModel({ spec, store, fit }: ModelParts, number: number | undefined, signal: AbortSignal): Promise<StudyModel> {
  const kept = keptModel(store, spec.name, number);
  if (kept !== undefined) return kept;
  const { number: trial, params } = modelTrial(store.snapshot(spec.name), number);
  if (fit === null) throw new TypeError("studyModel: a study with folds has a fit.");
  return { trial, params, source: "fitted", json: await fit({ number: trial, params }, signal) };
}

/** The model that a study keeps, where it is the one that is asked for. @throws as `modelTrial` */
export function keptModel(store: Store, study: string, number: number | undefined): StudyModel | undefined {
  const { number: trial, params } = modelTrial(store.snapshot(study), number);
  const kept = store.model(study);
  if (kept?.trial !== trial) return undefined;
  try {
    return { trial, params, source: "kept", json: JSON.parse(kept.json) as Json };
  } catch (cause) {
    throw storeFailed(
      store.location,
      `is damaged (the model of trial ${trial} can't be read); restore it from a copy or name another with --db`,
      cause,
    );
  }
}

function none(study: string): never {
  throw new HpoError(
    "MODEL_NOT_FOUND",
    `No trial of the study ${showValue(study)} is complete yet, so that there is no model; run it first.`,
    {
      data: { study },
    },
  );
}
