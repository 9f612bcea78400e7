import { HpoError } from "../../core/hpo-error.ts";
import type { FinishedTrial, SamplerContext } from "../../core/sampler.ts";
import type { Params, Space } from "../../core/space.ts";
import { rng } from "../../math/rng.ts";
import { dimensions } from "../../space/dimensions.ts";
import { decode, encode } from "../../space/unit-cube.ts";
import { gradientNames, unitGradient } from "../../space/unit-gradient.ts";
import { type Answer, type Descent, descent, tell } from "./descent.ts";
import { judge, type Probe, probeFrom } from "./gradient-check.ts";
import { startPoints } from "./start-points.ts";

/** A trial that no start asked for: one may begin there. */
interface Seed {
  readonly answer: Answer;
  readonly point: Float64Array;
}

/** Trials s, s + count, s + 2 count … belong to slot s. */
interface Slot {
  descent: Descent;
  /** Where it began, where that was a seed. */
  seed: Seed | null;
  /** Asked for before the next point of the start. */
  probe: Probe | null;
}

/** What the search knows. It follows from the trials absorbed, in number order; a slot's question changes with the slot's own trials alone. */
export interface SearchState {
  readonly space: Space;
  readonly slots: readonly Slot[];
  /** Trials 0 … absorbed − 1 are in it. */
  absorbed: number;
  readonly pointOf: (index: number) => Float64Array;
  readonly search: SearchOptions;
  readonly feasible: (params: Params) => boolean;
  /** The number of the next start. */
  nextStart: number;
  /** Best first, at most one a slot. */
  seeds: Seed[];
  /** Whether any trial told a gradient. */
  told: boolean;
  /** How often the check may still begin; 0: it is over. */
  checks: number;
}

export interface SearchOptions {
  readonly sign: number;
  readonly memory: number;
  readonly check: boolean;
  readonly starts: number;
}

/** A check whose answers say nothing begins anew at another start, so often at most. */
const mostChecks = 3;
/** So many starts in a row that the study's rules forbid are passed over. */
const mostForbidden = 64;

export function searchState({ space, seed = 0, feasible = () => true }: SamplerContext, search: SearchOptions): SearchState {
  const state: SearchState & { slots: Slot[] } = {
    space,
    slots: [],
    absorbed: 0,
    pointOf: startPoints(space, rng(seed).fork("lbfgs")),
    search,
    feasible,
    nextStart: 0,
    seeds: [],
    told: false,
    checks: search.check ? mostChecks : 0,
  };
  for (let s = 0; s < search.starts; s++) {
    const slot: Slot = { descent: nextDescent(state), seed: null, probe: null };
    state.slots.push(slot);
    settle(state, slot);
  }
  return state;
}

/** @throws HpoError OBJECTIVE_INVALID, before it changes the state, where gradients are missing or wrong. */
export function absorbed(state: SearchState, trial: FinishedTrial): SearchState {
  const { slots, space } = state;
  const slot = slots[trial.number % slots.length] as Slot;
  const { continuous } = gradientNames(space, trial.params);
  const gradient = trial.gradients?.[0] ?? null;
  if (trial.state === "complete" && continuous.length > 0 && gradient === null && !state.told) throw noGradient(trial.number);
  const asked = slot.probe?.point ?? slot.descent.point;
  const answer = answerOf(state, trial);
  if (asked === null || !isSame(decode(space, asked), trial.params))
    takeOther(state, slot, answer === null ? null : { answer, point: encode(space, trial.params) });
  else if (slot.probe !== null) takeProbe(state, { slot, probe: slot.probe }, answer);
  else {
    tell(slot.descent, answer);
    slot.descent.answers++;
    if (slot.descent.answers === 1) beginCheck(state, slot, answer === null ? null : { answer, point: asked });
  }
  state.told ||= gradient !== null;
  state.absorbed = trial.number + 1;
  settle(state, slot);
  return state;
}

/** null where there is nothing to go by: no value, no gradient, a number that is not finite, a constraint that is broken. */
function answerOf(
  { space, search }: SearchState,
  { number, state, params, values, gradients, constraints = [] }: FinishedTrial,
): Answer | null {
  const value = search.sign * (values[0] ?? Number.NaN);
  const told = gradients?.[0] ?? null;
  if (state !== "complete" || told === null || !Number.isFinite(value) || !constraints.every((excess) => excess <= 0)) return null;
  const gradient = unitGradient(space, params, told)?.map((slope) => search.sign * slope);
  return gradient === undefined ? null : { trial: number, value, gradient };
}

