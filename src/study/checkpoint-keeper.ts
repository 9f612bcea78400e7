import type { CheckpointRecord } from "../core/checkpoint.ts";
import type { OutcomeRecord, TrialRecord } from "../core/records.ts";
import type { Batch, SavedStudy } from "../core/store.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { bestConfiguration } from "./best-outcome.ts";

/**
 * Knows which checkpoints are still needed: of trials that a later one may continue, of those that a trial without an outcome continues, and of the best
 * trial. What it says goes into the batch of the outcomes it was told, behind all proposals so far, so that rows and checkpoints agree wherever a run is killed.
 * Where configurations are repeated the best may go back to a trial whose checkpoint is gone.
 */
export interface CheckpointKeeper {
  /** Takes the proposals and outcomes of a batch; the batch with what of its checkpoints is stored, and what is no longer needed. */
  batch(batch: Batch): Batch;
  /** Trials that were proposed, in number order. */
  propose(trials: readonly TrialRecord[]): void;
  /** What is stored with these outcomes. */
  keep(outcomes: readonly OutcomeRecord[], written: readonly CheckpointRecord[]): Pick<Batch, "checkpoints" | "droppedCheckpoints">;
}

/** `saved`: what earlier runs left. */
export function checkpointKeeper(
  { sampler, objectives, constraints }: Pick<StudySpec, "sampler" | "objectives" | "constraints">,
  saved: Pick<SavedStudy, "trials" | "checkpoints">,
): CheckpointKeeper {
  const { continues } = sampler.traits;
  const [objective] = objectives;
  const kept = new Set(saved.checkpoints);
  /** Of trials without an outcome: the trial that each continues. */
  const parents = new Map<number, number>();
  /** Of trials that repeat another: the first of that configuration. */
  const firsts = new Map<number, number>();
  const configurations = objective && bestConfiguration({ ...objective, constraints, firstOf: (trial) => firsts.get(trial) ?? trial });
  let next = 0;

  function propose(trials: readonly TrialRecord[]): void {
    for (const { number, parent, repeatOf } of trials) {
      next = number + 1;
      if (repeatOf !== undefined) firsts.set(number, repeatOf);
      if (parent !== null && continues !== undefined) parents.set(number, parent);
    }
  }

  function end(outcome: OutcomeRecord): void {
    parents.delete(outcome.trial);
    configurations?.absorb(outcome);
  }

  /** The first trial that trial `next` may continue; later ones continue later ones. */
  const firstParent = (): number => (continues === undefined ? next : next - 2 * continues + 1);

  propose(saved.trials);
  for (const { outcome } of saved.trials) if (outcome !== null) end(outcome);

  function keep(outcomes: readonly OutcomeRecord[], written: readonly CheckpointRecord[]): ReturnType<CheckpointKeeper["keep"]> {
    for (const outcome of outcomes) end(outcome);
    for (const { trial } of written) kept.add(trial);
    if (kept.size === 0) return {};
    const read = new Set(parents.values());
    const best = configurations?.best;
    const dropped = [...kept].filter((trial) => trial < firstParent() && trial !== best?.trial && !read.has(trial));
    for (const trial of dropped) kept.delete(trial);
    const lost = new Set(dropped);
    return { checkpoints: written.filter(({ trial }) => !lost.has(trial)), droppedCheckpoints: dropped };
  }

  return {
    propose,
    keep,
    batch(batch) {
      if (batch.trials !== undefined) propose(batch.trials);
      const { outcomes = [], checkpoints = [] } = batch;
      return outcomes.length === 0 ? batch : { ...batch, ...keep(outcomes, checkpoints) };
    },
  };
}
