import { lbfgsb } from "../../math/lbfgsb.ts";
import type { Rng } from "../../math/rng.ts";
import { type Axis, emptyPoint, type FeaturePoint, type FeatureSpace, featuresAt, keyOf } from "./feature-space.ts";

/** A point of the unit cube, snapped to values, and what it promises. */
export interface Candidate {
  readonly unit: Float64Array;
  readonly promise: number;
}

/** What is searched for its largest value: `at` a point, and with its derivatives along the axes `wanted` (ordered and active there) into `slopes`. */
export interface Promising {
  at(point: FeaturePoint): number;
  slopesAt(point: FeaturePoint, wanted: readonly number[], slopes: Float64Array): number;
}

export interface SearchOptions {
  readonly space: FeatureSpace;
  readonly acquisition: Promising;
  readonly rng: Rng;
  /** The best points known, best first: the search also starts near them. */
  readonly best: readonly Float64Array[];
  /** Whether the study's rules allow a point. */
  readonly allows: (unit: Float64Array) => boolean;
  /** Where to look along the axes that have an order, by dimension of the cube; everywhere where it is not told. */
  readonly within?: Box | undefined;
}

export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

const climbs = 4;
const climbEvaluations = 24;

/**
 * Candidates by falling promise: the best of draws over the space and near the best known points, each improved by climbs in its continuous
 * coordinates and by moves in the others. Deterministic, given the stream.
 */
export function searchAcquisition({ space, acquisition, rng, best, allows, within }: SearchOptions): readonly Candidate[] {
  const point = emptyPoint(space);
  const promiseAt = (unit: Float64Array): number => {
    featuresAt(space, unit, point);
    const promise = acquisition.at(point);
    return Number.isNaN(promise) ? -Infinity : promise;
  };
  const draws: Candidate[] = [];
  const draw = (unit: Float64Array): void => {
    if (within !== undefined) moveInto(within, space, unit, rng);
    if (allows(unit)) draws.push({ unit, promise: promiseAt(unit) });
  };
  for (let i = 0; i < 100; i++) draw(uniformPoint(space, rng));
  for (const [rank, centre] of best.entries()) {
    for (let i = 0; i < (rank === 0 ? 40 : 15); i++) draw(neighbour(space, centre, rng));
  }
  draws.sort(byPromise);
  const improved = apart(draws).map((start) => improve(start));
  return [...improved, ...draws].sort(byPromise);

  function improve(start: Candidate): Candidate {
    let at = start;
    for (let round = 0; round < 3; round++) {
      const before = at.promise;
      at = moves(climb(at));
      if (!space.axes.some(({ kind }) => kind !== "continuous") || at.promise <= before + 1e-6) break;
    }
    return at;
  }

  /** L-BFGS-B in the coordinates that can be told apart finely; the others stand. */
  function climb(start: Candidate): Candidate {
    featuresAt(space, start.unit, point);
    const wanted = space.axes.flatMap(({ kind, levels }, i) =>
      kind !== "category" && levels === null && point.active[i] === 1 ? [i] : [],
    );
    if (wanted.length === 0) return start;
    const unit = Float64Array.from(start.unit);
    const place = wanted.map((i) => (space.axes[i] as Axis).dimension);
    const evaluate = (x: Float64Array, gradient: Float64Array): number => {
      for (const [w, dimension] of place.entries()) unit[dimension] = x[w] as number;
      featuresAt(space, unit, point);
      const promise = acquisition.slopesAt(point, wanted, gradient);
      for (let w = 0; w < gradient.length; w++) gradient[w] = -(gradient[w] as number);
      return -promise;
    };
    const bounds = {
      lower: Float64Array.from(place, (dimension) => within?.lower[dimension] ?? 0),
      upper: Float64Array.from(place, (dimension) => within?.upper[dimension] ?? 1),
    };
    const from = place.map((dimension) => start.unit[dimension] as number);
    const { x } = lbfgsb(evaluate, from, bounds, {
      memory: 6,
      maxEvaluations: climbEvaluations,
      gradientTolerance: 1e-5,
      valueTolerance: 1e-7,
      firstMove: 0.05,
    });
    const to = Float64Array.from(start.unit);
    for (const [w, i] of wanted.entries()) {
      const axis = space.axes[i] as Axis;
      to[axis.dimension] = axis.snap(x[w] as number);
    }
    return better(start, to);
  }

  /** The best value of each listed axis in turn: all of few, of many those 1, 2, 4 … away (of categories, too: not all are tried). */
  function moves(start: Candidate): Candidate {
    let at = start;
    for (const [i, { levels, dimension, kind }] of space.axes.entries()) {
      if (levels === null) continue;
      featuresAt(space, at.unit, point);
      if (point.active[i] !== 1) continue;
      const here = levelAt(levels, at.unit[dimension] as number);
      for (const level of levels.length <= (kind === "category" ? 24 : 8) ? levels.keys() : steps(here, levels.length)) {
        if (level === here) continue;
        const to = Float64Array.from(at.unit);
        to[dimension] = levels[level] as number;
        at = better(at, to);
      }
    }
    return at;
  }

  function better(known: Candidate, unit: Float64Array): Candidate {
    const promise = promiseAt(unit);
    return promise > known.promise && allows(unit) ? { unit, promise } : known;
  }

  /** The first draws that are not near each other. */
  function apart(sorted: readonly Candidate[]): readonly Candidate[] {
    const chosen: Candidate[] = [];
    for (const one of sorted) {
      if (chosen.length >= climbs) break;
      if (chosen.every((other) => largestGap(one.unit, other.unit) > 0.1)) chosen.push(one);
    }
    return chosen;
  }
}

