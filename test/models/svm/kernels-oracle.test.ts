import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import type { ClassWeight } from "#hpo/models/svm/class-weights";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { runSolver } from "../../solver-run.ts";
import { featureRows, labelsOf, laplacian, precomputedTable } from "./precomputed-table.ts";
import { type ClassTable, classTable, readTable } from "../../table-data.ts";

/** What test/oracle/svm_kernels_oracle.py wrote. */
interface OracleCase {
  readonly options: SvmOptions;
  readonly classWeight: ClassWeight | null;
  readonly rowWeights: boolean;
  readonly labels: readonly string[];
  /** By test row, then by pair of classes. */
  readonly decisions: readonly number[];
}

const file = (relative: string): string => new URL(`../../../${relative}`, import.meta.url).pathname;
const oracle = JSON.parse(readFileSync(file("test/oracle/svm_kernels_oracle.json"), "utf8")) as readonly {
  readonly data: string;
  readonly cases: readonly OracleCase[];
}[];

function tableOf(name: string): ClassTable {
  const whole = readTable(file(`studies/data/${name.split(" ")[0]}.csv.gz`));
  if (!name.endsWith("from row 50")) return whole;
  return classTable(featureRows(whole).slice(50), labelsOf(whole).slice(50));
}

const context = { rng: rng(0), signal: new AbortController().signal };

/** LIBSVM stops at 1e-6 here. Where many multipliers are at their bounds, a decision may be off by some tens of the tolerance. */
const tolerance = 1e-5;
const allowed = 1e-3;

describe("svm() beside scikit-learn's SVC", () => {
  for (const { data: name, cases } of oracle) {
    const features = tableOf(name);
    const matrix = precomputedTable(features, laplacian);
    const train = Uint32Array.from({ length: features.data.rows }, (_, row) => row).filter((row) => row % 3 !== 0);
    const test = Uint32Array.from({ length: features.data.rows }, (_, row) => row).filter((row) => row % 3 === 0);
    const weights = Float64Array.from({ length: features.data.rows }, (_, row) => ((row * 7) % 5) / 2);

    for (const { options: kernel, classWeight, rowWeights, labels, decisions } of cases) {
      const told = [JSON.stringify(kernel), `class weights ${JSON.stringify(classWeight)}`, rowWeights ? "row weights" : "no row weights"];
      it(`gives its decisions and labels on ${name}: ${told.join(", ")}`, async () => {
        const { data, target } = kernel.kernel === "precomputed" ? matrix : features;
        const options: SvmOptions = { ...kernel, tolerance, ...(classWeight === null ? {} : { classWeight }) };
        const own = rowWeights ? Float64Array.from(train, (row) => weights[row] as number) : null;
        const model = await svm(options).fit({ data, target, rows: train, weights: own }, context);
        const values = model.decisionValues({ data, rows: test });
        expect(values.length).toBe(decisions.length);
        let worst = 0;
        for (const [at, value] of values.entries()) worst = Math.max(worst, Math.abs(value - (decisions[at] as number)));
        expect(worst).toBeLessThan(allowed);

        const pairs = model.pairs.length;
        const solver = svmFoldSolver({
          data,
          target,
          plan: { folds: [{ train, test }] },
          weights: rowWeights ? weights : null,
          answer: "labels",
        });
        const { results } = runSolver(solver, data, [{ index: 0, options: svm(options).options }]);
        const predicted = [model.predict({ data, rows: test }), results[0]?.[0]?.predicted as Float64Array];
        for (const [row, label] of labels.entries()) {
          // A decision within the tolerance of 0 may be anyone's vote.
          if (decisions.slice(row * pairs, (row + 1) * pairs).some((value) => Math.abs(value) < allowed)) continue;
          for (const codes of predicted) expect(target.classes[codes[row] as number]).toBe(label);
        }
      });
    }
  }
});
