import assert from "node:assert/strict";
import type { Dataset } from "#hpo/core/dataset";
import type { FoldResult, FoldSolver, SolverPart, SolveRequest } from "#hpo/core/estimator";
import { HpoError } from "#hpo/core/hpo-error";
import { rng } from "#hpo/math/rng";
import { runSolver, type RunOptions, type SolverRun } from "../solver-run.ts";

/** The answer, or the refusal: one sentence (and a cure, perhaps) from the model itself. */
export async function answerOrRefusal<T>(model: string, ask: () => T | Promise<T>): Promise<T | HpoError> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    assert.match(error.message, new RegExp(`^${model}\\(\\): [^\n]{10,400}\\.$`));
    assert.ok(["DATA_INVALID", "DATA_UNSUPPORTED", "MODEL_UNSUPPORTED", "OPTION_INVALID"].includes(error.code), error.code);
    return error;
  }
}

/** Runs a group in other orders, with more slots, request by request and with less and less memory: always the bits of `whole`. */
export function checkVariants(
  fresh: () => { readonly solver: FoldSolver; readonly data: Dataset },
  requests: readonly SolveRequest[],
  whole: SolverRun,
  seed: number,
): void {
  const run = (asked: readonly SolveRequest[], options: RunOptions): readonly (readonly FoldResult[])[] => {
    const { solver, data } = fresh();
    return runSolver(solver, data, asked, options).results;
  };
  const stream = rng(seed).fork("variants");
  const shuffled = (parts: readonly SolverPart[]): readonly SolverPart[] =>
    [...stream.shuffle(Uint32Array.from(parts.keys()))].map((at) => parts[at] as SolverPart);
  assert.deepEqual(run(requests, { order: shuffled, slots: 1 + stream.below(3) }), whole.results, "another order of parts");
  if (requests.length > 1) {
    for (const [at, { options }] of requests.entries()) {
      assert.deepEqual(run([{ index: 0, options }], {})[0], whole.results[at], `request ${at} alone`);
    }
    const turned = [...requests].reverse().map(({ options }, index) => ({ index, options }));
    assert.deepEqual([...run(turned, {})].reverse(), whole.results, "requests in another order");
  }
  let memoryBytes = 4e9;
  for (let tighter = 0; tighter < 4; tighter++) {
    const { solver, data } = fresh();
    try {
      const plan = solver.plan(requests, { memoryBytes, slots: 1 });
      if (tighter > 0) assert.deepEqual(runSolver(solver, data, requests, { memoryBytes }).results, whole.results, "less memory");
      memoryBytes = Math.ceil(plan.sharedBytes / 64) * 64 + Math.ceil(plan.slotBytes / 64) * 64 - 1;
    } catch (error) {
      if (!(error instanceof HpoError)) throw error;
      assert.match(error.message, /MB/);
      break;
    }
  }
}
