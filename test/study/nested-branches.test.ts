import { choice, defineStudy, float, int, openStudy, random, readStudy, type StudySnapshot, type StudySpec, values } from "hpo";
import { describe, expect, it } from "vitest";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestReport } from "#hpo/report/best-report";
import { studyPage } from "#hpo/report/study-page";
import { tableText } from "#hpo/report/table-text";
import { trialsCsv } from "#hpo/report/trials-table";
import { temporaryFolder } from "../store/folder.ts";

const file = temporaryFolder();

/** Choices in branches of choices in branches of choices. */
const nested = {
  model: choice({
    svm: {
      kernel: choice({
        rbf: { width: choice({ fixed: { gamma: values([1, 2]) }, scale: {} }) },
        poly: { degree: int(2, 3) },
      }),
      C: values([1, 10]),
    },
    forest: { trees: values([10, 20]) },
  }),
  seedling: values(["a", "b"]),
};

const objective = ({ params }: { params: { model: string; gamma?: number; trees?: number } }): number =>
  (params.gamma ?? 5) + (params.trees ?? 0);

async function run(spec: StudySpec, database: string): Promise<StudySnapshot> {
  const study = await openStudy(spec, { database });
  await study.run();
  await study.close();
  return readStudy(spec.name, { database });
}

describe("branches in branches in branches", () => {
  it("run as a grid, are stored, and shown with each parameter where it exists", async () => {
    const database = file("nested.sqlite");
    const spec = defineStudy({ name: "nested", space: nested, objective });
    const snapshot = await run(spec, database);
    // svm: (2 + 1 + 2) × 2 costs, forest: 2; × 2.
    expect(snapshot.trials).toHaveLength(24);
    expect(new Set(snapshot.trials.map(({ params }) => JSON.stringify(params))).size).toBe(24);
    expect(snapshot.trials[0]?.params).toEqual({ model: "svm", kernel: "rbf", width: "fixed", gamma: 1, C: 1, seedling: "a" });
    expect(snapshot.trials.at(-1)?.params).toEqual({ model: "forest", trees: 20, seedling: "b" });
    const [head, first, ...rest] = trialsCsv(snapshot).trim().split("\n");
    expect(head?.split(",").slice(4, 12)).toEqual(
      ["model", "kernel", "width", "gamma", "degree", "C", "trees", "seedling"].map((name) => `params.${name}`),
    );
    expect(first?.split(",").slice(0, 12)).toEqual(["0", "complete", "1", "", "svm", "rbf", "fixed", "1", "", "1", "", "a"]);
    expect(rest.at(-1)?.split(",").slice(0, 12)).toEqual(["23", "complete", "25", "", "forest", "", "", "", "", "", "20", "b"]);
    const page = studyPage(snapshot);
    for (const line of [
      "model     svm, forest",
      "  svm:",
      "    kernel  rbf, poly",
      "      rbf:",
      "        width  fixed, scale",
      "          fixed:",
      "            γ  1, 2",
    ]) {
      expect(page).toContain(`${line}\n`);
    }
    expect(bestReport(snapshot)).toMatch(/kernel +rbf\n +width +fixed\n +γ +1\n/);
    const table = accuracyTable(snapshot, { rows: "gamma", columns: "width" });
    expect(table.rows?.values).toEqual([1, 2, undefined]);
    expect(tableText(snapshot, table)).toContain("γ");
    const deep = accuracyTable(snapshot, { rows: "C", columns: "gamma", where: { width: "fixed" } });
    expect(deep.cells.flat().map((cell) => cell?.value)).toEqual([1, 2, 1, 2]);
    // Once more: nothing is left to do, and nothing has changed.
    expect((await run(spec, database)).trials).toEqual(snapshot.trials);
  });

  it("are drawn, ruled, given and asked for", async () => {
    const spec = defineStudy({
      name: "drawn",
      space: {
        ...nested,
        rate: choice({ free: { eta: choice({ log: { value: float(1e-4, 1, { log: true }) }, none: {} }) }, none: {} }),
      },
      forbid: [{ gamma: 2 }, { value: { max: 0.01 }, trees: 10 }],
      limits: [{ sum: { gamma: 1, C: 1 }, max: 5 }],
      enqueue: [{ gamma: 1 }, { value: 0.5, trees: 20 }],
      objective,
      sampler: random(),
      trials: 60,
    });
    const { trials } = await run(spec, file("drawn.sqlite"));
    expect(trials[0]?.params).toMatchObject({ model: "svm", kernel: "rbf", width: "fixed", gamma: 1, C: 1 });
    expect(trials[1]?.params).toMatchObject({ model: "forest", trees: 20, rate: "free", eta: "log", value: 0.5 });
    expect(trials.some(({ params }) => params["gamma"] === 2 || (params["gamma"] === 1 && params["C"] === 10))).toBe(false);
    expect(trials.filter(({ params }) => params["gamma"] === 1).length).toBeGreaterThan(1);
    expect(trials.filter(({ params }) => "value" in params).length).toBeGreaterThan(5);
    for (const { params } of trials) expect("gamma" in params).toBe(params["width"] === "fixed");
  });
});
