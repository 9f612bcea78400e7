import { expect, it } from "vitest";
import { accuracy, balancedAccuracy, cohenKappa, f1, logLoss, mae, mse, r2, rmse, rocAuc } from "hpo";

it("says which metrics are means over rows", () => {
  const metrics = [accuracy(), balancedAccuracy(), cohenKappa(), f1(), logLoss(), mae(), mse(), r2(), rmse(), rocAuc()];
  expect(metrics.filter((metric) => metric.rowScores !== undefined).map((metric) => metric.name)).toEqual([
    "accuracy",
    "logLoss",
    "mae",
    "mse",
  ]);
});
