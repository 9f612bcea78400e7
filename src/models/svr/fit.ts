import type { FitContext, FitInput } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { sharedMemory } from "../../core/shared-memory.ts";
import { checkFeatures } from "../svm/feature-checks.ts";
import { distinctRows } from "../svm/distinct-rows.ts";
import { arenaMap, fillFeatures, placedArena } from "../svm/arena.ts";
import { ladder } from "../svm/ladder.ts";
import { fitRoom, largeMemory, largeRule } from "../svm/large-pair.ts";
import { pairSolver } from "../svm/pair-solver.ts";
import { denseFeatures, scaleGamma, svmSettings } from "../svm/settings.ts";
import { type SvrFold, svrLayout } from "./layout.ts";
import { type SvrModel, svrModel } from "./model.ts";
import { endedBy, endings } from "../svm/early-end.ts";
import { solveScratchBytes, tubeRanges } from "./solve-part.ts";
import { tubeProblem } from "./tube-problem.ts";

/** Fits one model by the fold solver's road, so that its answers are those of a fold with the same training rows, up to the tolerance. */
export async function fitSvr(options: Readonly<Record<string, Json>>, input: FitInput, context: FitContext): Promise<SvrModel> {
  const { data, target } = input;
  if (target.kind !== "number") {
    throw new HpoError("MODEL_UNSUPPORTED", `svr(): the target must be a number; ${target.name} is a class.`, {
      data: { target: target.name },
    });
  }
  if (context.signal.aborted) throw new HpoError("ABORTED", "svr(): aborted before the model was solved.", {});
  const settings = svmSettings(options, () => scaleGamma(data));
  const { kernel, maxIterations } = settings;
  checkFeatures(data, [kernel], { model: "svr" });
  const features = denseFeatures(data, "svr");
  const { rows, weights } = distinctRows(input);
  const layout = svrLayout(data, target.values, { plan: { folds: [{ train: rows, test: new Uint32Array(0) }] }, weights });
  const map = arenaMap(layout, features.width, false);
  const problems = { sizes: [layout.size], width: features.width, localsPerRow: 2 as const, tiles: 0 };
  const { cacheBytes, bytes: largeBytes } = largeMemory(largeRule, problems, fitRoom);
  const bytes = map.bytes + Math.max(largeBytes, solveScratchBytes(layout, "each", largeRule));
  if (bytes > 2 ** 32) {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `svr(): the kernel values of ${rows.length} rows take ${Math.ceil(bytes / 1e6)} MB; a WebAssembly memory has room for 4294 MB. Use fewer rows.`,
      { data: { neededBytes: bytes } },
    );
  }
  const memory = sharedMemory(bytes);
  const arena = placedArena(map, 0);
  fillFeatures(memory, arena, { ...features, order: layout.order });
  const solver = pairSolver(
    { memory, arena, slotOffset: map.bytes },
    { source: "each", large: { ...largeRule, cacheBytes }, ...tubeRanges(layout), tileCount: 0 },
  );
  const problem = tubeProblem(layout, solver(kernel).problems);
  const limits = { ...settings, epsilon: options["epsilon"] as number };
  const answer = problem.solve(layout.folds[0] as SvrFold, ladder([settings.C]), limits);
  const { asked, solutions } = answer;
  const { coefficients, offset } = solutions[asked[0]?.solution as number] as (typeof solutions)[number];
  const supports = [...coefficients.keys()].filter((at) => coefficients[at] !== 0);
  return svrModel({
    kernel,
    width: features.width,
    vectors: Float32Array.from(
      supports.flatMap((at) => {
        const row = (layout.order[at] as number) * features.stride;
        return [...features.values.subarray(row, row + features.width)];
      }),
    ),
    coefficients: Float64Array.from(supports, (at) => coefficients[at] as number),
    // JSON has no −0.
    offset: offset + 0,
    warnings: endings.filter((by) => answer[by].length > 0).map((by) => `svr(): ${endedBy(by, maxIterations)} ended the solve.`),
  });
}
