import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { Answer } from "../../core/estimator.ts";
import type { ArenaMap } from "./arena.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { singleDecision, tileColumns } from "./decisions.ts";
import { type Kernel, kernelBase, kernelRows } from "./kernel.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { curveOf, type PairFold } from "./pair-answer.ts";
import { type ClassPair, firstIsLater, pairRanges } from "./pair-of-classes.ts";
import { type Curve, plattProbability } from "./platt.ts";
import { type Scratch, scratch } from "./scratch.ts";
import type { Verdict } from "./vote-answer.ts";
import { type JobLimits, jobRunner, pairJobs, takeJobs } from "./vote-jobs.ts";
import { mostVoted, votedScore } from "./votes.ts";

/** Positions whose kernel values a call computes: a running loop is never recompiled, so calls are short. */
const callRows = 64;

/** Bytes of scratch for voting over a layout. */
export function voteScratchBytes(layout: SvmLayout, width: number, limits: JobLimits): number {
  const space = scratch(0);
  takePanel(space, layout.size, width);
  takeJobs(space, limits);
  return space.used();
}

/** Features of 16 rows, transposed, and their kernel values with all positions. */
function takePanel(space: Scratch, size: number, width: number): readonly [number, number] {
  return [space.take(width * tileColumns * 4), space.take(size * tileColumns * 4)];
}

export interface FoldVoteInput {
  readonly layout: SvmLayout;
  readonly view: FoldView;
  readonly kernel: Kernel;
  readonly costs: number;
  /** In the order of `classPairs`. */
  readonly answers: readonly { readonly pair: ClassPair; readonly fold: PairFold | null }[];
  /** Places of the rows to be voted on; every other row has its own class. */
  readonly hard: Uint32Array;
  readonly answer: Answer;
}

/**
 * The fold's labels, and scores or probabilities where asked for, for each C: one-vs-one voting over all pairs on the hard rows, 16 at a time. Kernel values come
 * from the features, with the bits that the pairs' blocks have.
 */
export function foldVote(
  memory: SharedMemory,
  place: { readonly arena: ArenaMap; readonly slotOffset: number; readonly limits: JobLimits },
  input: FoldVoteInput,
): readonly Verdict[] {
  const { layout, view, costs, hard, answers, answer } = input;
  const { rank } = view;
  const classes = rank.length;
  const space = scratch(place.slotOffset);
  const panel = kernelPanel(memory, takePanel(space, layout.size, place.arena.width), { ...input, arena: place.arena });
  const jobs = answers.flatMap(({ pair, fold }, at) => (fold === null ? [] : pairJobs(at, fold, pairRanges(layout, pair))));
  const runner = jobRunner(memory, space, { jobs, limits: place.limits, kernel: panel });
  const pairs = answers.map(({ pair }) => pair);
  const present = answers.flatMap(({ fold }) => (fold === null ? [] : [fold]));
  /** The C whose answers differ from those of the C before, and for each C its place among them. */
  const distinct: number[] = [];
  const distinctOf = Array.from({ length: costs }, (_, cost) => {
    if (cost === 0 || present.some((fold) => differs(fold, cost))) distinct.push(cost);
    return distinct.length - 1;
  });
  const users = answers.map(({ fold }) => (fold === null ? [] : usersOf(fold, distinct)));
  const scored = answer === "scores";
  const likely = answer === "probabilities";
  const labels = distinct.map(() => view.codes.slice());
  const scores = distinct.map(() => (scored || likely ? new Float64Array(view.codes.length * classes) : null));
  const votes = new Uint32Array(distinct.length * tileColumns * classes);
  const sums = new Float64Array(scored ? votes.length : 0);
  const chances = new Float64Array(likely ? distinct.length * tileColumns * pairs.length : 0);
  for (let first = 0; first < hard.length; first += tileColumns) {
    const places = hard.subarray(first, first + tileColumns);
    panel.fill(places);
    votes.fill(0);
    sums.fill(0);
    runner.run(({ pair: at, firstSolution, solutions }, values, start) => {
      const { pair, fold } = answers[at] as { readonly pair: ClassPair; readonly fold: PairFold };
      const [a, b] = pair;
      const later = firstIsLater(view, pair);
      for (let solution = 0; solution < solutions; solution++) {
        const offset = fold.offsets[firstSolution + solution] as number;
        const using = users[at]?.[firstSolution + solution] as readonly number[];
        const curves = likely ? using.map((user) => curveOf(fold, distinct[user] as number)) : [];
        for (let lane = 0; lane < places.length; lane++) {
          const decision = (values[start + solution * tileColumns + lane] as number) + offset;
          const winner = decision > 0 || (decision === 0 && later) ? a : b;
          for (let user = 0; user < using.length; user++) {
            const place = (using[user] as number) * tileColumns + lane;
            const to = place * classes;
            (votes[to + winner] as number)++;
            if (likely) chances[place * pairs.length + at] = plattProbability(curves[user] as Curve, decision);
            if (!scored) continue;
            const single = singleDecision(decision);
            (sums[to + a] as number) += single;
            (sums[to + b] as number) -= single;
          }
        }
      }
    });
    for (let at = 0; at < distinct.length; at++) {
      for (let lane = 0; lane < places.length; lane++) {
        const row = places[lane] as number;
        const from = (at * tileColumns + lane) * classes;
        (labels[at] as Int32Array)[row] = mostVoted(votes, from, rank);
        const to = scores[at];
        if (to === null || to === undefined) continue;
        if (likely) {
          const start = (at * tileColumns + lane) * pairs.length;
          to.set(classProbabilities(rank, pairs, chances.subarray(start, start + pairs.length)), row * classes);
          continue;
        }
        for (let code = 0; code < classes; code++) {
          const score = (rank[code] as number) < 0 ? -1 : votedScore(votes[from + code] as number, sums[from + code] as number);
          to[row * classes + code] = score;
        }
      }
    }
  }
  return distinctOf.map((at, cost) => ({
    identical: present.length > 0 && present.every(({ skipped }) => skipped[cost] === 1),
    labels: labels[at] as Int32Array,
    scores: scores[at] ?? null,
  }));
}

