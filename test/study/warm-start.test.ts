import { choice, defineStudy, float, fromStudy, grid, int, openStudy, random, type StudySnapshot, type StudySpec, values } from "hpo";
import { describe, expect, it } from "vitest";
import { studyPage } from "#hpo/report/study-page";
import { openStore } from "#hpo/store/open-store";
import { temporaryFolder } from "../store/folder.ts";

const file = temporaryFolder();

const space = { a: int(0, 9), b: values([1, 2, 4, 8]) };
const value = ({ a, b }: { a: number; b: number }, shift: number): number => (a - 4 - shift) ** 2 + (b - 4) ** 2;

/** A whole table of a neighbouring task. */
const earlier = (name: string, shift: number): StudySpec => defineStudy({ name, space, objective: ({ params }) => value(params, shift) });

const learner = (more: object = {}): StudySpec =>
  defineStudy({
    name: "learner",
    space,
    objective: ({ params }: { params: { a: number; b: number } }) => value(params, 1),
    sampler: random(),
    warmStart: { from: [fromStudy("zero"), fromStudy("two")], trials: 8 },
    lookahead: 2,
    trials: 12,
    ...more,
  } as never);

async function run(
  spec: StudySpec,
  database: string,
  options: { trials?: number; fresh?: boolean; fork?: string } = {},
): Promise<StudySnapshot> {
  const study = await openStudy(spec, { database, ...options });
  const snapshot = await study.run();
  await study.close();
  return snapshot;
}

async function databaseWithStudies(name: string): Promise<string> {
  const database = file(name);
  await run(earlier("zero", 0), database);
  await run(earlier("two", 2), database);
  return database;
}

const proposals = ({ trials }: StudySnapshot): unknown[] => trials.map(({ params, by, why }) => [params, by, why]);

