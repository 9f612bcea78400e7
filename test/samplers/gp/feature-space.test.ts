import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activeParameters } from "#hpo/space/active-parameters";
import { checkSpace } from "#hpo/space/check-space";
import { choice } from "#hpo/space/choice";
import { dimensions } from "#hpo/space/dimensions";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { decode } from "#hpo/space/unit-cube";
import { values } from "#hpo/space/values";
import { emptyPoint, featuresAt, featureSpace, featuresOf, keyOf } from "#hpo/samplers/gp/feature-space";
import { arbitrarySpace } from "../../space/arbitrary-space.ts";

describe("the features of a configuration", () => {
  it("are active where its parameters are, and the same from its coordinates and its values", () => {
    fc.assert(
      fc.property(arbitrarySpace(false), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (space, stream) => {
        const features = featureSpace(space);
        const all = dimensions(space);
        const unit = Float64Array.from(all, () => stream.next().value as number);
        for (const axis of features.axes) unit[axis.dimension] = axis.snap(unit[axis.dimension]!);
        const point = emptyPoint(features);
        featuresAt(features, unit, point);
        const params = decode(space, unit);
        const active = new Set(activeParameters(space, params));
        for (const [i, axis] of features.axes.entries()) expect(point.active[i]).toBe(active.has(all[axis.dimension]!.name) ? 1 : 0);
        const told = featuresOf(features, params);
        // encode gives floats back to within 10⁻¹² of the larger end.
        for (const [i, value] of told.features.entries()) {
          if (features.axes[i]!.levels !== null) expect(value).toBe(point.features[i]);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("leave out what has one value, take branches of one alternative for none, and tell configurations apart", () => {
    const space = checkSpace({
      one: int(3, 3),
      only: choice({ a: { x: float(0, 1) } }),
      kind: choice({ b: { y: values([1, 2, 4]) }, c: { z: choice({ d: { w: int(1, 9) }, e: {} }) } }),
    });
    const features = featureSpace(space);
    expect(features.axes.map(({ kind }) => kind)).toEqual(["continuous", "category", "ordered", "category", "ordered"]);
    expect(features.axes[0]!.conditions).toBeNull();
    expect(features.axes[4]!.conditions).toEqual([{ axis: 3, level: 0 }]);
    const point = (params: object) => featuresOf(features, { one: 3, only: "a", x: 0.25, ...params });
    expect([...point({ kind: "b", y: 2 }).features]).toEqual([0.25, 0, 0.5, -1, 0.5]);
    expect([...point({ kind: "c", z: "d", w: 9 }).features]).toEqual([0.25, 1, 0.5, 0, 17 / 18]);
    const keys = [
      { kind: "b", y: 1 },
      { kind: "b", y: 2 },
      { kind: "c", z: "e" },
      { kind: "c", z: "d", w: 5 },
    ].map((one) => keyOf(point(one)));
    expect(new Set(keys).size).toBe(4);
  });
});
