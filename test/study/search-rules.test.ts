import { choice, defineStudy, distinct, float, grid, int, openStudy, random, type StudySnapshot, type StudySpec, values } from "hpo";
import { describe, expect, it } from "vitest";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { studyPage } from "#hpo/report/study-page";
import { hillClimber } from "../fixtures/hill-climber.ts";
import { temporaryFolder } from "../store/folder.ts";

const file = temporaryFolder();

async function run(spec: StudySpec, store = memoryStore()): Promise<StudySnapshot> {
  const study = await openStudy(spec, { store });
  const snapshot = await study.run();
  await study.close();
  return snapshot;
}

const table = { kernel: choice({ rbf: { gamma: values([2, 4]) }, poly: { degree: int(2, 3) }, linear: {} }), C: values([1, 10, 100]) };

describe("a study with rules", () => {
  it("runs the cells of a grid that are allowed, in the order of the grid", async () => {
    const spec = defineStudy({
      name: "grid",
      space: table,
      forbid: [
        { kernel: "poly", C: { min: 10 } },
        { gamma: 4, C: [1, 100] },
      ],
      limits: [{ sum: { degree: 1, C: 1 }, max: 3 }],
      objective: ({ params }) => params.C,
    });
    expect(spec.sampler.size(spec.space)).toBe(8);
    const { trials, state } = await run(spec);
    expect(state).toBe("complete");
    expect(trials.map(({ params, why }) => [...Object.values(params), why.slice(0, 6)])).toEqual([
      [1, 2, "rbf", "cell 1"],
      [10, 2, "rbf", "cell 2"],
      [100, 2, "rbf", "cell 3"],
      [10, 4, "rbf", "cell 4"],
      [1, 2, "poly", "cell 5"],
      [1, "linear", "cell 6"],
      [10, "linear", "cell 7"],
      [100, "linear", "cell 8"],
    ]);
  });

  it.each([
    ["random", random()],
    ["a sampler that waits for outcomes", { ...random(), traits: { adaptive: true, usesClock: false } }],
  ])("keeps %s within them, the same for every run", async (_, sampler) => {
    const spec = defineStudy({
      name: "within",
      space: { a: float(0, 10), b: float(0, 10), mode: choice({ fast: { n: int(1, 8) }, slow: {} }) },
      forbid: [{ mode: "fast", a: { min: 3 } }],
      limits: [{ sum: { a: 1, b: 2 }, max: 1 }],
      objective: ({ params: { a, b } }) => a - b,
      sampler,
      trials: 40,
    });
    const { trials } = await run(spec);
    for (const { params } of trials) {
      expect((params["a"] as number) + 2 * (params["b"] as number)).toBeLessThanOrEqual(1 + 1e-9);
      expect(params["mode"] === "fast" && (params["a"] as number) >= 3).toBe(false);
    }
    const notes = new Set(trials.map(({ note }) => note?.split(":")[0]));
    expect([...notes].some((note) => note?.startsWith("draw ") === true || note === "moved to keep the limits")).toBe(true);
    expect((await run(spec)).trials.map(({ params, note }) => [params, note])).toEqual(trials.map(({ params, note }) => [params, note]));
  });

  it("tries each allowed cell once with distinct(), and ends with the last one", async () => {
    const spec = defineStudy({
      name: "distinct",
      space: table,
      forbid: [{ kernel: ["poly", "linear"] }],
      objective: ({ params }) => params.C,
      sampler: distinct(random()),
    });
    const { trials, state } = await run(spec);
    expect(state).toBe("complete");
    expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(6);
    expect(trials).toHaveLength(6);
  });

  it("refuses rules that leave nothing, at its definition", () => {
    const objective = (): number => 1;
    expect(() =>
      defineStudy({
        name: "none",
        space: { a: float(0, 1), b: float(0, 1) },
        limits: [{ sum: { a: 1, b: 1 }, min: 3 }],
        objective,
        trials: 1,
      }),
    ).toThrow("defineStudy(): forbid and limits must leave a configuration of the space; none was found that all of them allow.");
    expect(() => defineStudy({ name: "none", space: { a: values([1, 2]) }, forbid: [{ a: [1, 2] }], objective })).toThrow("none was found");
    expect(() => defineStudy({ name: "typo", space: { a: values([1, 2]) }, forbid: [1 as never], objective })).toThrow(
      'forbid must be a list, each a combination such as { kernel: "poly", C: 100 }; got [1].',
    );
  });

  it("is another study with other rules, and with none", async () => {
    const database = file("rules.sqlite");
    const make = (more: object): StudySpec =>
      defineStudy({
        name: "ruled",
        space: { a: int(1, 5) },
        objective: ({ params }: { params: { a: number } }) => params.a,
        ...more,
      } as never);
    const open = async (more: object): Promise<StudySnapshot> => {
      const study = await openStudy(make(more), { database });
      const snapshot = await study.run();
      await study.close();
      return snapshot;
    };
    const rules = { forbid: [{ a: 3 }], limits: [{ sum: { a: 2 }, max: 8 }], enqueue: [{ a: 4 }] };
    expect((await open(rules)).trials.map(({ params }) => params["a"])).toEqual([4, 1, 2]);
    const page = studyPage(await open({ ...rules, forbid: [{ a: [3] }] }));
    expect(page).toMatch(/ {2}rules {7}not a=3\n {14}2 a ≤ 8\n {2}begins with 1 given point\n/);
    await expect(open({ ...rules, forbid: [{ a: 2 }] })).rejects.toThrow(/differs from the file in forbid/);
    await expect(open({ ...rules, limits: [] })).rejects.toThrow(/differs from the file in limits \(\[\{.*→ null\)/);
    await expect(open({ ...rules, enqueue: [{ a: 1 }] })).rejects.toThrow(/differs from the file in enqueue/);
    await expect(open({})).rejects.toThrow(/in forbid .*, limits .*, enqueue/);
  });
});

describe("points given first", () => {
  it("are the first trials, then a grid runs the other cells", async () => {
    const spec = defineStudy({
      name: "first",
      space: table,
      enqueue: [{ kernel: "linear", C: 10 }, { degree: 3, C: 1 }, { gamma: 4 }],
      objective: ({ params }) => params.C,
      sampler: grid(),
    });
    const { trials } = await run(spec);
    expect(trials[0]).toMatchObject({ params: { kernel: "linear", C: 10 }, by: "enqueued", why: "point 1 of 3 given" });
    expect(trials[1]).toMatchObject({
      params: { kernel: "poly", degree: 3, C: 1 },
      by: "enqueued",
      why: "point 2 of 3 given; drawn: kernel",
    });
    expect(trials[2]).toMatchObject({ params: { kernel: "rbf", gamma: 4 }, by: "enqueued", why: "point 3 of 3 given; drawn: kernel, C" });
    // 15 cells, of which one was given whole.
    expect(trials).toHaveLength(3 + 14);
    expect(new Set(trials.slice(3).map(({ params }) => JSON.stringify(params))).size).toBe(14);
    expect(trials.slice(3).some(({ params }) => params["kernel"] === "linear" && params["C"] === 10)).toBe(false);
  });

  it("leave the draws of random as they are, and teach a sampler that learns", async () => {
    const base = { space: { x: float(0, 1) }, objective: ({ params }: { params: { x: number } }) => (params.x - 0.3) ** 2, trials: 12 };
    const plain = await run(defineStudy({ ...base, name: "plain", sampler: random(), seed: 5 }));
    const given = await run(defineStudy({ ...base, name: "given", sampler: random(), seed: 5, enqueue: [{ x: 0.5 }, {}] }));
    expect(given.trials[0]?.params).toEqual({ x: 0.5 });
    expect(given.trials[1]?.by).toBe("enqueued");
    expect(given.trials.slice(2).map(({ params }) => params)).toEqual(plain.trials.slice(2).map(({ params }) => params));
    const taught = await run(defineStudy({ ...base, name: "taught", sampler: hillClimber(), lookahead: 1, enqueue: [{ x: 0.3 }] }));
    expect(taught.trials[1]?.why).toBe("1 seen, 0 pending");
  });

  it("must be points of the space that keep the rules", () => {
    const define = (enqueue: readonly unknown[]) => () =>
      defineStudy({ name: "bad", space: table, forbid: [{ kernel: "linear", C: 1 }, { gamma: 4 }], objective: () => 1, enqueue } as never);
    expect(define([{ c: 1 }])).toThrow('defineStudy(): enqueue[0] must name parameters of the space (kernel, gamma, degree, C); got "c".');
    expect(define([{ C: 1 }, { C: 2 }])).toThrow("enqueue[1].C must be one of 1, 10, 100; got 2.");
    expect(define([{ kernel: "linear", gamma: 2 }])).toThrow("enqueue[0] must have values that can stand together");
    expect(define([{ kernel: "linear", C: 1 }])).toThrow("enqueue[0] must keep forbid and limits");
    expect(define([{ gamma: 4 }])).toThrow("enqueue[0] must keep forbid and limits");
    expect(define([{ gamma: 2, degree: 3 }])).toThrow("can stand together");
  });
});
