import type { TaskContext } from "../core/executor.ts";
import type { Params } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { objectiveValues } from "../study/objective-values.ts";
import { threadCpuSeconds } from "../workers/thread-cpu.ts";
import { type SharedStudy, specInSlot } from "./shared-study.ts";

export interface ObjectiveInput {
  readonly trial: number;
  readonly params: Params;
}

export interface ObjectiveOutput {
  readonly values: Readonly<Record<string, number>>;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
}

/** Runs in a slot: calls the study's objective for one trial. */
export async function objectiveTask(input: ObjectiveInput, context: TaskContext): Promise<ObjectiveOutput> {
  const spec = await specInSlot(context.shared as SharedStudy);
  if (spec.judge.kind !== "objective") throw new Error("objectiveTask: the study has no objective.");
  const seed = rng(spec.seed).fork("trial", input.trial).below(4294967296);
  const start = performance.now();
  const cpuStart = threadCpuSeconds();
  // A fresh copy: an objective that changes its parameters changes nobody else's.
  const trial = { number: input.trial, params: Object.freeze({ ...input.params }), seed, signal: context.signal };
  const values = objectiveValues(spec, await spec.judge.objective(trial));
  const cpuEnd = threadCpuSeconds();
  return {
    values,
    wallSeconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuStart === null || cpuEnd === null ? null : cpuEnd - cpuStart,
  };
}
