import type { FoldResult, FoldSolver, PartResult, SolverPart, SolveRequest } from "#hpo/core/estimator";
import type { Dataset } from "#hpo/core/dataset";
import { growTo } from "#hpo/core/shared-memory";

export interface SolverRun {
  /** Fold results by request. */
  readonly results: readonly (readonly FoldResult[])[];
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly own: PartResult["own"];
}

export interface RunOptions {
  readonly memoryBytes?: number;
  /** Scratch areas; parts take turns. */
  readonly slots?: number;
  /** Rearranges the parts of a stage. */
  readonly order?: (parts: readonly SolverPart[]) => readonly SolverPart[];
  /** Durable parts that are known already. */
  readonly saved?: ReadonlyMap<string, Uint8Array>;
}

/** Runs a whole plan in this thread. Parts and inputs travel as JSON, as they would between threads. */
export function runSolver(solver: FoldSolver, data: Dataset, requests: readonly SolveRequest[], options: RunOptions = {}): SolverRun {
  const { memoryBytes = 4e9, slots = 1, order = (parts) => parts, saved } = options;
  const plan = solver.plan(requests, memoryBytes);
  const slotBytes = Math.ceil(plan.slotBytes / 64) * 64;
  const firstSlot = data.dataEnd + Math.ceil(plan.sharedBytes / 64) * 64;
  growTo(data.memory, firstSlot + slots * slotBytes);
  const bytes = new Map<string, Uint8Array>();
  const counts: Record<string, number> = {};
  const warnings: string[] = [];
  const own: PartResult["own"][number][] = [];
  let turn = 0;
  for (const stage of plan.stages) {
    for (const part of order(stage.parts)) {
      const known = part.durable ? saved?.get(part.key) : undefined;
      if (known !== undefined) {
        bytes.set(part.key, known);
        continue;
      }
      const slotOffset = firstSlot + (turn++ % slots) * slotBytes;
      const result = solver.run(JSON.parse(JSON.stringify(part)) as SolverPart, { sharedOffset: data.dataEnd, slotOffset });
      if (part.durable) bytes.set(part.key, result.bytes);
      for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count;
      warnings.push(...result.warnings);
      own.push(...result.own);
    }
  }
  return { results: requests.map((request) => solver.combine(request, requests, bytes)), bytes, counts, warnings, own };
}

/** Correctly classified rows over all folds. */
export function correctRows(results: readonly FoldResult[], codes: Int32Array, folds: readonly { readonly test: Uint32Array }[]): number {
  let correct = 0;
  for (const { fold, predicted } of results) {
    for (const [at, row] of (folds[fold]?.test ?? []).entries()) if (predicted[at] === codes[row]) correct++;
  }
  return correct;
}
