import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { spaceFromJson, spaceJson } from "#hpo/space/space-json";
import { values } from "#hpo/space/values";
import { describe, expect, it } from "vitest";

describe("spaceJson()", () => {
  it("keeps a space and the order of its parameters through text", () => {
    const space = {
      z: float(0, 1),
      kernel: choice({
        rbf: { gamma: float(0.1, 1, { log: true }) },
        forest: { depth: int(1, 3), kind: choice({ a: { q: values([1, 2]) }, b: {} }) },
      }),
      a: values([true, null, "x"]),
    };
    const read = spaceFromJson(JSON.parse(JSON.stringify(spaceJson(space))) as ReturnType<typeof spaceJson>);
    expect(read).toEqual(space);
    expect(Object.keys(read)).toEqual(["z", "kernel", "a"]);
  });
});
