import { expect, it } from "vitest";
import type { Space } from "#hpo/core/space";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { gridIndex } from "#hpo/space/grid-index";
import { int } from "#hpo/space/int";
import { gridParams, spaceSize } from "#hpo/space/space-grid";
import { values } from "#hpo/space/values";

it("is the inverse of the grid's order", () => {
  const inner = { gamma: values([2, 4]), kind: choice({ a: { deep: int(1, 3) }, b: {} }) };
  const space: Space = {
    rate: float(0, 1, { step: 0.1 }),
    kernel: choice({ rbf: inner, constructor: { deep: int(1, 3) }, linear: {} }),
    flag: choice([true, false, null]),
  };
  const size = spaceSize(space) as number;
  expect(size).toBe(11 * 12 * 3);
  for (let index = 0; index < size; index++) expect(gridIndex(space, gridParams(space, index))).toBe(index);
  expect(gridIndex({}, {})).toBe(0);
});
