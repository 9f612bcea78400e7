import { choice, csv, defineStudy, float, grid, int, kFold, openStudy, random, svm, accuracy, values } from "hpo";
import { describe, expect, it } from "vitest";
import type { TrialSelection } from "#hpo/core/records";
import type { Params } from "#hpo/core/space";
import { bestJson, bestReport } from "#hpo/report/best-report";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestTrialsText } from "#hpo/report/trials-table";
import { tableText } from "#hpo/report/table-text";
import { runSummary } from "#hpo/report/run-summary";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { trialChoice } from "#hpo/study/trial-choice";
import { dataFolder } from "../validation/iris.ts";

const bySize: TrialSelection = { rule: "simplest-within-one-se", simplicity: [{ parameter: "C", simpler: "smaller" }] };

/** Absorbs trials as [value, standard error, params]; `direction` "maximize". */
function chosen(
  selection: TrialSelection,
  trials: readonly (readonly [number, number | null, Params])[],
  direction = "maximize" as "maximize" | "minimize",
) {
  const one = trialChoice({ metric: "m", direction, selection });
  for (const [trial, [value, standardError, params]] of trials.entries()) {
    one.absorb({ trial, state: "complete", values: { m: { value, standardError, pooled: null } } }, params);
  }
  return one.chosen()?.trial;
}

describe("the simplest trial within one standard error", () => {
  it("is the simplest of those that the best one's own error reaches, its edge included", () => {
    const trials = [
      [0.9, 0.02, { C: 100 }],
      [0.88, 0.5, { C: 10 }],
      [0.8799, 0.5, { C: 1 }],
      [0.89, 0.02, { C: 50 }],
    ] as const;
    expect(chosen(bySize, trials)).toBe(1);
    expect(chosen({ ...bySize, simplicity: [{ parameter: "C", simpler: "larger" }] }, trials)).toBe(0);
    // Smaller is better: the mirror.
    expect(
      chosen(
        bySize,
        trials.map(([value, error, params]) => [-value, error, params] as const),
        "minimize",
      ),
    ).toBe(1);
  });

  it("decides by the first parameter that differs, then by value, then by number", () => {
    const simplicity = [
      { parameter: "kernel", simpler: ["linear", "rbf"] },
      { parameter: "gamma", simpler: "smaller" },
    ] as const;
    const both: TrialSelection = { ...bySize, simplicity };
    const rest = [
      [0.9, 0.1, { kernel: "rbf", gamma: 0.1, C: 1 }],
      [0.85, 0.1, { kernel: "rbf", gamma: 0.01, C: 1 }],
    ] as const;
    expect(chosen(both, rest)).toBe(1);
    expect(chosen(both, [...rest, [0.83, 0.1, { kernel: "linear", C: 9 }], [0.84, 0.1, { kernel: "linear", C: 99 }]])).toBe(3);
    expect(chosen(both, [...rest, [0.84, 0.1, { kernel: "linear", C: 9 }], [0.84, 0.1, { kernel: "linear", C: 99 }]])).toBe(2);
    // What is not there is simplest.
    expect(chosen({ ...both, simplicity: simplicity.slice(1) }, [...rest, [0.81, 0.1, { kernel: "linear", C: 9 }]])).toBe(2);
  });

  it("is the best without an error to go by, and none of what may not be best", () => {
    expect(
      chosen(bySize, [
        [0.9, null, { C: 9 }],
        [0.9, null, { C: 1 }],
      ]),
    ).toBe(0);
    expect(
      chosen(bySize, [
        [0.9, 0, { C: 9 }],
        [0.89, 0, { C: 1 }],
      ]),
    ).toBe(0);
    expect(chosen(bySize, [])).toBeUndefined();
    const bound = trialChoice({ metric: "m", direction: "maximize", selection: bySize, constraints: [{ metric: "s", min: null, max: 1 }] });
    const values = (m: number, s: number) => ({
      m: { value: m, standardError: 0.1, pooled: null },
      s: { value: s, standardError: null, pooled: null },
    });
    bound.absorb({ trial: 0, state: "complete", values: values(0.9, 1) }, { C: 9 });
    bound.absorb({ trial: 1, state: "complete", values: values(0.89, 2) }, { C: 1 });
    bound.absorb({ trial: 2, state: "pruned", values: values(0.89, 1) }, { C: 1 });
    expect(bound.chosen()?.trial).toBe(0);
  });

  it("does not hang on the order in which trials end", () => {
    const trials = Array.from({ length: 30 }, (_, i) => [0.9 - ((i * 7) % 30) / 500, 0.01, { C: (i * 11) % 13 }] as const);
    const forwards = trialChoice({ metric: "m", direction: "maximize", selection: bySize });
    const backwards = trialChoice({ metric: "m", direction: "maximize", selection: bySize });
    const absorb = (one: typeof forwards, trial: number): void => {
      const [value, standardError, params] = trials[trial] as (typeof trials)[number];
      one.absorb({ trial, state: "complete", values: { m: { value, standardError, pooled: null } } }, params);
      one.chosen();
    };
    for (let i = 0; i < 30; i++) {
      absorb(forwards, i);
      absorb(backwards, 29 - i);
    }
    expect(forwards.chosen()).toEqual(backwards.chosen());
  });
});

