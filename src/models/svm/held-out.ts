import { type Decider, type DecisionTiles, decisionTiles } from "./decisions.ts";
import type { Rung } from "./ladder.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { climb, type LadderAnswer } from "./pair-ladder.ts";
import { type ClassPair, pairRanges } from "./pair-of-classes.ts";
import type { TwoClassProblem } from "./pair-problem.ts";
import { type Platt, platt } from "./platt.ts";

/**
 * Platt's curve of one pair of classes, from decisions on rows that were held out: its training rows are cut into five parts, and each part is judged
 * by a machine trained on the other four. That is five more solves, of four fifths of the rows each.
 */
export interface InnerParts {
  /** The pair's training rows, by local index. */
  readonly locals: Uint32Array;
  /** 1 for a row of the first class. */
  readonly positive: Uint8Array;
  readonly parts: readonly InnerPart[];
}

interface InnerPart {
  /** Places in `locals`. */
  readonly places: Uint32Array;
  readonly tiles: DecisionTiles;
  /** Training rows of each class that are left. */
  readonly left: readonly [number, number];
}

const partCount = 5;

/**
 * Row i of a class, in the order of the data and of those that the fold trains on, goes to part i mod 5. So the parts keep the
 * classes in proportion and depend on the training rows alone, not on where the layout puts them. (LIBSVM deals at random.)
 */
export function innerParts(layout: SvmLayout, { outside }: FoldView, pair: ClassPair): InnerParts {
  const { startA, sizeA, startB, sizeB } = pairRanges(layout, pair);
  const ordered = ([start, size, shift]: readonly [number, number, number]): number[] =>
    [...Array(size).keys()]
      .filter((at) => outside[start + at] === 0)
      .sort((one, two) => (layout.order[start + one] as number) - (layout.order[start + two] as number))
      .map((at) => at + shift);
  const [first, second] = [ordered([startA, sizeA, 0]), ordered([startB, sizeB, sizeA])];
  const locals = Uint32Array.from([...first, ...second]);
  const partOf = Uint8Array.from([...first.keys(), ...second.keys()], (at) => at % partCount);
  return {
    locals,
    positive: Uint8Array.from(locals, (local) => (local < sizeA ? 1 : 0)),
    parts: Array.from({ length: partCount }, (_, part) => {
      const places = Uint32Array.from([...partOf.keys()].filter((at) => partOf[at] === part));
      const held = places.map((at) => locals[at] as number);
      const heldFirst = held.filter((local) => local < sizeA).length;
      return {
        places,
        tiles: decisionTiles(held, sizeA + sizeB),
        left: [first.length - heldFirst, second.length - (held.length - heldFirst)],
      };
    }),
  };
}

/** The curve of each asked-for C, and the inner parts' solves. */
export interface HeldOut {
  readonly curves: readonly Platt[];
  readonly answers: readonly LadderAnswer[];
}

export interface HeldOutInput {
  /** Over the pair's block, for a tile of every 16 rows. */
  readonly decide: Decider;
  /** Restricted to the fold's training rows, and so again afterwards. */
  readonly problems: { readonly main: TwoClassProblem; readonly side: TwoClassProblem };
  readonly rungs: readonly Rung[];
  /** Asked-for C. */
  readonly costs: number;
  readonly limits: { readonly tolerance: number; readonly maxIterations: number };
}

/** Where a part leaves one class alone, the decision is for that class, as in LIBSVM. */
export function heldOutCurves({ locals, positive, parts }: InnerParts, input: HeldOutInput): HeldOut {
  const { decide, problems, rungs, limits } = input;
  const held = Array.from({ length: input.costs }, () => new Float64Array(locals.length));
  const answers: LadderAnswer[] = [];
  for (const { places, tiles, left } of parts) {
    if (places.length === 0) continue;
    if (left[0] === 0 || left[1] === 0) {
      for (const values of held) for (const place of places) values[place] = Math.sign(left[0] - left[1]);
      continue;
    }
    hold(problems, locals, places, -Infinity);
    const answer = climb(rungs, problems, limits);
    hold(problems, locals, places, 0);
    const found = decide(tiles, answer.solutions);
    for (const [cost, values] of held.entries()) {
      const decided = found[answer.asked[cost]?.solution as number] as Float64Array;
      for (const [at, place] of places.entries()) values[place] = decided[at] as number;
    }
    answers.push(answer);
  }
  return { curves: held.map((values) => platt(values, positive)), answers };
}

function hold({ main, side }: HeldOutInput["problems"], locals: Uint32Array, places: Uint32Array, value: number): void {
  for (const { outside } of [main, side]) for (const place of places) outside[locals[place] as number] = value;
}
