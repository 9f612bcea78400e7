// The suite "estimates": whether the value that is reported beside the best one is true, on studies whose truth is known.
import { type NoiseStudy, noiseRun } from "./noise-study.ts";
import type { QualityCase, QualitySuite, QualityTest, SuiteLimits } from "./quality-suite.ts";

/** Studies of a run. With twenty seeds there are 500. */
const repeats = 25;

const figures = ["bias against the best's", "misses of the interval"] as const;
/** The bias is at most a quarter of the best value's; a 95 % interval misses the truth in at most 8 %. */
const limits: Readonly<Record<(typeof figures)[number], number>> = { "bias against the best's": 0.25, "misses of the interval": 0.08 };

/** The suite, with studies of at most `limits.trials` trials. */
export function estimatesSuite({ trials = 60 }: SuiteLimits = {}): QualitySuite {
  const studies = (["svm", "line"] as const).flatMap((model) =>
    [0, 0.2].flatMap((signal) =>
      (["random", "tpe"] as const).map((sampler) => ({ signal, sampler, model, rows: 200, trials: Math.min(60, trials) })),
    ),
  );
  const cases = studies.map(caseOf);
  return {
    name: "estimates",
    sources: ["noise-study", "estimates-suite"].map((file) => `scripts/quality/${file}.ts`),
    cases,
    tests: cases.flatMap((one) =>
      figures.map((figure): QualityTest => ({ case: one.name, figure, bar: "stated", kind: "limit", limit: limits[figure] })),
    ),
    quotas: [],
    pictures: () => ({}),
  };
}

function caseOf(study: NoiseStudy): QualityCase {
  return {
    name: `${study.model}, ${study.signal === 0 ? "noise" : "weak signal"}, ${study.sampler}`,
    trials: study.trials,
    cost: repeats * 0.2,
    better: "lower",
    equalBeyond: null,
    judged: figures,
    async run(seed) {
      let [best, fair, missed, width] = [0, 0, 0, 0];
      for (let repeat = 0; repeat < repeats; repeat++) {
        const found = await noiseRun(study, seed * repeats + repeat);
        best += (found.best - found.truth) / repeats;
        fair += (found.fair - found.truth) / repeats;
        missed += (found.low <= found.truth && found.truth <= found.high ? 0 : 1) / repeats;
        width += (found.high - found.low) / repeats;
      }
      // A hold-out of a fifth of the rows, by the normal interval at its widest.
      const holdOut = (2 * 1.96 * 0.5) / Math.sqrt(study.rows / 5);
      return {
        "bias against the best's": Math.abs(fair) / Math.abs(best),
        "misses of the interval": missed,
        "bias of the best": best,
        "bias of the estimate": fair,
        width,
        "width of a hold-out's": holdOut,
      };
    },
  };
}
