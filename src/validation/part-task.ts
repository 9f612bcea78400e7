import type { Dataset, Target } from "../core/dataset.ts";
import type { Answer, FoldPlan, FoldSolver, FoldSolverFactory, PartResult, SolverPart, SolverReference } from "../core/estimator.ts";
import type { TaskContext } from "../core/executor.ts";
import { importExport } from "../workers/task-module.ts";

/** What the parts of one shared solve have in common; posted once to each slot. */
export interface SharedSolver {
  readonly reference: SolverReference;
  readonly data: Dataset;
  readonly target: Target;
  readonly plan: FoldPlan;
  readonly answer: Answer;
  readonly models: boolean;
}

export interface PartInput {
  readonly part: SolverPart;
  /** The bytes of the parts that it reads, by key. */
  readonly read: ReadonlyMap<string, Uint8Array>;
  readonly sharedOffset: number;
  /** Scratch of slot 0; slot s has the `slotBytes` from slotsOffset + s · slotBytes. */
  readonly slotsOffset: number;
  readonly slotBytes: number;
}

const slotSolvers = new WeakMap<SharedSolver, Promise<FoldSolver>>();

/** The solver of a shared solve, made once a slot. */
export function solverInSlot(shared: SharedSolver): Promise<FoldSolver> {
  const known = slotSolvers.get(shared);
  if (known !== undefined) return known;
  const { reference, data, target, plan, answer, models } = shared;
  const made = importExport(reference.module, reference.export).then((factory) =>
    (factory as FoldSolverFactory)({ data, target, plan, answer, models, weights: data.roles.weight }),
  );
  slotSolvers.set(shared, made);
  return made;
}

/** Runs in a slot: one part of a shared solve. */
export async function partTask(input: PartInput, context: TaskContext): Promise<PartResult> {
  const solver = await solverInSlot(context.shared as SharedSolver);
  const { part, read, sharedOffset, slotsOffset, slotBytes } = input;
  return solver.run(part, { sharedOffset, slotOffset: slotsOffset + context.slot * slotBytes }, read);
}
