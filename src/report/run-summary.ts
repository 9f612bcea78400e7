import type { Json } from "../core/json.ts";
import type { RunSummary, StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { bestTrial, mainMetric, paretoFront } from "./best-trial.ts";
import { fairJson } from "./fair-estimate.ts";
import { orderedParams } from "./number-format.ts";
import { selectionJson } from "./selected-trial.ts";
import { parameterNames } from "./table-axes.ts";

/** How a run ended. */
export type RunState = "complete" | "stopped" | "failed";

/** The state of a snapshot's newest run; one that is not over counts as stopped. */
export function runState(snapshot: StudySnapshot): RunState {
  return snapshot.state === "complete" || snapshot.state === "failed" ? snapshot.state : "stopped";
}

/** The object of `hpo run --json`. Scores are fractions at full precision; NaN and ±∞ are null. */
export function runSummary(snapshot: StudySnapshot, state: RunState = runState(snapshot)): RunSummary {
  const number = (wanted: TrialSnapshot["state"]) => snapshot.trials.filter((trial) => trial.state === wanted).length;
  const best = bestTrial(snapshot);
  const front = paretoFront(snapshot);
  return {
    study: snapshot.name,
    state,
    objectives: snapshot.description.objectives.map(({ metric, direction }) => ({ metric, direction })),
    trials: { complete: number("complete"), pruned: number("pruned"), failed: number("failed") },
    best: best === null ? null : trialSummary(snapshot, best),
    ...selectionJson(snapshot),
    front: front === null ? null : front.map((trial) => trialSummary(snapshot, trial)),
    ...fairJson(snapshot),
    wallSeconds: finite(snapshot.wallSeconds),
    cpuSeconds: finite(snapshot.cpuSeconds),
    database: snapshot.database,
  };
}

/**
 * A trial, its parameters in declared order, as the JSON of `hpo run` and `hpo best` shows it. Of a configuration that was tried more than once the values are
 * means, and `repeats` says of how many.
 */
export function trialSummary(
  snapshot: StudySnapshot,
  trial: TrialSnapshot & { readonly repeats?: number },
): { readonly [key: string]: Json } {
  const found = trial.values[mainMetric(snapshot)];
  const values = Object.entries(trial.values).map(
    ([name, one]) => [name, { value: finite(one.value), standardError: finite(one.standardError) }] as const,
  );
  return {
    trial: trial.number,
    params: Object.fromEntries(
      orderedParams(trial.params, parameterNames(snapshot)).map(([name, value]) => [
        name,
        typeof value === "number" ? finite(value) : value,
      ]),
    ),
    value: finite(found?.value),
    standardError: finite(found?.standardError),
    values: Object.fromEntries(values),
    ...((trial.repeats ?? 1) > 1 ? { repeats: trial.repeats ?? 1 } : {}),
  };
}

function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
