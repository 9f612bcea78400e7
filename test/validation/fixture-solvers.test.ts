import { beforeAll } from "vitest";
import { sharedMemory } from "#hpo/core/shared-memory";
import type { SolverProblem } from "#hpo/core/estimator";
import type { Judging } from "#hpo/validation/judging";
import { describeFoldSolverContract } from "../contract/fold-solver-contract.ts";
import { centroidSolver, relayingCentroidSolver } from "../fixtures/centroid-solver.mjs";
import { irisJudging } from "./iris.ts";

let iris: Judging;
beforeAll(async () => {
  iris = await irisJudging();
});

/** The problem on a memory of its own. */
function problem(): SolverProblem {
  const { data, target, plan } = iris;
  const memory = sharedMemory(data.dataEnd);
  new Uint8Array(memory.buffer).set(new Uint8Array(data.memory.buffer, 0, data.dataEnd));
  return { data: { ...data, memory }, target, plan, weights: null, answer: "labels" };
}

const requests = [0, 0.2, 0.5, 0.7, 0.9].map((shrink, index) => ({ index, options: { shrink } }));

// What the engine is tested with must itself be a fold solver.
describeFoldSolverContract("centroids", { create: centroidSolver, problem, requests });
describeFoldSolverContract("centroids, passed on", { create: relayingCentroidSolver, problem, requests });
