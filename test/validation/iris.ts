import { fileURLToPath } from "node:url";
import { accuracy, csv, type Dataset, f1, stratifiedKFold } from "hpo";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import type { Judging } from "#hpo/validation/judging";

export const dataFolder: string = fileURLToPath(new URL("../../studies/data", import.meta.url));

export function irisData(): Promise<Dataset> {
  return csv("iris.csv.gz", { target: "y", scale: "min-max" }).load({ folder: dataFolder, task: "classification" });
}

/** Iris in three stratified folds, judged by accuracy and F1. */
export async function irisJudging(): Promise<Judging> {
  const data = await irisData();
  return judging(data, foldPlan(data, stratifiedKFold({ folds: 3 }), 0, 0), { accuracy: accuracy(), f1: f1() });
}