/** Whether a pair's answer for a C is another one than for the C before. */
function differs({ asked, curves }: PairFold, cost: number): boolean {
  if (asked[cost] !== asked[cost - 1]) return true;
  return curves[cost * 2] !== curves[cost * 2 - 2] || curves[cost * 2 + 1] !== curves[cost * 2 - 1];
}

/** For each solution, the places of the distinct C that use it. */
function usersOf({ asked, offsets }: PairFold, distinct: readonly number[]): readonly (readonly number[])[] {
  const users = Array.from(offsets, (): number[] => []);
  for (let at = 0; at < distinct.length; at++) users[asked[distinct[at] as number] as number]?.push(at);
  return users;
}

/** Kernel values of 16 rows with all positions: row j of the panel has those of position j. */
function kernelPanel(
  memory: SharedMemory,
  [featuresAt, valuesAt]: readonly [number, number],
  { layout, view, kernel, arena }: Pick<FoldVoteInput, "layout" | "view" | "kernel"> & { readonly arena: ArenaMap },
): { readonly address: number; readonly stride: number; fill(places: Uint32Array): void } {
  const { width, stride, features } = arena;
  const all = new Float32Array(memory.buffer, features, width * layout.size);
  const own = new Float32Array(memory.buffer, featuresAt, width * tileColumns);
  const panelStride = tileColumns * 4;
  const kernels = svmKernels(memory);
  const base = kernelBase(kernel);
  return {
    address: valuesAt,
    stride: panelStride,
    fill(places) {
      for (let k = 0; k < width; k++) {
        for (let lane = 0; lane < tileColumns; lane++) {
          // Lanes without a row repeat the last one.
          const place = places[Math.min(lane, places.length - 1)] as number;
          own[k * tileColumns + lane] = all[k * layout.size + (view.test[place] as number)] as number;
        }
      }
      for (let row = 0; row < layout.size; row += callRows) {
        const last = Math.min(layout.size, row + callRows);
        const out = valuesAt + row * panelStride;
        kernels[base](features, stride, featuresAt, panelStride, width, row, last, tileColumns, out, panelStride);
        const columns = (last - row) * tileColumns;
        kernelRows(kernels, memory.buffer, kernel, { source: out, sourceStride: 0, out, outStride: 0, rows: 1, columns });
      }
    },
  };
}
