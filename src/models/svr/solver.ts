import type { FoldResult, FoldSolver, PartResult, SolveRequest, SolverProblem } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { arenaMap, fillDistances, fillFeatures, placedArena } from "../svm/arena.ts";
import { denseFeatures, scaleGamma } from "../svm/settings.ts";
import { checkFeatures } from "../svm/feature-checks.ts";
import { type LargeRule, largeRule } from "../svm/large-pair.ts";
import { svrLayout } from "./layout.ts";
import { svrPlan, tubeWorks, type TubeWork } from "./plan.ts";
import { readAnswers, runSolvePart, type SolvePartInput, type TubeAnswer } from "./solve-part.ts";
import { type Tube, tubes } from "./tubes.ts";

/** What a part of the plan does; every kind says whether distances are kept, which decides where they lie. */
type PartInput = { readonly keep: boolean } & (
  | { readonly kind: "features" }
  | { readonly kind: "distances"; readonly first: number; readonly last: number }
  | SolvePartInput
);

/** ε-support vector regression over all folds of a data set, sharing distances, kernels and warm starts along C. */
export function svrFoldSolver(problem: SolverProblem, large: LargeRule = largeRule): FoldSolver {
  const { data, target, plan, weights } = problem;
  if (target.kind !== "number") {
    throw new HpoError("MODEL_UNSUPPORTED", `svr(): the target must be a number; ${target.name} is a class.`, {
      data: { target: target.name },
    });
  }
  const features = denseFeatures(data, "svr");
  const { width } = features;
  const layout = svrLayout(data, target.values, { plan, weights });
  let scale: number | undefined;
  const scaled = (): number => {
    scale ??= scaleGamma(data);
    return scale;
  };
  // Requests are combined one by one: what they share is planned and read once.
  const planned = new WeakMap<readonly SolveRequest[], readonly TubeWork[]>();
  const read = new WeakMap<Uint8Array, readonly (readonly TubeAnswer[])[]>();

  function worksOf(requests: readonly SolveRequest[]): readonly TubeWork[] {
    const known = planned.get(requests) ?? tubeWorks(tubes(requests, scaled), { layout, width });
    planned.set(requests, known);
    return known;
  }

  function answersOf(bytes: Uint8Array, { pieces }: TubeWork): readonly (readonly TubeAnswer[])[] {
    const known = read.get(bytes) ?? readAnswers(bytes, pieces, layout);
    read.set(bytes, known);
    return known;
  }

  return {
    plan(requests, limits) {
      const all: readonly Tube[] = tubes(requests, scaled);
      checkFeatures(
        data,
        all.map(({ kernel }) => kernel),
        { model: "svr" },
      );
      return svrPlan(all, { layout, width, requestCount: requests.length, dataEnd: data.dataEnd, large }, limits);
    },
    run(part, { sharedOffset, slotOffset }): PartResult {
      const input = part.input as unknown as PartInput;
      const { memory } = data;
      const arena = placedArena(arenaMap(layout, width, input.keep), sharedOffset);
      switch (input.kind) {
        case "features":
          fillFeatures(memory, arena, { ...features, order: layout.order });
          return nothing;
        case "distances":
          fillDistances(memory, arena, [input.first, input.last]);
          return nothing;
        case "solve":
          return runSolvePart(input, { memory, arena, slotOffset, layout });
      }
    },
    combine(request, requests, parts): readonly FoldResult[] {
      const results: FoldResult[] = [];
      for (const work of worksOf(requests)) {
        for (const [at, { tube, first }] of work.pieces.entries()) {
          const cost = tube.costs.findIndex(({ requests: asking }) => asking.includes(request.index));
          if (cost < 0) continue;
          const bytes = parts.get(work.key);
          if (bytes === undefined) throw new TypeError(`svr(): the part ${work.key} is missing.`);
          for (const [fold, { asked, skipped, values }] of (answersOf(bytes, work)[at] ?? []).entries()) {
            results.push({
              fold: first + fold,
              predicted: new Float64Array(values[asked[cost] as number] as Float64Array),
              scores: null,
              identical: skipped[cost] === 1,
            });
          }
        }
      }
      return results.sort((one, two) => one.fold - two.fold);
    },
  };
}

const nothing: PartResult = Object.freeze({ bytes: new Uint8Array(0), own: [], counts: {}, warnings: [] });
