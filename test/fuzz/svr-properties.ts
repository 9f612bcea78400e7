import assert from "node:assert/strict";
import { HpoError } from "#hpo/core/hpo-error";
import { sharedMemory } from "#hpo/core/shared-memory";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { arenaMap, fillFeatures, placedArena } from "#hpo/models/svm/arena";
import { ladder } from "#hpo/models/svm/ladder";
import { largeRule } from "#hpo/models/svm/large-pair";
import { pairSolver } from "#hpo/models/svm/pair-solver";
import { denseFeatures, scaleGamma } from "#hpo/models/svm/settings";
import { type SvrFold, svrLayout } from "#hpo/models/svr/layout";
import { solveScratchBytes, tubeRanges } from "#hpo/models/svr/solve-part";
import { svrFoldSolver } from "#hpo/models/svr/solver";
import { svr, type SvrOptions } from "#hpo/models/svr/svr";
import { tubeProblem } from "#hpo/models/svr/tube-problem";
import { tubes } from "#hpo/models/svr/tubes";
import { gradientOf, mostViolating, type ReferenceProblem } from "../models/svm/reference-svm.ts";
import { regressionTable, type RegressionTable } from "../models/svr/regression-table.ts";
import { runSolver } from "../solver-run.ts";
import { answerOrRefusal, checkVariants } from "./fold-variants.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import { kernelValues } from "./kernel-values.ts";
import type { Tally } from "./tally.ts";

/** The case's requests as regressions: every kernel but RBF becomes the linear one. */
function regressions({ requests, values, seed }: FuzzCase): SvrOptions[] {
  const stream = rng(seed).fork("epsilon");
  const size = Math.max(...values.map(Math.abs)) || 1;
  return requests.map(({ kernel, gamma, C, tolerance = 1e-3, maxIterations = 20_000 }) => {
    const epsilon = [0, 0.01, 0.1, 0.1, 10][stream.below(5)] as number;
    const inUnits = stream.below(2) === 0;
    const rest = { C, epsilon: epsilon * (inUnits ? size : 1), tolerance: tolerance * (inUnits ? size : 1), maxIterations };
    return kernel === "rbf" || kernel === "sigmoid" ? { kernel: "rbf", gamma: gamma ?? "scale", ...rest } : { kernel: "linear", ...rest };
  });
}

