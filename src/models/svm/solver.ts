import type {
  FoldResult,
  FoldSolver,
  OfferedModel,
  PartResult,
  SolveRequest,
  SolverArena,
  SolverLimits,
  SolverPart,
  SolverProblem,
} from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { arenaMap, arenaWidth, fillDistances, fillEntries, fillFeatures, placedArena } from "./arena.ts";
import { type Chain, chains } from "./chains.ts";
import { classWeights } from "./class-weights.ts";
import { checkFeatures } from "./feature-checks.ts";
import { foldAnswers } from "./fold-answers.ts";
import { type LargeRule, largeRule } from "./large-pair.ts";
import { svmLayout } from "./layout.ts";
import { answerForm, classPairs } from "./pair-of-classes.ts";
import { svmPlan } from "./plan.ts";
import { denseFeatures, scaleGamma } from "./settings.ts";
import { runSolvePart, type SolvePartInput } from "./solve-part.ts";
import { runVotePart, type VotePartInput } from "./vote-part.ts";
import { keepsWhole } from "./whole-answer.ts";
import { wholeModel } from "./whole-model.ts";

/** What a part of the plan does; every kind says what the arena holds, which decides where it lies. */
type PartInput = { readonly keep: boolean; readonly precomputed: boolean } & (
  | { readonly kind: "features" }
  | { readonly kind: "distances"; readonly first: number; readonly last: number }
  | SolvePartInput
  | VotePartInput
);

/** Support vector machines over all folds of a data set, sharing distances, kernels and warm starts along C. */
export function svmFoldSolver(problem: SolverProblem, large: LargeRule = largeRule): FoldSolver {
  const { data, target, plan, answer } = problem;
  if (target.kind !== "class") {
    throw new HpoError("MODEL_UNSUPPORTED", `svm(): the target must be a class; ${target.name} is a number.`, {
      data: { target: target.name },
    });
  }
  const features = denseFeatures(data);
  const { width } = features;
  const classCount = target.classes.length;
  const layout = svmLayout(data, target.codes, { classCount, plan, weights: problem.weights });
  const form = answerForm(classPairs(layout).length, answer);
  let scale: number | undefined;
  const scaled = (): number => {
    scale ??= scaleGamma(data);
    return scale;
  };
  const chainsOf = (requests: readonly SolveRequest[]): readonly Chain[] => chains(requests, scaled);
  const models = keepsWhole(layout, answer, problem.models ?? false);
  const answers = foldAnswers(chainsOf, { layout, width, answer, models });

  return {
    plan(requests, limits: SolverLimits) {
      const asked = chainsOf(requests);
      checkFeatures(
        data,
        asked.map(({ kernel }) => kernel),
      );
      for (const { classWeight } of asked) classWeights(classWeight, target.classes, new Uint32Array(classCount));
      return svmPlan(asked, { layout, width, answer, models, requestCount: requests.length, dataEnd: data.dataEnd, large }, limits);
    },
    run(part: SolverPart, { sharedOffset, slotOffset }: SolverArena, read): PartResult {
      const input = part.input as unknown as PartInput;
      const { memory } = data;
      const arena = placedArena(arenaMap(layout, arenaWidth(layout, width, input.precomputed), input.keep), sharedOffset);
      switch (input.kind) {
        case "features":
          (input.precomputed ? fillEntries : fillFeatures)(memory, arena, { ...features, order: layout.order });
          return nothing;
        case "distances":
          fillDistances(memory, arena, [input.first, input.last]);
          return nothing;
        case "solve":
          return runSolvePart(input, { memory, arena, slotOffset, layout, form, models, classes: target.classes });
        case "vote":
          return runVotePart(input, read, { memory, arena, slotOffset, layout, form, models, answer });
      }
    },
    combine(request, requests, parts): readonly FoldResult[] {
      return answers.folds(request, requests, parts);
    },
    model(request, requests, parts): OfferedModel | undefined {
      if (!models) return undefined;
      return wholeModel(answers.whole(request, requests, parts), { layout, features, classes: target.classes });
    },
  };
}

const nothing: PartResult = Object.freeze({ bytes: new Uint8Array(0), own: [], counts: {}, warnings: [] });
