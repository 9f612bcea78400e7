import type { Parameter, Params, Space } from "../../core/space.ts";
import { dimensions } from "../../space/dimensions.ts";
import { discreteValues } from "../../space/discrete-values.ts";
import { encode } from "../../space/unit-cube.ts";
import { unitScale } from "../../space/unit-scale.ts";

/** Ordered axes with at most so many values are searched value by value; with more, as if they were continuous, and rounded. */
const mostLevels = 512;

/** An axis that has more than one value, as the model sees it. */
export interface Axis {
  /** Its coordinate in the unit cube. */
  readonly dimension: number;
  readonly kind: "continuous" | "ordered" | "category";
  /** The coordinates of its values, ascending; null where they are too many to list. */
  readonly levels: Float64Array | null;
  /** The nearest coordinate that a configuration can have. */
  snap(u: number): number;
  /** It exists where one of these axes has that level; null where it always exists. */
  readonly conditions: readonly { readonly axis: number; readonly level: number }[] | null;
}

/**
 * What the model sees of a configuration: one number an axis. An ordered axis gives its coordinate in the unit cube (integers the middle of
 * their bucket, so that the kernel sees rounded values: E. C. Garrido-Merchán, D. Hernández-Lobato, Neurocomputing 380, 2020, doi
 * 10.1016/j.neucom.2019.11.004), a category its index; an axis that is not active ½, or −1 for a category.
 */
export interface FeatureSpace {
  readonly space: Space;
  /** Coordinates of the unit cube. */
  readonly dimensionCount: number;
  readonly axes: readonly Axis[];
  /** 1 for categories. */
  readonly categorical: Uint8Array;
  /** Some axes are not always active. */
  readonly branched: boolean;
}

/** One configuration. `active` has 1 where an axis exists. */
export interface FeaturePoint {
  readonly features: Float64Array;
  readonly active: Uint8Array;
}

export function featureSpace(space: Space): FeatureSpace {
  const all = dimensions(space);
  const axes: Axis[] = [];
  const place = new Map<string, number>();
  const parents = conditionsOf(space);
  for (const [dimension, { name, parameter }] of all.entries()) {
    const count = discreteValues(parameter)?.count ?? Infinity;
    // A choice of one alternative is no condition.
    if (count <= 1) continue;
    place.set(name, axes.length);
    const always = parents.get(name)?.some((condition) => condition === null) === true;
    const conditions = always
      ? null
      : (parents.get(name) ?? []).flatMap((condition) => {
          const axis = condition === null ? undefined : place.get(condition.name);
          return axis === undefined || condition === null ? [] : [{ axis, level: condition.level }];
        });
    axes.push(axisOf(dimension, parameter, count, conditions));
  }
  return Object.freeze({
    space,
    dimensionCount: all.length,
    axes: Object.freeze(axes),
    categorical: Uint8Array.from(axes, ({ kind }) => (kind === "category" ? 1 : 0)),
    branched: axes.some(({ conditions }) => conditions !== null),
  });
}

function axisOf(dimension: number, parameter: Parameter, count: number, conditions: Axis["conditions"]): Axis {
  const scale = unitScale(parameter);
  const values = discreteValues(parameter);
  const listed = values !== null && (count <= mostLevels || parameter.kind === "choice");
  const levels = listed ? Float64Array.from({ length: count }, (_, i) => scale.toUnit(values.at(i))) : null;
  const kind = parameter.kind === "choice" ? "category" : values === null ? "continuous" : "ordered";
  const snap = values === null ? (u: number) => u : (u: number) => scale.toUnit(scale.fromUnit(u));
  return Object.freeze({ dimension, kind, levels, snap, conditions });
}

/** For each name the alternatives that it exists under; null among them where it exists without one. */
function conditionsOf(space: Space): ReadonlyMap<string, ({ name: string; level: number } | null)[]> {
  const found = new Map<string, ({ name: string; level: number } | null)[]>();
  const walk = (inner: Space, under: { name: string; level: number } | null): void => {
    for (const [name, parameter] of Object.entries(inner)) {
      const known = found.get(name) ?? [];
      known.push(under);
      found.set(name, known);
      if (parameter.kind !== "choice" || parameter.branches === null) continue;
      // A choice of one alternative hands its own condition on.
      const branches = Object.values(parameter.branches);
      for (const [level, branch] of branches.entries()) walk(branch, branches.length === 1 ? under : { name, level });
    }
  };
  walk(space, null);
  return found;
}

/** The features at a point of the unit cube, whose coordinates must be those of values (`snap`); into `into`. */
export function featuresAt({ axes }: FeatureSpace, unit: Float64Array, into: FeaturePoint): void {
  for (let i = 0; i < axes.length; i++) {
    const { dimension, kind, levels, conditions } = axes[i] as Axis;
    let active = 1;
    if (conditions !== null) {
      active = 0;
      // An axis stands after the choices that it hangs on.
      for (const { axis, level } of conditions) {
        if (into.active[axis] === 1 && into.features[axis] === level) active = 1;
      }
    }
    const u = unit[dimension] as number;
    into.active[i] = active;
    if (kind !== "category") into.features[i] = active === 1 ? u : 0.5;
    else if (active === 0) into.features[i] = -1;
    else into.features[i] = Math.min((levels as Float64Array).length - 1, Math.floor(u * (levels as Float64Array).length));
  }
}

export function emptyPoint({ axes }: FeatureSpace): FeaturePoint {
  return { features: new Float64Array(axes.length), active: new Uint8Array(axes.length) };
}

/** The features of a configuration. */
export function featuresOf(space: FeatureSpace, params: Params): FeaturePoint {
  const point = emptyPoint(space);
  featuresAt(space, encode(space.space, params), point);
  return point;
}

/** Equal for equal configurations. */
export function keyOf({ features }: FeaturePoint): string {
  return features.join();
}
