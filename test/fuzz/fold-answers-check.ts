import assert from "node:assert/strict";
import type { FoldResult } from "#hpo/core/estimator";
import type { ClassTable } from "../table-data.ts";
import type { FuzzCase } from "./fuzz-case.ts";

/** Finite answers; labels of classes that the fold trains on; probabilities that sum to 1. */
export function checkAnswers(given: FuzzCase, { target }: ClassTable, results: readonly (readonly FoldResult[])[]): void {
  const classes = target.classes.length;
  for (const ofRequest of results) {
    assert.deepEqual(
      ofRequest.map(({ fold }) => fold),
      [...given.plan.folds.keys()],
    );
    for (const { fold, predicted, scores } of ofRequest) {
      const { train, test } = given.plan.folds[fold] as (typeof given.plan.folds)[number];
      const trained = new Set(
        [...train].filter((row) => given.weights === null || (given.weights[row] as number) > 0).map((row) => target.codes[row]),
      );
      assert.equal(predicted.length, test.length);
      assert.ok(
        predicted.every((label) => trained.has(label)),
        `labels ${predicted.join()} of classes ${[...trained].join()}`,
      );
      if (given.answer === "labels") assert.equal(scores, null);
      else {
        assert.equal(scores?.length, test.length * classes);
        assert.ok(scores?.every(Number.isFinite), `scores ${scores?.join()}`);
      }
      if (given.answer !== "probabilities" || scores === null) continue;
      for (let at = 0; at < test.length; at++) {
        const own = scores.slice(at * classes, (at + 1) * classes);
        assert.ok(
          own.every((p) => p >= 0 && p <= 1) && Math.abs(own.reduce((sum, p) => sum + p, 0) - 1) < 1e-9,
          `probabilities ${own.join()}`,
        );
      }
    }
  }
}
