import type { Parameter, ParamValue, Params, Space } from "../../core/space.ts";
import { log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { dimensions } from "../../space/dimensions.ts";
import { decode } from "../../space/unit-cube.ts";
import { type Gene, genesOf, genomeOf } from "../nsga2/variation.ts";

/** An axis of the unit cube, and how it is explored. */
interface Axis {
  readonly gene: Gene;
  /** Stays as it is. */
  readonly fixed: boolean;
  /** By how much it is moved on the unit scale; null for what has no order. */
  readonly shift: number | null;
}

/** How parameters change when they are taken over. */
export interface Exploration {
  readonly space: Space;
  /** The probability that a parameter is drawn anew instead of moved. */
  readonly resample: number;
  readonly axes: readonly Axis[];
}

export function exploration(
  space: Space,
  { perturb, resample, fixed }: { readonly perturb: number; readonly resample: number; readonly fixed: readonly string[] },
): Exploration {
  const genes = genesOf(space);
  const axes = dimensions(space).map(({ name, parameter }, place) => ({
    gene: genes[place] as Gene,
    fixed: fixed.includes(name),
    shift: shiftOf(parameter, perturb),
  }));
  return { space, resample, axes };
}

/** A factor on a log scale; on any other what that factor does to the middle of an interval from 0. */
function shiftOf(parameter: Parameter, perturb: number): number | null {
  if (parameter.kind === "choice") return null;
  const logarithmic = (parameter.kind === "float" || parameter.kind === "int") && parameter.log && parameter.low < parameter.high;
  if (!logarithmic) return (perturb - 1) / 2;
  // Integers on a log scale have buckets half a step wider at both ends.
  const half = parameter.kind === "int" ? 0.5 : 0;
  return log(perturb) / (log(parameter.high + half) - log(parameter.low - half));
}

/** What another configuration becomes: each parameter is drawn anew with probability `resample`, else moved up or down; a choice then stays. */
export function explored({ space, resample, axes }: Exploration, params: Params, rng: Rng): Params {
  const genome = genomeOf(
    axes.map(({ gene }) => gene),
    params,
  );
  const unit = axes.map((axis, place) => {
    // Two numbers for every axis, so that one's draws do not hang on the others.
    const [kind, draw] = [rng.uniform(), rng.uniform()];
    const present = genome[place] as number;
    // It is read only where a choice above it has changed.
    if (Number.isNaN(present)) return draw;
    if (axis.fixed) return present;
    if (kind < resample) return draw;
    return axis.shift === null ? present : moved(axis.gene, present, draw < 0.5 ? -axis.shift : axis.shift);
  });
  return decode(space, unit);
}

/** By `shift`, at least to the next value of what can be counted, and not beyond the ends; at an end the other way. */
function moved(gene: Gene, unit: number, shift: number): number {
  const to = movedOneWay(gene, unit, shift);
  return to === movedOneWay(gene, unit, 0) ? movedOneWay(gene, unit, -shift) : to;
}

function movedOneWay({ count, step }: Gene, unit: number, shift: number): number {
  const to = Math.min(1, Math.max(0, unit + shift));
  if (count === 0) return to;
  return step(to, 0) === step(unit, 0) ? step(unit, Math.sign(shift)) : step(to, 0);
}

const mostTold = 5;

/** "rate 0.01 → 0.012, depth 3 → 4": for people. */
export function changesText({ axes }: Exploration, before: Params, after: Params): string {
  const changes = axes.flatMap(({ gene: { name } }) => {
    const [from, to] = [before, after].map((params) => (Object.hasOwn(params, name) ? params[name] : undefined));
    if (from === to) return [];
    return [from === undefined ? `${name} ${shown(to)}` : to === undefined ? [] : `${name} ${shown(from)} → ${shown(to)}`].flat();
  });
  const more = changes.length > mostTold ? ` and ${changes.length - mostTold} more` : "";
  return changes.length === 0 ? "nothing changed" : `${changes.slice(0, mostTold).join(", ")}${more}`;
}

/** Three digits. */
function shown(value: ParamValue | undefined): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : String(value);
}
