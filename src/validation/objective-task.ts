import type { TaskContext } from "../core/executor.ts";
import type { Params } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { objectiveValues } from "../study/objective-values.ts";
import { cpuSecondsSince, threadCpuSeconds } from "../workers/thread-cpu.ts";
import { type SharedStudy, specInSlot } from "./shared-study.ts";

export interface ObjectiveInput {
  readonly trial: number;
  readonly params: Params;
}

export interface ObjectiveOutput {
  readonly values: Readonly<Record<string, number>>;
  readonly wallSeconds: number;
  /** Left out where the whole task's are the objective's: reading a thread's CPU takes longer than many an objective. */
  readonly cpuSeconds?: number | null;
}

/** Studies whose file this slot has loaded: the first trial's task does that too. */
const loaded = new WeakSet<SharedStudy>();

/** Runs in a slot: calls the study's objective for one trial. */
export async function objectiveTask(input: ObjectiveInput, context: TaskContext): Promise<ObjectiveOutput> {
  const shared = context.shared as SharedStudy;
  const spec = await specInSlot(shared);
  if (spec.judge.kind !== "objective") throw new Error("objectiveTask: the study has no objective.");
  const seed = rng(spec.seed).fork("trial", input.trial).below(4294967296);
  const first = !loaded.has(shared);
  loaded.add(shared);
  const start = performance.now();
  const cpuStart = first ? threadCpuSeconds() : null;
  // A fresh copy: an objective that changes its parameters changes nobody else's.
  const trial = { number: input.trial, params: Object.freeze({ ...input.params }), seed, signal: context.signal };
  const values = objectiveValues(spec, await spec.judge.objective(trial));
  const wallSeconds = (performance.now() - start) / 1000;
  return first ? { values, wallSeconds, cpuSeconds: cpuSecondsSince(cpuStart) } : { values, wallSeconds };
}
