import { choice, float, int } from "hpo";
import { objectiveGradients } from "#hpo/study/objective-gradients";
import { describe, expect, it } from "vitest";

const space = {
  x: float(-1, 1),
  n: int(1, 3),
  s: float(0, 1, { step: 0.5 }),
  kind: choice({ plain: {}, curved: { by: float(0.1, 10) } }),
};

describe("objectiveGradients()", () => {
  const one = { space, metrics: { loss: { name: "loss", direction: "minimize", unit: "number", needs: null } } } as const;
  const two = { space, metrics: { ...one.metrics, cost: { ...one.metrics.loss, name: "cost" } } } as const;
  const plain = { x: 0.5, n: 1, s: 0.5, kind: "plain" };
  const curved = { ...plain, kind: "curved", by: 2 };

  it("takes one number for each active float, of the only metric or of each by name", () => {
    expect(objectiveGradients(one, plain, 3)).toBeUndefined();
    expect(objectiveGradients(one, plain, { value: 3 })).toBeUndefined();
    expect(objectiveGradients(one, plain, { value: 3, gradient: { x: 2 } })).toEqual({ loss: { x: 2 } });
    expect(objectiveGradients(one, plain, { value: 3, gradient: { s: 1, x: -0 } })).toEqual({ loss: { x: 0, s: 1 } });
    expect(objectiveGradients(one, curved, { loss: { value: 3, gradient: { by: Number.NaN, x: 2 } } })).toEqual({
      loss: { x: 2, by: Number.NaN },
    });
    expect(objectiveGradients(two, plain, { loss: { value: 3, gradient: { x: 2 } }, cost: 1 })).toEqual({ loss: { x: 2 } });
    expect(objectiveGradients({ space: {}, metrics: one.metrics }, {}, { value: 3, gradient: {} })).toEqual({ loss: {} });
  });

  it.each([
    [plain, { y: 1, x: 1 }, 'the gradient of loss must have a number for each float that is active in the trial (x, s); got "y".'],
    [plain, { x: 1, n: 1 }, 'got "n".'],
    [plain, { x: 1, by: 1 }, 'got "by".'],
    [curved, { x: 1 }, "(x, s, by); by is missing."],
    [plain, { x: "1" }, 'got "1" for x.'],
    [plain, [1], "got [1]."],
    [plain, 1, "got 1."],
    [plain, null, "got null."],
  ])("refuses, for %j, %j", (params, gradient, message) => {
    expect(() => objectiveGradients(one, params, { value: 3, gradient })).toThrow(message);
  });
});
