import type { Database } from "better-sqlite3";
import type { EvaluationRecord } from "../../core/records.ts";
import type { Gradient } from "../../core/space.ts";
import { storedGradient } from "../stored-shapes.ts";
import { eachRow } from "./each-row.ts";

/** Reads gradients; `names`: of the study's metrics, by number. */
interface GradientReader {
  /** By trial, of its outcome. */
  ofOutcomes(study: number, names: readonly string[]): Map<number, Record<string, Gradient>>;
  /** Of the evaluations of a trial, as the part of a record that they are. */
  ofFolds(
    study: number,
    trial: number,
    names: readonly string[],
  ): (repeat: number, fold: number, rung: number) => Pick<EvaluationRecord, "gradients">;
}

/** Prepares every statement once. */
export function gradientReader(db: Database): GradientReader {
  const outcomeRows = db
    .prepare<[number], [number, number, string]>("SELECT trial, metric, gradient FROM gradients WHERE study = ? ORDER BY trial, metric")
    .raw();
  const foldRows = db
    .prepare<[number, number], [number, number, number, number, string]>(
      "SELECT repeat, fold, rung, metric, gradient FROM evaluation_gradients WHERE study = ? AND trial = ? ORDER BY repeat, fold, rung, metric",
    )
    .raw();

  return {
    ofOutcomes(study, names) {
      const gradients = new Map<number, Record<string, Gradient>>();
      for (const [trial, metric, gradient] of eachRow(outcomeRows, study)) {
        let told = gradients.get(trial);
        if (told === undefined) gradients.set(trial, (told = {}));
        told[names[metric] ?? ""] = storedGradient(gradient);
      }
      return gradients;
    },
    ofFolds(study, trial, names) {
      const gradients = new Map<string, Record<string, Gradient>>();
      for (const [repeat, fold, rung, metric, gradient] of foldRows.all(study, trial)) {
        const key = `${repeat}/${fold}/${rung}`;
        let told = gradients.get(key);
        if (told === undefined) gradients.set(key, (told = {}));
        told[names[metric] ?? ""] = storedGradient(gradient);
      }
      return (repeat, fold, rung) => {
        const told = gradients.get(`${repeat}/${fold}/${rung}`);
        return told === undefined ? {} : { gradients: told };
      };
    },
  };
}
