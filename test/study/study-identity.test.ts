import { admitStudy, changedFields } from "#hpo/study/study-identity";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { StudyDeclaration, StudyHeader } from "#hpo/core/records";

const declaration: StudyDeclaration = {
  space: { x: { kind: "values", values: [1, 2] } },
  cv: null,
  metrics: [{ name: "value" }],
  objectives: [{ metric: "value", direction: "minimize" }],
  sampler: { name: "grid", options: {} },
  pruner: null,
  seed: 0,
  lookahead: 8,
  data: null,
};
const plain = { fresh: false, fork: false, acceptCode: false };

function header(options: { readonly declaration?: Partial<StudyDeclaration>; readonly codeHash?: string } = {}): StudyHeader {
  return {
    name: "one",
    createdAt: "2026-01-02T03:04:05.000Z",
    codeHash: options.codeHash ?? "a",
    declaration: { ...declaration, ...options.declaration },
    description: { metrics: [], objectives: [], sampler: "grid", data: null, cv: null },
  };
}

describe("admitStudy()", () => {
  it("creates a study, and takes the same one again", () => {
    const store = memoryStore();
    admitStudy(store, header(), plain);
    admitStudy(store, header(), plain);
    expect(store.list().map(({ name }) => name)).toEqual(["one"]);
  });

  it.each([
    ["space", { x: { kind: "values", values: [2, 1] } }],
    ["cv", { name: "kFold" }],
    ["metrics", []],
    ["objectives", []],
    ["sampler", { name: "random", options: {} }],
    ["pruner", { name: "median" }],
    ["seed", 1],
    ["lookahead", 4],
    ["data", "sha"],
  ] as const)("names a changed %s, with both values and the cure", (field, value) => {
    const store = memoryStore();
    admitStudy(store, header(), plain);
    const changed = header({ declaration: { [field]: value } });
    expect(() => admitStudy(store, changed, { ...plain, acceptCode: true })).toThrow(
      new RegExp(`^The stored study "one" differs from the file in ${field} \\(.* → .*\\)\\. Keep it with --fork NAME .* or --fresh`),
    );
    expect(() => admitStudy(store, changed, { ...plain, fork: true })).toThrow("Choose another name for --fork");
  });

  it("shows of long declarations where they differ", () => {
    const metrics = (name: string): StudyDeclaration["metrics"] =>
      ["accuracy", name].map((metric) => ({ direction: "maximize", metric, name: metric, options: {} }));
    const store = memoryStore();
    admitStudy(store, header({ declaration: { metrics: metrics("f1") } }), plain);
    expect(() => admitStudy(store, header({ declaration: { metrics: metrics("rocAuc") } }), plain)).toThrow(
      'in metrics (…","metric":"f1","name":"f1","options":{}… → …","metric":"rocAuc","name":"rocAuc","opt…).',
    );
  });

  it("does not mind the order of keys", () => {
    expect(changedFields(declaration, { ...declaration, sampler: { options: {}, name: "grid" } })).toEqual([]);
  });

  it("takes the study that another process created since it looked", () => {
    const store = memoryStore();
    let looked = 0;
    const late = { ...store, header: (name: string) => (looked++ === 0 ? undefined : store.header(name)) };
    admitStudy(store, header(), plain);
    admitStudy(late, header(), plain);
    looked = 0;
    expect(() => admitStudy(late, header({ declaration: { seed: 1 } }), plain)).toThrow("differs from the file in seed");
    expect(() => admitStudy({ ...late, header: () => undefined }, header(), plain)).toThrow("is taken by a study in :memory:");
  });

  it("renames the old study by its date for a fresh start, as often as it is asked", () => {
    const store = memoryStore();
    for (let count = 0; count < 3; count++) admitStudy(store, header({ declaration: { seed: count } }), { ...plain, fresh: true });
    expect(
      store
        .list()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["one", "one@2026-01-02", "one@2026-01-02.2"]);
    expect(store.header("one")?.declaration.seed).toBe(2);
  });

  it("refuses other code until it is accepted, and remembers it then", () => {
    const store = memoryStore();
    admitStudy(store, header(), plain);
    expect(() => admitStudy(store, header({ codeHash: "b" }), plain)).toThrow(/Continue with --accept-code, or start anew/);
    admitStudy(store, header({ codeHash: "b" }), { ...plain, acceptCode: true });
    admitStudy(store, header({ codeHash: "b" }), plain);
    expect(store.header("one")?.codeHash).toBe("b");
  });
});
