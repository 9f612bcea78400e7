import type { Target } from "../../core/dataset.ts";
import type { FitContext, FitInput } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { sharedMemory } from "../../core/shared-memory.ts";
import { arenaMap, arenaWidth, fillEntries, fillFeatures, placedArena } from "./arena.ts";
import { classWeights } from "./class-weights.ts";
import { distinctRows } from "./distinct-rows.ts";
import { endedBy, endings } from "./early-end.ts";
import { checkFeatures } from "./feature-checks.ts";
import { fittedState, type PairFunction } from "./fitted-state.ts";
import { tileColumns } from "./decisions.ts";
import { heldOutCurves, innerParts } from "./held-out.ts";
import { ladder } from "./ladder.ts";
import { fitRoom, largeMemory, largeRule, ruleOf } from "./large-pair.ts";
import { type FoldView, svmLayout } from "./layout.ts";
import { type SvmModel, svmModel } from "./model.ts";
import { climb } from "./pair-ladder.ts";
import { absent, classPairs, pairRanges, pairSize } from "./pair-of-classes.ts";
import { denseFeatures, scaleGamma, svmSettings } from "./settings.ts";
import { columnsOf, pairSolver, solveScratchBytes } from "./pair-solver.ts";
import { restrict } from "./solve-part.ts";

/**
 * Fits one model by the fold solver's road, so that its answers are those of a fold with the same training rows, up to the tolerance:
 * rows that violate alike are moved in the order of the layout, which knows the folds.
 */
export async function fitSvm(options: Readonly<Record<string, Json>>, input: FitInput, context: FitContext): Promise<SvmModel> {
  const { data, target } = input;
  if (target.kind !== "class") {
    throw new HpoError("MODEL_UNSUPPORTED", `svm(): the target must be a class; ${target.name} is a number.`, {
      data: { target: target.name },
    });
  }
  const { rows, weights } = distinctRows(input);
  if (rows.length === 0) throw new HpoError("DATA_INVALID", "svm(): there must be at least one training row; got 0.", {});
  const settings = svmSettings(options, () => scaleGamma(data));
  const precomputed = settings.kernel.kind === "precomputed";
  checkFeatures(data, [settings.kernel]);
  const features = denseFeatures(data);
  const classCount = target.classes.length;
  const layout = svmLayout(data, target.codes, {
    classCount,
    plan: { folds: [{ train: rows, test: new Uint32Array(0) }] },
    weights,
  });
  const view = layout.folds[0] as FoldView;
  const { outside, rank } = view;
  const byClass = classWeights(settings.classWeight, target.classes, classCounts(input.rows, target));
  const pairs = classPairs(layout).filter((pair) => !absent(view, pair));
  const map = arenaMap(layout, arenaWidth(layout, features.width, precomputed), false);
  const probabilities = context.answer === "probabilities";
  const sizes = pairs.map((pair) => pairSize(layout, pair));
  const tiles = probabilities ? Math.max(0, ...sizes) / tileColumns : 0;
  const rule = ruleOf(largeRule, precomputed);
  const { blockRows, cacheBytes, bytes: largeBytes } = largeMemory(rule, { sizes, width: map.width, localsPerRow: 1, tiles }, fitRoom);
  const bytes = map.bytes + Math.max(largeBytes, solveScratchBytes(blockRows, tiles, "each"));
  if (bytes > 2 ** 32) {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `svm(): the kernel values of the largest pair of classes take ${Math.ceil(bytes / 1e6)} MB; a WebAssembly memory has room for 4294 MB. Use fewer rows.`,
      {
        data: { neededBytes: bytes },
      },
    );
  }
  const memory = sharedMemory(bytes);
  const arena = placedArena(map, 0);
  (precomputed ? fillEntries : fillFeatures)(memory, arena, { ...features, order: layout.order });
  const rungs = ladder([settings.C]);
  const functions: PairFunction[] = [];
  const warnings: string[] = [];
  for (const [first, second] of pairs) {
    if (context.signal.aborted) throw new HpoError("ABORTED", "svm(): aborted before all pairs of classes were solved.", {});
    const ranges = pairRanges(layout, [first, second]);
    const solver = pairSolver(
      { memory, arena, slotOffset: map.bytes },
      { source: "each", large: { ...rule, cacheBytes }, positions: ranges, columns: columnsOf(ranges), tileCount: tiles },
    );
    const { problems, decide } = solver(settings.kernel);
    restrict(problems, ranges, {
      outside,
      weights: layout.weights,
      classWeights: [byClass[first] as number, byClass[second] as number],
    });
    const answer = climb(rungs, problems, settings);
    const { solutions } = answer;
    const { coefficients, offset } = solutions[0] as (typeof solutions)[number];
    const inner = probabilities
      ? heldOutCurves(innerParts(layout, view, [first, second]), {
          decide,
          problems,
          rungs,
          costs: 1,
          limits: settings,
        })
      : undefined;
    functions.push({ first, second, coefficients, offset, curve: inner?.curves[0] ?? null });
    for (const by of endings) {
      if (![answer, ...(inner?.answers ?? [])].some((one) => one[by].length > 0)) continue;
      const names = `${target.classes[first]} against ${target.classes[second]}`;
      warnings.push(`svm(): ${endedBy(by, settings.maxIterations)} ended the solve of ${names}.`);
    }
  }
  const { kernel } = settings;
  return svmModel(fittedState(functions, { kernel, layout, features, classes: target.classes, rank, probabilities, warnings }));
}

/** A row counts as often as it is named. */
function classCounts(rows: Uint32Array, { classes, codes }: Extract<Target, { kind: "class" }>): Uint32Array {
  const counts = new Uint32Array(classes.length);
  for (const row of rows) counts[codes[row] as number] = (counts[codes[row] as number] as number) + 1;
  return counts;
}