export async function checkSvr(given: FuzzCase, tally: Tally): Promise<void> {
  const make = (): RegressionTable => regressionTable(given.features, given.values);
  const { data, target } = make();
  const machines = regressions(given).map((options) => svr(options));
  const requests = machines.map(({ options }, index) => ({ index, options }));
  const { plan, weights } = given;
  const problem = { data, target, plan, weights, answer: "labels" as const };
  const whole = await answerOrRefusal("svr", () => runSolver(svrFoldSolver(problem), data, requests));
  if (whole instanceof HpoError) tally.refused++;
  else {
    for (const ofRequest of whole.results) {
      for (const { fold, predicted } of ofRequest) {
        assert.equal(predicted.length, plan.folds[fold]?.test.length);
        assert.ok(predicted.every(Number.isFinite), `predicted ${predicted.join()}`);
      }
    }
    checkSolutions(whole.warnings, (request, fold) => whole.results[request]?.[fold]?.predicted as Float64Array);
    checkVariants(
      () => {
        const again = make();
        return { solver: svrFoldSolver({ ...problem, ...again }), data: again.data };
      },
      requests,
      whole,
      given.seed,
    );
  }
  await checkFit();

  /** Solves every fold once more, where its coefficients can be seen: they meet the optimality conditions and give the fold's answers. */
  function checkSolutions(warnings: readonly string[], predictedOf: (request: number, fold: number) => Float64Array): void {
    const layout = svrLayout(data, target.values, { plan, weights });
    const features = denseFeatures(data);
    const map = arenaMap(layout, features.width, false);
    const memory = sharedMemory(map.bytes + solveScratchBytes(layout, "each", largeRule));
    const arena = placedArena(map, 0);
    fillFeatures(memory, arena, { ...features, order: layout.order });
    const place = { memory, arena, slotOffset: map.bytes };
    const solverOf = pairSolver(place, { source: "each", large: { ...largeRule, cacheBytes: 0 }, ...tubeRanges(layout), tileCount: 0 });
    for (const tube of tubes(requests, () => scaleGamma(data))) {
      const solver = tubeProblem(layout, solverOf(tube.kernel).problems);
      const kernel = kernelValues(data, tube.kernel);
      for (const [fold, view] of layout.folds.entries()) {
        const { asked, solutions } = solver.solve(view, ladder(tube.costs.map(({ C }) => C)), tube);
        for (const [cost, { C, requests: asking }] of tube.costs.entries()) {
          const { coefficients, offset } = solutions[asked[cost]?.solution as number] as (typeof solutions)[number];
          const one = { coefficients, offset, C, view, fold };
          judge(one, kernel, layout.order, predictedOf(asking[0] as number, fold));
          if (warnings.some((warning) => warning.includes(`with C=${C}, ε=${tube.epsilon}`))) {
            tally.limited++;
            continue;
          }
          tally.solved++;
          const { gap, largest } = gapOf(one, { kernel, order: layout.order, epsilon: tube.epsilon, rowWeights: layout.weights });
          if (1e-12 * largest > tube.tolerance) tally.coarse++;
          // Rounding of f in single precision, and where ε = 0 a row may have had a on both sides.
          const most = 1.1 * tube.tolerance + 1e-12 * largest + 2e-16 * Math.max(...given.values.map(Math.abs));
          assert.ok(gap <= most, `gap ${gap} in fold ${fold}, C=${C}, ${JSON.stringify({ ...tube, costs: 0 })}, Σ|aK| ${largest}`);
        }
      }
    }
  }

  interface Solved {
    readonly coefficients: Float64Array;
    readonly offset: number;
    readonly C: number;
    readonly view: SvrFold;
    readonly fold: number;
  }

  function judge(
    { coefficients, offset, fold }: Solved,
    kernel: readonly Float32Array[],
    order: Int32Array,
    predicted: Float64Array,
  ): void {
    for (const [place, row] of (plan.folds[fold] as (typeof plan.folds)[number]).test.entries()) {
      let [value, size] = [offset, Math.abs(offset)];
      for (const [at, a] of coefficients.entries()) {
        if (a === 0) continue;
        value += a * (kernel[order[at] as number]?.[row] as number);
        size += Math.abs(a * (kernel[order[at] as number]?.[row] as number));
      }
      tally.labels++;
      assert.ok(
        Math.abs((predicted[place] as number) - value) <= 1e-12 * size,
        `row ${row} in fold ${fold}: ${predicted[place]}, not ${value}`,
      );
    }
  }

  function gapOf(
    { coefficients, C, view }: Solved,
    from: {
      readonly kernel: readonly Float32Array[];
      readonly order: Int32Array;
      readonly epsilon: number;
      readonly rowWeights: Float64Array;
    },
  ): { readonly gap: number; readonly largest: number } {
    const { kernel, order, epsilon, rowWeights } = from;
    const inside = [...order.keys()].filter((at) => view.outside[at] === 0 && (rowWeights[at] as number) > 0);
    for (const [at, a] of coefficients.entries()) assert.ok(a === 0 || inside.includes(at), "only training rows support");
    const sides = [1, -1].flatMap((y) => inside.map((at) => ({ at, y })));
    const rowOf = (at: number): number => order[at] as number;
    const reference: ReferenceProblem = {
      kernel: sides.map(({ at }) => sides.map((other) => kernel[rowOf(at)]?.[rowOf(other.at)] as number)),
      y: sides.map(({ y }) => y),
      targets: sides.map(({ at, y }) => (target.values[rowOf(at)] as number) - view.centre - y * epsilon),
      bounds: sides.map(({ at }) => C * (rowWeights[at] as number)),
    };
    const a = sides.map(({ at, y }) => (y > 0 ? Math.max(0, coefficients[at] as number) : Math.min(0, coefficients[at] as number)));
    for (const [at, value] of a.entries()) assert.ok(Math.abs(value) <= (reference.bounds[at] as number));
    const largest = Math.max(...reference.kernel.map((row) => row.reduce((sum, value, j) => sum + Math.abs(value * (a[j] as number)), 0)));
    return { gap: mostViolating(reference, gradientOf(reference, a), a).gap, largest };
  }

  async function checkFit(): Promise<void> {
    const stream = rng(given.seed).fork("fit");
    const { train, test: rows } = plan.folds[stream.below(plan.folds.length)] as (typeof plan.folds)[number];
    const own = weights === null ? null : Float64Array.from(train, (row) => weights[row] as number);
    const context = { rng: rng(0), signal: new AbortController().signal };
    const machine = machines[stream.below(machines.length)] as (typeof machines)[number];
    const model = await answerOrRefusal("svr", () => machine.fit({ data, target, rows: train, weights: own }, context));
    if (model instanceof HpoError) {
      if (whole instanceof HpoError) return;
      throw model;
    }
    const predicted = model.predict({ data, rows });
    assert.ok(predicted.every(Number.isFinite));
    assert.deepEqual(loadModel(JSON.parse(JSON.stringify(model.toJSON()))).predict({ data, rows }), predicted);
  }
}
