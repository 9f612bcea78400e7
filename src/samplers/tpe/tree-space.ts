import type { SamplerContext } from "../../core/sampler.ts";
import type { Params, ParamValue, Space } from "../../core/space.ts";
import { log } from "../../math/elementary.ts";
import { visitActive } from "../../space/active-parameters.ts";
import { dimensions } from "../../space/dimensions.ts";
import { discreteValues } from "../../space/discrete-values.ts";
import { unitScale } from "../../space/unit-scale.ts";

/**
 * One parameter as the densities see it. A value's code is its place in [0, 1] (interval), the number of its cell (cells: what can be counted
 * and has an order) or of its alternative (category); NaN where the parameter is not active.
 */
export interface Axis {
  readonly name: string;
  readonly kind: "interval" | "cells" | "category";
  /** Cells or alternatives; 0 for an interval. */
  readonly count: number;
  /** Whether every configuration has it. */
  readonly always: boolean;
  codeOf(value: ParamValue): number;
  valueOf(code: number): ParamValue;
  /** The lower edge of a cell in [0, 1]; of cell `count` it is 1. */
  edge(cell: number): number;
}

/** A space with its axes in the order of `dimensions(space)`. */
export interface TreeSpace {
  readonly space: Space;
  readonly axes: readonly Axis[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** How many axes are intervals or cells: the dimension of the kernels. */
  readonly ordered: number;
  /** Whether there are no branches: every configuration has every axis. */
  readonly flat: boolean;
  /** Whether the study has rules, and whether they allow a configuration. */
  readonly ruled: boolean;
  readonly feasible: (params: Params) => boolean;
}

export function treeSpace({ space, feasible }: SamplerContext): TreeSpace {
  const axes = dimensions(space).map(({ name, parameter }): Axis => {
    const always = Object.hasOwn(space, name);
    const scale = unitScale(parameter);
    const discrete = discreteValues(parameter);
    if (discrete === null) {
      return { name, kind: "interval", count: 0, always, codeOf: scale.toUnit, valueOf: scale.fromUnit, edge: (cell) => cell };
    }
    const counted = { name, count: discrete.count, always, codeOf: discrete.indexOf, valueOf: discrete.at };
    if (parameter.kind === "int" && parameter.log && discrete.count > 1) {
      const start = log(parameter.low - 0.5);
      const width = log(parameter.high + 0.5) - start;
      return { ...counted, kind: "cells", edge: (cell) => (log(parameter.low - 0.5 + cell) - start) / width };
    }
    return { ...counted, kind: parameter.kind === "choice" ? "category" : "cells", edge: (cell) => cell / discrete.count };
  });
  const indexOf = new Map(axes.map(({ name }, index) => [name, index]));
  const ordered = axes.filter(({ kind }) => kind !== "category").length;
  return {
    space,
    axes,
    indexOf,
    ordered,
    flat: axes.every(({ always }) => always),
    ruled: feasible !== undefined,
    feasible: feasible ?? (() => true),
  };
}

/** The codes of a configuration, one an axis. */
export function codesOf({ space, axes, indexOf }: TreeSpace, params: Params): Float64Array {
  const codes = new Float64Array(axes.length).fill(Number.NaN);
  visitActive(space, (name) => {
    const d = indexOf.get(name) as number;
    const value = params[name] as ParamValue;
    codes[d] = (axes[d] as Axis).codeOf(value);
    return value;
  });
  return codes;
}

/** Fills `codes` along the tree: `draw` gives the code of each active axis; the others are NaN. */
export function drawAlong({ space, axes, indexOf, flat }: TreeSpace, codes: Float64Array, draw: (axis: Axis, d: number) => number): void {
  if (flat) {
    for (let d = 0; d < axes.length; d++) codes[d] = draw(axes[d] as Axis, d);
    return;
  }
  codes.fill(Number.NaN);
  visitActive(space, (name) => {
    const d = indexOf.get(name) as number;
    const axis = axes[d] as Axis;
    const code = draw(axis, d);
    codes[d] = code;
    return axis.kind === "category" ? axis.valueOf(code) : null;
  });
}

/** The configuration of codes, frozen, in the order of declaration. */
export function paramsOf({ space, axes, indexOf }: TreeSpace, codes: Float64Array): Params {
  const params: Record<string, ParamValue> = {};
  visitActive(space, (name) => {
    const d = indexOf.get(name) as number;
    const value = (axes[d] as Axis).valueOf(codes[d] as number);
    params[name] = value;
    return value;
  });
  return Object.freeze(params);
}

/** Where a code lies in [0, 1]: a cell's middle. */
export function unitOf(axis: Axis, code: number): number {
  return axis.kind === "cells" ? (axis.edge(code) + axis.edge(code + 1)) / 2 : code;
}

/**
 * The square of the distance of two configurations, or a number of at least `enough`: a different alternative, or an axis that only one of them has,
 * counts as the whole range.
 */
function squaredDistance(axes: readonly Axis[], a: Float64Array, b: Float64Array, enough: number): number {
  let sum = 0;
  for (let d = 0; d < a.length && sum < enough; d++) {
    const axis = axes[d] as Axis;
    const [x, y] = [a[d] as number, b[d] as number];
    if (Object.is(x, y)) continue;
    const gap = axis.kind === "category" ? 1 : unitOf(axis, x) - unitOf(axis, y);
    sum += Number.isNaN(gap) ? 1 : gap * gap;
  }
  return sum;
}

/** The nearest of the trials before trial `id`, the earliest where several are. */
export function nearestOf(tree: TreeSpace, codes: readonly Float64Array[], id: number): number {
  let nearest = 0;
  let least = Infinity;
  for (let other = 0; other < id; other++) {
    const distance = squaredDistance(tree.axes, codes[id] as Float64Array, codes[other] as Float64Array, least);
    if (distance >= least) continue;
    least = distance;
    nearest = other;
  }
  return nearest;
}

/** The code of the value at a place in [0, 1] of an axis that has an order. */
export function codeAt(axis: Axis, unit: number): number {
  if (axis.kind === "interval") return unit;
  // The last cell whose lower edge is not above `unit`.
  let low = 0;
  let high = axis.count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (axis.edge(middle) <= unit) low = middle;
    else high = middle - 1;
  }
  return low;
}
