import type { FoldResult, FoldSolver, PartResult, SolverPart, SolveRequest } from "#hpo/core/estimator";
import type { Dataset } from "#hpo/core/dataset";
import type { Json } from "#hpo/core/json";
import { growTo } from "#hpo/core/shared-memory";

export interface SolverRun {
  /** Fold results by request. */
  readonly results: readonly (readonly FoldResult[])[];
  /** Models by request, where the parts came by them. */
  readonly models: readonly (Json | undefined)[];
  /** Of durable parts, without passing ones. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  /** Keys of the parts that were run, in order. */
  readonly ran: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  readonly own: PartResult["own"];
}

export interface RunOptions {
  readonly memoryBytes?: number;
  /** Scratch areas; parts take turns. */
  readonly slots?: number;
  /** Rearranges the parts that may run next, over all stages; the first one runs. */
  readonly order?: (parts: readonly SolverPart[]) => readonly SolverPart[];
  /** Parts travel as JSON, as they would between threads (the default): what a test should do, and a measurement of one thread should not. */
  readonly copied?: boolean;
  /** Durable parts that are known already. */
  readonly saved?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Runs a whole plan in this thread, a part at a time, as the engine would with one slot. The bytes of passing
 * parts are dropped after their last reader.
 */
export function runSolver(solver: FoldSolver, data: Dataset, requests: readonly SolveRequest[], options: RunOptions = {}): SolverRun {
  const { memoryBytes = 4e9, slots = 1, order = (parts) => parts, saved = new Map<string, Uint8Array>(), copied = true } = options;
  const plan = solver.plan(requests, { memoryBytes, slots });
  const slotBytes = Math.ceil(plan.slotBytes / 64) * 64;
  const firstSlot = data.dataEnd + Math.ceil(plan.sharedBytes / 64) * 64;
  growTo(data.memory, firstSlot + slots * slotBytes);
  const bytes = new Map<string, Uint8Array>();
  const counts: Record<string, number> = {};
  const warnings: string[] = [];
  const own: PartResult["own"][number][] = [];
  const ran: string[] = [];
  const waiting = new Map(plan.stages.map((stage) => [stage.name, new Set(stage.parts.filter((part) => !stored(part)))]));
  const readers = new Map<string, number>();
  for (const part of parts()) for (const key of part.reads ?? []) readers.set(key, (readers.get(key) ?? 0) + (stored(part) ? 0 : 1));
  for (const part of parts()) if (stored(part)) bytes.set(part.key, saved.get(part.key) as Uint8Array);
  dropRead(...readers.keys());

  function parts(): SolverPart[] {
    return plan.stages.flatMap((stage) => stage.parts);
  }
  function stored(part: SolverPart): boolean {
    if (!part.durable) return false;
    // What nobody has to read any more is as good as stored.
    if (part.passing === true && parts().every((one) => one.reads?.includes(part.key) !== true || stored(one))) return true;
    return saved.has(part.key);
  }
  function dropRead(...keys: readonly string[]): void {
    for (const part of parts()) if (part.passing === true && keys.includes(part.key) && readers.get(part.key) === 0) bytes.delete(part.key);
  }
  function startable(): SolverPart[] {
    const ended = (name: string): boolean => waiting.get(name)?.size === 0;
    return plan.stages
      .filter((stage) => stage.needs.every(ended))
      .flatMap((stage) => stage.parts.filter((part) => waiting.get(stage.name)?.has(part) === true))
      .filter((part) => (part.reads ?? []).every((key) => bytes.has(key)));
  }

  for (let turn = 0; ; turn++) {
    const [part] = order(startable());
    if (part === undefined) break;
    const read = new Map((part.reads ?? []).map((key) => [key, new Uint8Array(bytes.get(key) as Uint8Array)]));
    const arena = { sharedOffset: data.dataEnd, slotOffset: firstSlot + (turn % slots) * slotBytes };
    const result = solver.run(copied ? (JSON.parse(JSON.stringify(part)) as SolverPart) : part, arena, read);
    for (const set of waiting.values()) set.delete(part);
    ran.push(part.key);
    if (part.durable) bytes.set(part.key, result.bytes);
    for (const key of read.keys()) readers.set(key, (readers.get(key) as number) - 1);
    dropRead(...read.keys());
    for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count;
    warnings.push(...result.warnings);
    own.push(...result.own);
  }
  const left = [...waiting.values()].flatMap((set) => [...set]).map(({ key }) => key);
  if (left.length > 0) throw new Error(`These parts wait for ever: ${left.join(", ")}.`);
  const results = requests.map((request) => solver.combine(request, requests, bytes));
  const models = requests.map((request) => solver.model?.(request, requests, bytes)?.json());
  return { results, models, bytes, ran, counts, warnings, own };
}

/** Correctly classified rows over all folds. */
export function correctRows(results: readonly FoldResult[], codes: Int32Array, folds: readonly { readonly test: Uint32Array }[]): number {
  let correct = 0;
  for (const { fold, predicted } of results) {
    for (const [at, row] of (folds[fold]?.test ?? []).entries()) if (predicted[at] === codes[row]) correct++;
  }
  return correct;
}
