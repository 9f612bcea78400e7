import type { Evaluated, LbfgsbResult } from "../../math/lbfgsb.ts";
import { lbfgsbSteps } from "../../math/lbfgsb.ts";

/** What a trial is worth: to be minimised, with the gradient along all axes of the unit cube; both finite. */
export interface Answer {
  readonly trial: number;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** One start of the search: it moves along the continuous axes that are active where it began. */
export interface Descent {
  /** From 0. */
  readonly start: number;
  readonly axes: readonly number[];
  /** Where it began; other axes than `axes` stay there. */
  readonly origin: Float64Array;
  readonly steps: Generator<Float64Array, LbfgsbResult, Evaluated> | null;
  /** What to try next, in the unit cube; null once it has ended. */
  point: Float64Array | null;
  /** Points that were answered, the forbidden ones left out. */
  answers: number;
  /** The best point so far. */
  best: { readonly answer: Answer; readonly point: Float64Array } | null;
  /** Of the first answer: its value, and the largest entry of its gradient. */
  unit: { readonly value: number; readonly slope: number } | null;
}

/** A start ends where its next move is smaller than this along each axis of the unit cube: no parameter is worth more digits. */
const leastMove = 1e-8;
/** The first step moves no parameter by more than a tenth of its range. */
const firstMove = 0.1;

/** A start at a point of the unit cube. Without axes to move along it asks for that point alone. */
export function descent(start: number, origin: Float64Array, { axes, memory }: { axes: readonly number[]; memory: number }): Descent {
  const steps =
    axes.length === 0
      ? null
      : lbfgsbSteps(
          axes.map((d) => origin[d] as number),
          axes.map(() => 0),
          axes.map(() => 1),
          // Values are told in units of the first slope, so these hang on no scale of the objective.
          { memory, firstMove, gradientTolerance: 1e-9, valueTolerance: 1e-12, maxEvaluations: Infinity },
        );
  steps?.next();
  return { start, axes, origin, steps, point: origin.slice(), answers: 0, best: null, unit: null };
}

/** Tells what the point asked for is worth; null: nothing to go by, so the search comes closer to its best point, or ends where it has none. */
export function tell(state: Descent, answer: Answer | null): void {
  const { steps, axes, origin, point } = state;
  if (steps === null || point === null) {
    state.point = null;
    return;
  }
  if (answer !== null) {
    const slopes = axes.map((d) => answer.gradient[d] as number);
    state.unit ??= { value: answer.value, slope: Math.max(...slopes.map(Math.abs)) || 1 };
    if (state.best === null || answer.value < state.best.answer.value) state.best = { answer, point };
  }
  const unit = state.unit ?? { value: 0, slope: 1 };
  const told =
    answer === null
      ? { value: Infinity, gradient: axes.map(() => 0) }
      : { value: (answer.value - unit.value) / unit.slope, gradient: axes.map((d) => (answer.gradient[d] as number) / unit.slope) };
  const step = steps.next(told);
  if (step.done === true) {
    state.point = null;
    return;
  }
  const next = origin.slice();
  for (const [i, d] of axes.entries()) next[d] = step.value[i] as number;
  const from = state.best?.point;
  state.point = from !== undefined && axes.every((d) => Math.abs((next[d] as number) - (from[d] as number)) < leastMove) ? null : next;
}
