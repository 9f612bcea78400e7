import type { PartResult } from "../../core/estimator.ts";
import type { Chain } from "./chains.ts";
import { cureOf, type EndedBy, endedBy, endings } from "./early-end.ts";
import { kernelName } from "./kernel.ts";
import type { LadderAnswer } from "./pair-ladder.ts";
import type { ClassPair } from "./pair-of-classes.ts";

/** Sums up the times, counts and warnings of a part. */
export interface PartTally {
  /** Solves that serve all folds: counted, but no fold's time; they give no answers, so that their end at the limit is no warning. */
  addShared(answer: LadderAnswer): void;
  /** The answer of a pair's fold and those of its inner parts; `seconds` are those of judging. */
  add(place: SolvedPlace, answer: LadderAnswer, inner: readonly LadderAnswer[], seconds: number): void;
  facts(): Omit<PartResult, "bytes">;
}

export interface SolvedPlace {
  readonly chain: number;
  readonly fold: number;
  readonly pair: ClassPair;
}

interface Ended {
  readonly pair: ClassPair;
  readonly chain: Chain;
  readonly C: number;
  readonly by: EndedBy;
  folds: number;
}

/** `folds` of the plan, of which the part solves some. */
export function partTally(
  chains: readonly Chain[],
  { folds, solved: foldsSolved, classes }: { readonly folds: number; readonly solved: number; readonly classes: readonly string[] },
): PartTally {
  /** Seconds by chain, then C and fold: cost · folds + fold. */
  const fit = chains.map(({ costs }) => new Float64Array(costs.length * folds));
  const predict = chains.map(({ costs }) => new Float64Array(costs.length * folds));
  const counts = { solves: 0, skipped: 0, iterations: 0 };
  /** Solves of a pair, fold and C. */
  let total = 1;
  /** Folds of each pair, chain and C that ended before the tolerance was met: at the iteration limit, or where rounding leaves no step. */
  const ended = new Map<string, Ended>();

  function count({ chain, fold, pair }: SolvedPlace, answer: LadderAnswer): void {
    counts.solves += answer.solves;
    counts.skipped += answer.skipped;
    counts.iterations += answer.iterations;
    const times = fit[chain] as Float64Array;
    for (let cost = 0; cost < answer.asked.length; cost++) {
      (times[cost * folds + fold] as number) += answer.asked[cost]?.seconds as number;
    }
    if (answer.limited.length + answer.stuck.length > 0) noteEnds({ chain, fold, pair }, answer);
  }

  function noteEnds({ chain, pair }: SolvedPlace, answer: LadderAnswer): void {
    for (const by of endings) {
      for (const C of answer[by]) {
        const key = `${pair.join(" ")} ${chain} ${C} ${by}`;
        const known = ended.get(key) ?? { pair, chain: chains[chain] as Chain, C, by, folds: 0 };
        known.folds++;
        ended.set(key, known);
      }
    }
  }

  return {
    addShared(answer) {
      counts.solves += answer.solves;
      counts.skipped += answer.skipped;
      counts.iterations += answer.iterations;
    },
    add(place, answer, inner, seconds) {
      count(place, answer);
      for (const one of inner) count(place, one);
      total = Math.max(total, inner.length + 1);
      const solved = answer.asked.length - answer.skipped;
      const times = predict[place.chain] as Float64Array;
      for (let cost = 0; cost < answer.asked.length; cost++) {
        if (answer.asked[cost]?.skipped === false) (times[cost * folds + place.fold] as number) += seconds / solved;
      }
    },
    facts() {
      const own: PartResult["own"][number][] = [];
      for (const [chain, { costs }] of chains.entries()) {
        for (const [cost, { requests }] of costs.entries()) {
          for (const request of requests) {
            for (let fold = 0; fold < folds; fold++) {
              const fitSeconds = (fit[chain]?.[cost * folds + fold] as number) / requests.length;
              const predictSeconds = (predict[chain]?.[cost * folds + fold] as number) / requests.length;
              if (fitSeconds + predictSeconds > 0) own.push({ request, fold, fitSeconds, predictSeconds });
            }
          }
        }
      }
      return {
        own,
        counts,
        warnings: [...ended.values()].map(
          ({ pair, chain: { kernel, maxIterations }, C, by, folds: some }) =>
            `svm(): ${endedBy(by, maxIterations)} ended ${some} of ${foldsSolved * total} solves of ${classes[pair[0]]} against ${classes[pair[1]]} with C=${C}${kernel.kind === "linear" ? "" : `, ${kernelName(kernel)}`}; ${cureOf(by)}.`,
        ),
      };
    },
  };
}
