/**
 * The iterations of smo.ts: a first pass that finds i, the test of the end, a second pass that finds j, and a step along the pair, which the
 * next first pass applies to f. A call makes few of them, since a running loop is never recompiled.
 */
import { GRADIENT, HIGHEST, LOWEST, STEP, STEPS, TOLERANCE } from "./problem";
import { apply, partner, partnerAnyDiagonal } from "./smo";
import { applyListing, partnerListed } from "./smo-candidates";
import { move } from "./step";

/** What j is chosen among: low rows where every K_tt is 1, low rows with any diagonal, candidates where every K_tt is 1. */
const UNIT_ROWS: u32 = 0;
const ANY_ROWS: u32 = 1;
const UNIT_CANDIDATES: u32 = 2;

/** Ends after `done` iterations, with no step pending. */
@inline
function solved(problem: usize, done: u32): bool {
  store<u32>(problem, done, STEPS);
  store<f64>(problem, 0, STEP);
  return true;
}

/** At most `count` iterations; true where the problem is solved. The pending step is always applied on return of true. */
@inline
function iterate(problem: usize, count: u32, among: u32): bool {
  const tolerance = load<f64>(problem, TOLERANCE);
  const f = <usize>load<u32>(problem, GRADIENT);
  for (let done: u32 = 0; done < count; done++) {
    const i = among == UNIT_CANDIDATES ? applyListing(problem) : apply(problem);
    const highest = load<f64>(problem, HIGHEST);
    // Written so that a NaN ends the loop.
    if (!(highest - load<f64>(problem, LOWEST) >= tolerance)) return solved(problem, done);
    const j = among == UNIT_CANDIDATES ? partnerListed(problem, i) : among == ANY_ROWS ? partnerAnyDiagonal(problem, i) : partner(problem, i);
    if (j == u32.MAX_VALUE) return solved(problem, done);
    move(problem, i, j, highest - <f64>load<f32>(f + (<usize>j << 2)));
  }
  store<u32>(problem, count, STEPS);
  return false;
}

/** For kernels whose diagonal is 1 everywhere. */
export function optimize(problem: usize, count: u32): bool {
  return iterate(problem, count, UNIT_ROWS);
}

/** For kernels with any diagonal. */
export function optimizeAnyDiagonal(problem: usize, count: u32): bool {
  return iterate(problem, count, ANY_ROWS);
}

/** For kernels whose diagonal is 1 everywhere, with the shorter second pass of smo-candidates.ts. */
export function optimizeByCandidates(problem: usize, count: u32): bool {
  return iterate(problem, count, UNIT_CANDIDATES);
}
