import {
  defineStudy,
  type FinishedTrial,
  float,
  grid,
  int,
  openStudy,
  random,
  type Sampler,
  type StudySnapshot,
  type StudySpec,
  values,
} from "hpo";
import { describe, expect, it } from "vitest";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestReport } from "#hpo/report/best-report";
import { bestTrial, paretoFront } from "#hpo/report/best-trial";
import { studyPage } from "#hpo/report/study-page";
import { tableText } from "#hpo/report/table-text";
import { bestTrialsText, trialsCsv, trialsText } from "#hpo/report/trials-table";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { runExitCode } from "#hpo/cli/exit-code";
import { temporaryFolder } from "../store/folder.ts";

const file = temporaryFolder();

async function run(spec: StudySpec, options: { readonly database?: string } = {}): Promise<StudySnapshot> {
  const study = await openStudy(spec, options.database === undefined ? { store: memoryStore() } : options);
  const best: (number | null)[] = [];
  await study.run({ progressIntervalMs: 0, onProgress: (progress) => best.push(progress.best?.trial ?? null) });
  const snapshot = study.snapshot();
  expect(best.at(-1)).toBe(bestTrial(snapshot)?.number ?? null);
  await study.close();
  return snapshot;
}

/** The larger the better and the slower. */
const sizes = (constraints: object, more: object = {}): StudySpec =>
  defineStudy({
    name: "sizes",
    space: { layers: int(1, 4), width: values([8, 16]) },
    objective: ({ params: { layers, width } }: { params: { layers: number; width: number } }) => ({
      loss: 1 / (layers * width),
      latency: layers * width,
      memory: width,
    }),
    metrics: { loss: "minimize", latency: "minimize", memory: "minimize" },
    constraints,
    ...more,
  } as never);

describe("a study with outcome constraints", () => {
  it("takes the best trial among those that meet them, and says so", async () => {
    const snapshot = await run(sizes({ latency: { max: 40 }, memory: { min: 8, max: 12 } }), { database: file("sizes.sqlite") });
    expect(bestTrial(snapshot)?.params).toEqual({ layers: 4, width: 8 });
    expect(snapshot.description.constraints).toEqual([
      { metric: "latency", min: null, max: 40 },
      { metric: "memory", min: 8, max: 12 },
    ]);
    const demands = "latency ≤ 40 and 8 ≤ memory ≤ 12";
    expect(studyPage(snapshot)).toContain(`\n  constraints ${demands}\n`);
    const table = accuracyTable(snapshot);
    expect(table.cells[table.best?.row ?? -1]?.[table.best?.column ?? -1]?.trial).toBe(6);
    expect(tableText(snapshot, table)).toContain(`best where ${demands}`);
    expect(
      trialsCsv(snapshot)
        .split("\n")
        .slice(0, 3)
        .map((line) => line.split(",").slice(0, 7).join(",")),
    ).toEqual([
      "trial,state,value,standardError,feasible,params.layers,params.width",
      "0,complete,0.125,,true,1,8",
      "1,complete,0.0625,,false,1,16",
    ]);
    const lines = trialsText(snapshot).split("\n");
    expect(lines.find((line) => line.trimStart().startsWith("*6"))).toMatch(/ 32 +8 +4 +8 /);
    expect(lines.find((line) => line.trimStart().startsWith("7"))).toMatch(/ 64 ! +16 ! +4 +16 /);
  });

  it("shows in each cell of a table a trial that meets them, where there is one", async () => {
    const snapshot = await run(sizes({ latency: { max: 30 } }));
    const byLayers = accuracyTable(snapshot, { rows: "layers", where: {} });
    expect(byLayers.columns?.param).toBe("width");
    const one = { ...snapshot, trials: snapshot.trials.map((trial) => ({ ...trial, params: { ...trial.params, layers: 1 } })) };
    // Width 8: trials 0, 2, 4, 6 with latencies 8, 16, 24, 32; width 16: 16, 32, 48, 64.
    expect(
      accuracyTable(one)
        .cells.flat()
        .map((cell) => cell?.trial),
    ).toEqual([4, 1]);
  });

  it("has no best trial where none meets them", async () => {
    const spec = sizes({ latency: { max: 1 } }, { target: 0.5 });
    const snapshot = await run(spec);
    expect(bestTrial(snapshot)).toBeNull();
    expect(bestReport(snapshot)).toContain("\nNo complete trial meets latency ≤ 1 yet.\n");
    expect(bestTrialsText(snapshot)).toContain("no complete trial meets latency ≤ 1");
    expect(tableText(snapshot, accuracyTable(snapshot))).toContain("none yet: no complete trial meets latency ≤ 1");
    expect(runExitCode(snapshot, spec, false)).toBe(3);
    expect(runExitCode(snapshot, { target: null }, false)).toBe(0);
  });

  it("has a front of those that meet them", async () => {
    const snapshot = await run(sizes({ memory: { max: 12 } }, { objectives: ["loss", "latency"], sampler: grid() }));
    expect(paretoFront(snapshot)?.map(({ number }) => number)).toEqual([0, 2, 4, 6]);
  });

  it("tells samplers how far each bound was missed, of complete trials", async () => {
    const seen: FinishedTrial[] = [];
    const listening: Sampler = {
      ...random(),
      traits: { adaptive: true, usesClock: false },
      absorb(state, trial) {
        seen.push(trial);
        return state;
      },
    };
    const spec = defineStudy({
      name: "told",
      space: { x: float(0, 1) },
      metrics: { value: "minimize", cost: "minimize" },
      objective: ({ params: { x }, number }) => {
        if (number === 1) throw new Error("no");
        return { value: x, cost: 10 * x };
      },
      constraints: { cost: { min: 1, max: 4 }, value: { max: 0.3 } },
      sampler: listening,
      lookahead: 1,
      trials: 4,
      retries: 0,
    });
    const { trials } = await run(spec);
    const x = trials[0]?.params["x"] as number;
    expect(seen[0]?.constraints).toEqual([x - 0.3, 10 * x - 4, 1 - 10 * x]);
    expect(seen[1]).toMatchObject({ state: "failed" });
    expect(seen[1]).not.toHaveProperty("constraints");
  });

  it("is another study with other bounds", async () => {
    const database = file("bounds.sqlite");
    await run(sizes({ latency: { max: 40 } }), { database });
    await run(sizes({ latency: { max: 40 } }), { database });
    await expect(run(sizes({ latency: { max: 41 } }), { database })).rejects.toThrow(/differs from the file in constraints/);
    await expect(run(sizes({}), { database })).rejects.toThrow(/differs from the file in constraints/);
  });

  it("is checked when it is defined", () => {
    const define = (constraints: unknown) => () => sizes(constraints as object);
    expect(define({ speed: { max: 1 } })).toThrow('defineStudy(): constraints must be of metrics (loss, latency, memory); got "speed".');
    expect(define({ latency: 3 })).toThrow("constraints.latency must be { min, max } with at least one of them; got 3.");
    expect(define({ latency: {} })).toThrow("constraints.latency must have min, max or both; got {}.");
    expect(define({ latency: { max: Infinity } })).toThrow("constraints.latency.max must be a finite number; got Infinity.");
    expect(define([])).toThrow("constraints must be an object of bounds such as { latency: { max: 0.2 } }; got [].");
  });
});
