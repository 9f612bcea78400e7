import { readFileSync } from "node:fs";
import { median, percentile, type Pruner, type ReportedTrial, successiveHalving } from "hpo";
import { describe, expect, it } from "vitest";

interface OracleStudy {
  readonly direction: "minimize" | "maximize";
  /** By trial, one value a step from 1 up. */
  readonly values: readonly (readonly number[])[];
  readonly verdicts: readonly { readonly pruner: string; readonly options: never; readonly stops: readonly (number | null)[] }[];
}

const { studies } = JSON.parse(readFileSync(new URL("../oracle/pruners_oracle.json", import.meta.url), "utf8")) as {
  readonly studies: readonly OracleStudy[];
};
const pruners: Readonly<Record<string, (options: never) => Pruner>> = { median, percentile, successiveHalving };

describe("the pruners", () => {
  it("stop the trials that Optuna's stop, at the same steps", () => {
    let stopped = 0;
    for (const { direction, values, verdicts } of studies) {
      for (const { pruner, options, stops } of verdicts) {
        const made = (pruners[pruner.split(",")[0] as string] as (typeof pruners)[string])(options);
        expect(stopsOf(made, values, direction), `${pruner} ${direction}`).toEqual(stops);
        stopped += stops.filter((stop) => stop !== null).length;
      }
    }
    expect(stopped).toBeGreaterThan(300);
  });
});

/** The step at which each trial is stopped where each sees all before it. */
function stopsOf(pruner: Pruner, curves: OracleStudy["values"], direction: OracleStudy["direction"]): (number | null)[] {
  const done: ReportedTrial[] = [];
  return curves.map((curve, number) => {
    const steps = curve.map((_, at) => at + 1);
    const at = steps.findIndex((step) => {
      const history = done.map((trial) => ({ ...trial, steps: trial.steps.slice(0, step), values: trial.values.slice(0, step) }));
      return pruner.verdict({ number, direction, steps: steps.slice(0, step), values: curve.slice(0, step), history }) !== undefined;
    });
    const length = at < 0 ? steps.length : at + 1;
    const state = at < 0 ? "complete" : "pruned";
    done.push({
      number,
      state,
      value: at < 0 ? (curve.at(-1) as number) : null,
      steps: steps.slice(0, length),
      values: curve.slice(0, length),
    });
    return at < 0 ? null : length;
  });
}