export function byPromise(a: Candidate, b: Candidate): number {
  return b.promise - a.promise;
}

function largestGap(a: Float64Array, b: Float64Array): number {
  let gap = 0;
  for (let i = 0; i < a.length; i++) gap = Math.max(gap, Math.abs((a[i] as number) - (b[i] as number)));
  return gap;
}

function levelAt(levels: Float64Array, u: number): number {
  let nearest = 0;
  for (let i = 1; i < levels.length; i++) {
    if (Math.abs((levels[i] as number) - u) < Math.abs((levels[nearest] as number) - u)) nearest = i;
  }
  return nearest;
}

function* steps(here: number, count: number): Generator<number> {
  for (let step = 1; step < count; step *= 2) {
    if (here + step < count) yield here + step;
    if (here - step >= 0) yield here - step;
  }
}

/** A uniform draw; every branch alike. */
export function uniformPoint({ axes, dimensionCount }: FeatureSpace, rng: Rng): Float64Array {
  const unit = new Float64Array(dimensionCount).fill(0.5);
  for (const axis of axes) unit[axis.dimension] = axis.snap(rng.uniform());
  return unit;
}

/** Draws the coordinates anew that lie outside. A step may stand outside after all where it is wider than the box. */
function moveInto({ lower, upper }: Box, { axes }: FeatureSpace, unit: Float64Array, rng: Rng): void {
  for (const { dimension, kind, snap } of axes) {
    const [u, low, high] = [unit[dimension] as number, lower[dimension] as number, upper[dimension] as number];
    if (kind !== "category" && (u < low || u > high)) unit[dimension] = snap(low + (high - low) * rng.uniform());
  }
}

/** A draw near a point: about two coordinates change in half of the draws, all in the others, by steps of a scale that is drawn, too. */
function neighbour({ axes }: FeatureSpace, centre: Float64Array, rng: Rng): Float64Array {
  const unit = Float64Array.from(centre);
  const scale = [0.3, 0.1, 0.03, 0.01, 0.002][rng.below(5)] as number;
  const rate = rng.uniform() < 0.5 ? 1 : Math.min(1, 2 / axes.length);
  const sure = rng.below(axes.length);
  for (const [i, axis] of axes.entries()) {
    if (i !== sure && rng.uniform() >= rate) continue;
    const u = unit[axis.dimension] as number;
    // Categories have no scale: a change of all coordinates keeps most of them.
    if (axis.kind === "category") {
      if (i === sure || rng.uniform() < 0.2) unit[axis.dimension] = axis.snap(rng.uniform());
    } else {
      const width = axis.levels === null ? scale : Math.max(scale, 0.8 / axis.levels.length);
      unit[axis.dimension] = axis.snap(Math.min(1, Math.max(0, u + width * rng.normal())));
    }
  }
  return unit;
}

/** The first candidate that was not finished yet; undefined where all were. */
export function firstUnseen(space: FeatureSpace, candidates: readonly Candidate[], seen: ReadonlySet<string>): Candidate | undefined {
  const point = emptyPoint(space);
  return candidates.find(({ unit }) => {
    featuresAt(space, unit, point);
    return !seen.has(keyOf(point));
  });
}
