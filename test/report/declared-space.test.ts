import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "#hpo/core/json";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { declaredParameters, declaredSpace } from "#hpo/report/declared-space";
import { studyPage } from "#hpo/report/study-page";
import { fitsTable } from "#hpo/report/table-axes";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { spaceJson } from "#hpo/space/space-json";
import { values } from "#hpo/space/values";
import { landsat } from "../golden/snapshots.ts";

describe("declaredSpace", () => {
  it("keeps the declared order, also of names that look like numbers, with branches after their choice", () => {
    const inner = { "2": values([1]), "1": int(0, 9, { step: 3 }) };
    const space = spaceJson({ z: float(1, 8, { log: true }), kernel: choice({ b: inner, a: {} }), c: values(["x"]) });
    expect([...declaredParameters(space).keys()]).toEqual(["z", "kernel", "1", "2", "c"]);
    const [z, kernel] = declaredSpace(JSON.parse(JSON.stringify(space)));
    expect(z).toEqual({ name: "z", kind: "float", values: [], low: 1, high: 8, step: null, log: true, branches: [] });
    expect(kernel?.branches.map((branch) => branch.value)).toEqual(["b", "a"]);
  });

  it("takes a stranger's JSON as far as it can be understood, and never throws", () => {
    const entry = fc.tuple(
      fc.constantFrom("gamma", "C", "x"),
      fc.oneof(
        fc.jsonValue(),
        fc.record({ kind: fc.constantFrom("float", "int", "values", "choice", 5), values: fc.jsonValue(), branches: fc.jsonValue() }),
        fc.record({
          kind: fc.constantFrom("float", "int"),
          low: fc.jsonValue(),
          high: fc.jsonValue(),
          step: fc.constantFrom(0, 1, null, "a"),
        }),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(entry)), (space) => {
        const snapshot = { ...landsat, declaration: { ...landsat.declaration, space: space as Json } };
        expect(studyPage(snapshot)).toContain("declaration");
        expect(accuracyTable(snapshot).best).not.toBeNull();
        expect(typeof fitsTable(snapshot)).toBe("boolean");
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("leaves out branches that are nested without end", () => {
    let space: Json = [];
    for (let depth = 0; depth < 5000; depth++) space = [["k", { kind: "choice", values: ["a"], branches: [["a", space]] }]];
    expect([...declaredParameters(space).keys()]).toEqual(["k"]);
  });
});