describe("a study that selects", () => {
  const declared = {
    name: "select",
    data: csv(`${dataFolder}/iris.csv.gz`, { target: "y", scale: "min-max" }),
    model: ({ C }: { readonly C: number }) => svm({ kernel: "rbf" as const, gamma: 1, C }),
    cv: kFold({ folds: 10 }),
    metrics: { accuracy: accuracy() },
    space: { C: values([0.01, 1, 10, 100, 1000]) },
    sampler: grid(),
  };
  const simplest = defineStudy({ ...declared, select: "simplest-within-one-se", simplicity: [{ parameter: "C", simpler: "smaller" }] });

  it("reports one trial in every report, keeps its model, and tells it from the best", async () => {
    const store = memoryStore();
    const study = await openStudy(simplest, { store });
    const snapshot = await study.run();
    const model = await study.model();
    await study.close();
    const means = snapshot.trials.map(({ values: { accuracy: found } }) => found?.value ?? 0);
    const top = means.indexOf(Math.max(...means));
    const error = snapshot.trials[top]?.values["accuracy"]?.standardError ?? 0;
    const expected = means.findIndex((mean) => mean >= (means[top] ?? 1) - error);
    // The case is worth its name: the best is not the simplest.
    expect(expected).not.toBe(top);
    expect([model.trial, model.source, store.model("select")?.trial]).toEqual([expected, "kept", expected]);
    expect(runSummary(snapshot)).toMatchObject({ best: { trial: expected }, selected: { rule: "simplest-within-one-se", bestTrial: top } });
    expect(JSON.parse(bestJson(snapshot))).toMatchObject({ best: { trial: expected }, selected: { bestTrial: top } });
    const told = `the simplest within one standard error of the best, trial ${top} (`;
    expect(bestReport(snapshot)).toContain(`best   trial ${expected} of 5`);
    expect(bestReport(snapshot)).toContain(told);
    expect(bestTrialsText(snapshot)).toContain(`* ${told}`);
    const table = accuracyTable(snapshot);
    expect(table.cells[table.best?.row ?? -1]?.[table.best?.column ?? -1]?.trial).toBe(expected);
    expect(tableText(snapshot, table).replaceAll(/\s+/g, " ")).toContain(told);
  });

  it("is another study than one that reports the best", async () => {
    const store = memoryStore();
    await (await openStudy(defineStudy(declared), { store })).close();
    await expect(openStudy(simplest, { store })).rejects.toThrow("differs from the file in select (null →");
    store.close();
  });

  it("is refused where what is simpler does not fit the space", () => {
    const space = { kernel: choice({ linear: {}, rbf: { gamma: float(0.1, 1) } }), rounds: int(1, 3) };
    const refused = (simplicity: unknown): (() => unknown) => {
      const select = "simplest-within-one-se" as const;
      return () =>
        defineStudy({
          ...declared,
          space,
          model: () => svm({ kernel: "linear", C: 1 }),
          select,
          simplicity: simplicity as [],
          sampler: random(),
          trials: 3,
        });
    };
    expect(() => defineStudy({ ...declared, select: "simplest-within-one-se" })).toThrow("simplicity must say what is simpler");
    expect(refused([])).toThrow("simplicity must say what is simpler");
    expect(refused([{ parameter: "gama", simpler: "smaller" }])).toThrow('must be one of kernel, gamma, rounds; got "gama".');
    expect(refused([{ parameter: "kernel", simpler: "smaller" }])).toThrow("must be a list of the values of kernel");
    expect(refused([{ parameter: "kernel", simpler: ["linear"] }])).toThrow("must be all its values, from the simplest on");
    expect(refused([{ parameter: "gamma", simpler: "low" }])).toThrow('must be "smaller", "larger" or all its values');
    expect(
      refused([
        { parameter: "rounds", simpler: "smaller" },
        { parameter: "rounds", simpler: "larger" },
      ]),
    ).toThrow("must not come twice");
    expect(() => defineStudy({ ...declared, simplicity: [{ parameter: "C", simpler: "smaller" }] })).toThrow(
      "simplicity must come with select",
    );
  });
});
