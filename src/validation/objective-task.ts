import type { TaskContext } from "../core/executor.ts";
import type { Params } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { judgedEnd, type JudgedEnd } from "../study/objective-outcome.ts";
import { attemptCheckpoint, type ParentCheckpoint } from "../study/trial-checkpoint.ts";
import { trialReports } from "../study/trial-reports.ts";
import { nowMs } from "../workers/clock.ts";
import { cpuSecondsSince, threadCpuSeconds } from "../workers/thread-cpu.ts";
import { type SharedStudy, specInSlot } from "./shared-study.ts";
import { loggedTrials, type StepLogView } from "./step-log.ts";

export interface ObjectiveInput {
  readonly trial: number;
  readonly params: Params;
  readonly repeat: number;
  /** What the trials that this one may see have reported; null without a pruner. */
  readonly past: StepLogView | null;
  /** The trial that this one continues; null where it begins. */
  readonly parent: ParentCheckpoint | null;
}

export interface ObjectiveOutput extends JudgedEnd {
  /** What the trial left; null where it left nothing, or is not complete. */
  readonly checkpoint: Uint8Array | null;
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
  const start = nowMs();
  const cpuStart = first ? threadCpuSeconds() : null;
  const [objective] = spec.objectives;
  const { trial: number, repeat, past, parent } = input;
  const reports = trialReports({
    number,
    direction: objective?.direction ?? "minimize",
    pruner: spec.pruner,
    history: () => (past === null ? [] : loggedTrials(past)),
  });
  const { checkpoint, written, close } = attemptCheckpoint(number, spec.checkpointBytes, () => parent);
  // A fresh copy: an objective that changes its parameters changes nobody else's.
  const trial = {
    number,
    params: Object.freeze({ ...input.params }),
    repeat,
    seed,
    signal: context.signal,
    report: reports.report,
    checkpoint,
  };
  let returned: unknown;
  let thrown: { readonly error: unknown } | undefined;
  try {
    returned = await spec.judge.objective(trial);
  } catch (error) {
    thrown = { error };
  }
  reports.close();
  close();
  const end = reports.state();
  // Once a trial is told to stop it is pruned, however its objective goes about it.
  if (thrown !== undefined && end.stopped === null) throw thrown.error;
  const judged = judgedEnd(spec, { ...end, params: input.params }, returned);
  const wallSeconds = (nowMs() - start) / 1000;
  const output = { ...judged, checkpoint: end.stopped === null ? written() : null, wallSeconds };
  return first ? { ...output, cpuSeconds: cpuSecondsSince(cpuStart) } : output;
}
