import type { StudySpec } from "../core/study-spec.ts";
import { ProgressMeter } from "./progress-meter.ts";
import type { Proposer } from "./proposer.ts";

/** The meter of one run of a study; `clock` gives monotonic seconds, `trials` the total, null where it has no end. */
export function studyMeter(
  { spec, trials }: { readonly spec: StudySpec; readonly trials: number | null },
  { proposer, slots, clock }: { readonly proposer: Proposer; readonly slots: number; readonly clock: () => number },
): ProgressMeter {
  const [objective] = spec.objectives;
  const metric = objective?.metric ?? "";
  const size = spec.sampler.size(spec.space);
  const total = trials === null ? size : size === null ? trials : Math.min(trials, size);
  return new ProgressMeter({
    study: spec.name,
    slots,
    metric,
    unit: spec.metrics[metric]?.unit ?? "number",
    direction: objective?.direction ?? "maximize",
    constraints: spec.constraints,
    ...(spec.selection === null ? {} : { selection: spec.selection }),
    firstOf: (trial) => proposer.placeOf(trial).first,
    // Trials that are planned are done, also where the total was lowered later.
    total: () => (proposer.exhausted ? proposer.next : total === null ? null : Math.max(total, proposer.next)),
    clock,
  });
}