describe("a study that learns from others", () => {
  it("begins near what was good there, and goes on with its sampler", async () => {
    const database = await databaseWithStudies("learn.sqlite");
    const snapshot = await run(learner(), database);
    expect(snapshot.trials.map(({ by }) => by)).toEqual([
      ...Array.from({ length: 8 }, () => "transfer"),
      ...Array.from({ length: 4 }, () => "random"),
    ]);
    expect(Math.min(...snapshot.trials.slice(0, 8).map(({ values: { value: found } }) => found?.value ?? Infinity))).toBe(0);
    expect(snapshot.trials[0]?.why).toBe("good in 2 earlier studies, beside those before");
    expect(snapshot.trials[7]?.why).toBe("most expected gain by 2 earlier studies and 6 trials here");
    expect(studyPage(snapshot)).toContain("\n  learns from zero, two (8 trials)\n");
  });

  it("keeps what it learnt: a resume gives the same whatever became of the others", async () => {
    const database = await databaseWithStudies("kept.sqlite");
    const whole = await run(learner(), database, { fork: "whole" });
    await run(learner(), database, { trials: 4 });
    const store = openStore(database);
    store.remove("zero");
    store.rename("two", "gone");
    store.close();
    const resumed = await run(learner(), database);
    expect(proposals(resumed)).toEqual(proposals(whole));
    // By ask and tell as well.
    const asked = await openStudy(learner({ trials: 13 }), { database });
    expect((await asked.ask())?.number).toBe(12);
    await asked.close();
    await expect(run(learner(), database, { fork: "late" })).rejects.toThrow(/There is no study "zero"/);
    await expect(run(learner(), database, { fresh: true })).rejects.toThrow(/There is no study "zero"/);
  });

  it("is another study where it learns from others, from more of their trials, or from none", async () => {
    const database = await databaseWithStudies("identity.sqlite");
    const first = await run(learner(), database);
    await expect(run(learner({ warmStart: { from: [fromStudy("zero")], trials: 8 } }), database)).rejects.toThrow(/in warmStart/);
    await expect(run(learner({ warmStart: { from: [fromStudy("zero"), fromStudy("two")] } }), database)).rejects.toThrow(/in warmStart/);
    await expect(run(learner({ warmStart: { from: [fromStudy("nowhere")] } }), database)).rejects.toThrow(/in warmStart/);
    const { name: _, ...cold } = learner();
    expect(cold.warmStart?.trials).toBe(8);
    await expect(
      run(defineStudy({ name: "learner", space, objective: () => 1, sampler: random(), lookahead: 2, trials: 12 }), database),
    ).rejects.toThrow(/in warmStart/);
    const store = openStore(database, { readonly: true });
    const kept = store.load("learner").earlier;
    expect(kept.map(({ study, trials }) => [study, trials.length])).toEqual([
      ["zero", 40],
      ["two", 40],
    ]);
    expect(store.load("zero").earlier).toEqual([]);
    store.close();
    expect(first.declaration.warmStart).toMatchObject({ trials: 8, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("takes from another database what lies in its space, with values that it assumes", async () => {
    const other = file("other.sqlite");
    await run(
      defineStudy({
        name: "old",
        space: { C: values([0.1, 1, 10, 100]), unused: values(["x", "y"]) },
        objective: ({ params }) => params.C,
      }),
      other,
    );
    const make = (from: ReturnType<typeof fromStudy>): StudySpec =>
      defineStudy({
        name: "new",
        space: { kernel: choice({ rbf: { gamma: float(0.01, 10, { log: true }) }, linear: {} }), C: float(1, 50, { log: true }) },
        objective: ({ params }) => params.C,
        sampler: random(),
        warmStart: { from: [from] },
        trials: 6,
      });
    const database = file("new.sqlite");
    await expect(run(make(fromStudy("old", { database: other })), database)).rejects.toThrow(
      'warmStart: the study "old" must have a complete trial within the space; none of its trials is. Name values of parameters that it did not search',
    );
    const snapshot = await run(make(fromStudy("old", { database: other, assume: { kernel: "rbf", gamma: 0.5 } })), database);
    // Of four values of C two lie from 1 to 50; then there is nothing left to transfer.
    expect(snapshot.trials.slice(0, 2).map(({ params }) => params)).toEqual([
      { kernel: "rbf", gamma: 0.5, C: 1 },
      { kernel: "rbf", gamma: 0.5, C: 10 },
    ]);
    expect(snapshot.trials.map(({ by }) => by)).toEqual(["transfer", "transfer", "random", "random", "random", "random"]);
  });

  it("keeps its rules and its given points", async () => {
    const database = await databaseWithStudies("ruled.sqlite");
    const { trials } = await run(learner({ forbid: [{ b: 4 }], enqueue: [{ a: 9, b: 8 }] }), database);
    expect(trials[0]?.by).toBe("enqueued");
    expect(trials.slice(1, 8).every(({ by, note }) => by === "transfer" && note === null)).toBe(true);
    expect(trials.some(({ params }) => params["b"] === 4)).toBe(false);
  });

  it("refuses what can't be learnt from, before anything is stored", async () => {
    const database = await databaseWithStudies("refused.sqlite");
    const from = (name: string, more: object = {}) => run(learner({ warmStart: { from: [fromStudy(name)] }, ...more }), database);
    await expect(from("learner")).rejects.toThrow('warmStart: a study must learn from others; got its own name "learner".');
    await expect(from("tow")).rejects.toThrow(/There is no study "tow".*two/);
    await expect(from("two", { metrics: { loss: "minimize" } })).rejects.toThrow(
      'warmStart: the study "two" must have the metric loss; it has value.',
    );
    await expect(from("two", { metrics: { value: "maximize" } })).rejects.toThrow(
      'warmStart: the study "two" must maximize value; it says minimize.',
    );
    const store = openStore(database, { readonly: true });
    expect(store.list().map(({ name }) => name)).toEqual(["zero", "two"]);
    store.close();
    expect(() => learner({ sampler: grid() })).toThrow(
      "warmStart must stand beside a sampler that chooses; got grid(), which tries every cell anyway.",
    );
    expect(() => learner({ warmStart: { from: [] } })).toThrow(
      'from must be a list of at least 1, each a study such as fromStudy("landsat-svm"); got [].',
    );
    expect(() => learner({ warmStart: { from: [fromStudy("zero")], trials: 0 } })).toThrow(
      "trials must be an integer from 1 to 1000; got 0.",
    );
    expect(() => learner({ warmStart: [fromStudy("zero")] })).toThrow("warmStart must be an object such as { from: [fromStudy(");
    expect(() => fromStudy("")).toThrow("fromStudy(): study must be a text that is not empty");
  });
});
