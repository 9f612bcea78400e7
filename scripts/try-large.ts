import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import { runSolver } from "../test/solver-run.ts";
import { foldPlan } from "../test/table-data.ts";
import { loadTable } from "./bench/svm-table-data.ts";
import { readCells } from "./bench/table-cells.ts";
const [name = "satellite", folds = "10", cells = "8:10", ...rules] = process.argv.slice(2);
const data = loadTable(name, Number(folds));
const plan = foldPlan(data.folds);
const requests = readCells(cells).map(({ gamma, C }, index) => ({ index, options: svm({ kernel: "rbf", gamma, C }).options }));
let first: Float64Array[][] | undefined;
for (const rule of rules) {
  const [rows, workingRows, memory = 4e9] = rule.split(":").map(Number) as [number, number, number];
  const cpu = process.cpuUsage();
  const run = runSolver(svmFoldSolver({ ...data.table, plan, weights: null, answer: "labels" }, { rows, workingRows }), data.table.data, requests, { memoryBytes: memory });
  const { user, system } = process.cpuUsage(cpu);
  const labels = run.results.map((result) => result.map(({ predicted }) => predicted));
  first ??= labels;
  let differ = 0;
  for (const [r, result] of labels.entries()) for (const [f, p] of result.entries()) for (const [i, v] of p.entries()) if (v !== first[r]?.[f]?.[i]) differ++;
  console.log(rule, ((user + system) / 1e6).toFixed(2), "s", JSON.stringify(run.counts), "differ", differ, run.warnings.slice(0, 2));
}
