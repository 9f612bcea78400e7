/**
 * Crossing and mutation on the unit cube.
 *
 * Sources: K. Deb, R. B. Agrawal, "Simulated binary crossover for continuous search space", Complex Systems 9(2), 1995, with the
 * bounded form of K. Deb, S. Agrawal, "A niched-penalty approach for constraint handling in genetic algorithms", ICANNGA 1999
 * (crossing and polynomial mutation, as in the authors' NSGA-II 1.1.6).
 *
 * A genome has one number an axis: the place in [0, 1], or NaN where the parameter does not exist in that configuration.
 */
import type { Parameter, ParamValue, Params, Space } from "../../core/space.ts";
import { exp, log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { dimensions } from "../../space/dimensions.ts";
import { discreteValues } from "../../space/discrete-values.ts";
import { type UnitScale, unitScale } from "../../space/unit-scale.ts";

export interface Gene {
  readonly name: string;
  /** "interval": any place; "ordered": values in an order; "category": values without one. */
  readonly kind: "interval" | "ordered" | "category";
  readonly scale: UnitScale;
  /** The values of an axis that can be counted; 0 for an interval. */
  readonly count: number;
  /** The place of the value `by` steps from the one at `unit`; itself at the end of the axis. */
  step(unit: number, by: number): number;
}

export function genesOf(space: Space): readonly Gene[] {
  return dimensions(space).map(({ name, parameter }) => geneOf(name, parameter));
}

function geneOf(name: string, parameter: Parameter): Gene {
  const scale = unitScale(parameter);
  const discrete = discreteValues(parameter);
  if (discrete === null) return { name, kind: "interval", scale, count: 0, step: (unit) => unit };
  const { count, at, indexOf } = discrete;
  const step = (unit: number, by: number): number => {
    const index = Math.min(count - 1, Math.max(0, indexOf(scale.fromUnit(unit)) + by));
    return scale.toUnit(at(index));
  };
  return { name, kind: parameter.kind === "choice" ? "category" : "ordered", scale, count, step };
}

export function genomeOf(genes: readonly Gene[], params: Params): Float64Array {
  return Float64Array.from(genes, ({ name, scale }) =>
    Object.hasOwn(params, name) ? scale.toUnit(params[name] as ParamValue) : Number.NaN,
  );
}

/** Distribution indexes: larger ones keep children nearer to their parents. */
const crossingIndex = 15;
const mutationIndex = 10;

/** A child of two parents, at places of `genomes`; every axis has a number. An axis that neither has is drawn anew. */
export function child(
  genes: readonly Gene[],
  [a, b]: readonly [Float64Array, Float64Array],
  rates: { readonly crossover: number; readonly mutation: number },
  rng: Rng,
): Float64Array {
  const made = new Float64Array(genes.length);
  const crossed = rng.uniform() < rates.crossover;
  for (let axis = 0; axis < genes.length; axis++) {
    const gene = genes[axis] as Gene;
    let left = a[axis] as number;
    let right = b[axis] as number;
    if (Number.isNaN(left)) left = right;
    if (Number.isNaN(right)) right = left;
    let unit = Number.isNaN(left) ? rng.uniform() : left;
    if (crossed && left < right) unit = cross(gene, left, right, rng);
    else if (crossed && right < left) unit = cross(gene, right, left, rng);
    if (rng.uniform() < rates.mutation) unit = mutate(gene, unit, rng);
    made[axis] = gene.count === 0 ? unit : gene.step(unit, 0);
  }
  return made;
}

/** One of the two children of `low` < `high`: by simulated binary crossing in half of the cases, else a parent's gene as it is. */
function cross(gene: Gene, low: number, high: number, rng: Rng): number {
  const mixed = gene.kind !== "category" && rng.uniform() < 0.5;
  const upper = rng.uniform() < 0.5;
  if (!mixed) return upper ? high : low;
  const draw = rng.uniform();
  // The spread is cut so that the child on this side keeps to its end of [0, 1].
  const gap = high - low;
  const room = 1 + (2 * (upper ? 1 - high : low)) / gap;
  const alpha = 2 - exp(-(crossingIndex + 1) * log(room));
  const base = draw * alpha;
  const spread = base <= 1 ? root(base, crossingIndex + 1) : root(1 / (2 - base), crossingIndex + 1);
  const middle = (low + high) / 2;
  return clamp(upper ? middle + (spread * gap) / 2 : middle - (spread * gap) / 2);
}

/** Polynomial mutation; a category changes to any other, an ordered value by at least one step. */
function mutate(gene: Gene, unit: number, rng: Rng): number {
  const draw = rng.uniform();
  if (gene.kind === "category") {
    const index = Math.min(gene.count - 1, Math.floor(unit * gene.count));
    const other = Math.min(gene.count - 2, Math.floor(draw * (gene.count - 1)));
    return gene.count < 2 ? unit : (other + (other >= index ? 1 : 0) + 0.5) / gene.count;
  }
  const power = mutationIndex + 1;
  const down = draw < 0.5;
  const rest = exp(power * log(down ? 1 - unit : unit));
  const change = down ? root(2 * draw + (1 - 2 * draw) * rest, power) - 1 : 1 - root(2 * (1 - draw) + (2 * draw - 1) * rest, power);
  const moved = clamp(unit + change);
  if (gene.kind === "interval" || gene.step(moved, 0) !== gene.step(unit, 0)) return moved;
  const stepped = gene.step(unit, down ? -1 : 1);
  return stepped === gene.step(unit, 0) ? gene.step(unit, down ? 1 : -1) : stepped;
}

function root(x: number, degree: number): number {
  return exp(log(x) / degree);
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