/** A trial of the slot that was not what the slot asked for: given by the study, by another sampler, or moved by a decorator. */
function takeOther(state: SearchState, slot: Slot, seed: Seed | null): void {
  if (slot.probe !== null) state.checks++;
  slot.probe = null;
  if (seed !== null) keepSeed(state, seed);
  if (slot.descent.answers > 0) {
    tell(slot.descent, null);
    return;
  }
  // Nothing was asked for yet: there may be a better place to begin by now.
  if (slot.seed !== null) keepSeed(state, slot.seed);
  if (state.seeds.length > 0) renew(state, slot);
}

function keepSeed(state: SearchState, seed: Seed): void {
  const before = state.seeds.findIndex(({ answer }) => seed.answer.value < answer.value);
  state.seeds.splice(before < 0 ? state.seeds.length : before, 0, seed);
  state.seeds.length = Math.min(state.seeds.length, state.slots.length);
}

function beginCheck(state: SearchState, slot: Slot, at: Seed | null): void {
  if (state.checks === 0 || at === null || slot.descent.axes.length === 0 || state.slots.some(({ probe }) => probe !== null)) return;
  const probe = probeFrom(at.answer, at.point, { axes: slot.descent.axes, second: false });
  if (!state.feasible(decode(state.space, probe.point))) return;
  state.checks--;
  slot.probe = probe;
}

function takeProbe(state: SearchState, { slot, probe }: { slot: Slot; probe: Probe }, answer: Answer | null): void {
  const { verdict, found, told } = answer === null ? { verdict: "unclear", found: 0, told: 0 } : judge(probe, answer);
  if (verdict === "disagrees") {
    const at = probe.point.map((x, d) => x - (probe.move[d] as number));
    const second = probeFrom(probe.from, at, { axes: slot.descent.axes, second: true });
    if (probe.second)
      throw wrongGradient(probe.from.trial, answer?.trial ?? 0, { found: state.search.sign * found, told: state.search.sign * told });
    slot.probe = second;
    return;
  }
  slot.probe = null;
  // One of two that agrees: a kink or noise lay in the other.
  if (verdict === "agrees" || probe.second) state.checks = 0;
}

/** Sees to it that the slot has a question that the study's rules allow. */
function settle(state: SearchState, slot: Slot): void {
  for (let forbidden = 0; forbidden < mostForbidden; ) {
    const point = slot.probe?.point ?? slot.descent.point;
    if (point === null) renew(state, slot);
    else if (state.feasible(decode(state.space, point))) return;
    else if (slot.probe !== null) slot.probe = null;
    else {
      if (slot.descent.best === null) forbidden++;
      tell(slot.descent, null);
    }
  }
}

/** A new start: at the best trial that none began at, or at the next Sobol point. */
function renew(state: SearchState, slot: Slot): void {
  const seed = state.seeds.shift() ?? null;
  slot.seed = seed;
  slot.probe = null;
  slot.descent = seed === null ? nextDescent(state) : descentAt(state, seed.point);
  if (seed === null) return;
  tell(slot.descent, seed.answer);
  beginCheck(state, slot, seed);
}

function nextDescent(state: SearchState): Descent {
  return descentAt(state, state.pointOf(state.nextStart));
}

function descentAt(state: SearchState, point: Float64Array): Descent {
  const { space, search } = state;
  const { continuous } = gradientNames(space, decode(space, point));
  const axes = [...dimensions(space).entries()].filter(([, { name }]) => continuous.includes(name)).map(([d]) => d);
  return descent(state.nextStart++, point, { axes, memory: search.memory });
}

function isSame(a: Params, b: Params): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

function noGradient(trial: number): HpoError {
  return new HpoError(
    "OBJECTIVE_INVALID",
    `lbfgs(): trials must tell a gradient; trial ${trial} told its value alone. Return { value, gradient: { … } } with a derivative for each float from the objective (a model: predictSlopes), or take a sampler that needs none, such as gp() or cmaes().`,
    { data: { trial } },
  );
}

function wrongGradient(from: number, to: number, { found, told }: { readonly found: number; readonly told: number }): HpoError {
  const by = (change: number): string => `${change < 0 ? "fell" : "rose"} by ${Math.abs(change).toPrecision(3)}`;
  const would = `${told < 0 ? "fall" : "rise"} by ${Math.abs(told).toPrecision(3)}`;
  return new HpoError(
    "OBJECTIVE_INVALID",
    `lbfgs(): gradients must be the derivatives of the value by each float, in its own units; from trial ${from} to trial ${to} the value ${by(found)}, and by the gradients it had to ${would}. Mend the gradient; or, where the value is too noisy to tell, search with lbfgs({ check: false }).`,
    { data: { trials: [from, to], found, told } },
  );
}
