import { HpoError } from "../core/hpo-error.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";

/*
 * Estimates of the error on new rows from bootstrap samples. Source: B. Efron, R. Tibshirani, "Improvements on cross-validation: the .632+ bootstrap method", JASA
 * 92(438), 1997, doi 10.1080/01621459.1997.10474007.
 *
 * err̄: resubstitution error, of a model fitted to all rows, on these rows; Err⁽¹⁾: leave-one-out bootstrap error; γ: no-information error rate.
 */

/** What the .632+ estimate is made of: mean losses, of which less is better. */
export interface ErrorParts {
  /** err̄: of a model of all rows on these rows. */
  readonly resubstitution: number;
  /** Err⁽¹⁾: of models on rows that they were not fitted to. */
  readonly outOfBag: number;
  /** γ: where predictions and targets had nothing to do with each other. */
  readonly noInformation: number;
}

/** The estimates, all in the unit of the loss. */
export interface BootstrapError {
  /** .368 err̄ + .632 Err⁽¹⁾: too small for models that learn the rows by heart. */
  readonly point632: number;
  /** The same with a weight that grows from .632 to 1 with the overfitting. */
  readonly point632Plus: number;
  /** R̂: 0 = no overfitting, 1 = as much as there can be. */
  readonly overfitting: number;
}

/**
 * The .632 and .632+ estimates of a mean loss.
 * @throws HpoError OPTION_INVALID for a part that is not a finite number.
 */
export function point632Plus({ resubstitution, outOfBag, noInformation }: ErrorParts): BootstrapError {
  for (const [option, value] of Object.entries({ resubstitution, outOfBag, noInformation })) {
    if (Number.isFinite(value)) continue;
    throw new HpoError("OPTION_INVALID", `point632Plus(): ${option} must be a finite number; got ${value}.`, {
      data: { where: "point632Plus", option, value },
    });
  }
  const point632 = 0.368 * resubstitution + 0.632 * outOfBag;
  // Err⁽¹⁾′ = min(Err⁽¹⁾, γ), and R̂ is 0 unless both Err⁽¹⁾ and γ are above err̄.
  const bounded = Math.min(outOfBag, noInformation);
  const overfitting =
    outOfBag > resubstitution && noInformation > resubstitution ? (bounded - resubstitution) / (noInformation - resubstitution) : 0;
  const correction = ((bounded - resubstitution) * (0.368 * 0.632 * overfitting)) / (1 - 0.368 * overfitting);
  return Object.freeze({ point632, point632Plus: point632 + correction, overfitting });
}

/**
 * Err⁽¹⁾: the mean over rows of the mean loss of the models that a row had no part in. Rows that are in every sample are left out.
 * @param samples by sample, the rows that it tests, and the loss of each
 */
export function outOfBagError(
  rows: number,
  samples: readonly { readonly rows: Uint32Array; readonly losses: Float64Array }[],
): { readonly error: number; readonly tested: number } {
  const sums = new Float64Array(rows);
  const times = new Uint32Array(rows);
  for (const { rows: tested, losses } of samples) {
    for (let at = 0; at < tested.length; at++) {
      const row = tested[at] as number;
      sums[row] = (sums[row] as number) + (losses[at] as number);
      times[row] = (times[row] as number) + 1;
    }
  }
  const means = sums.map((sum, row) => sum / (times[row] as number)).filter((_, row) => times[row] !== 0);
  return { error: pairwiseSum(means) / means.length, tested: means.length };
}

/** γ̂: the mean loss over all n² pairs of a row's target and another's prediction. `losses(shift)`: of each row's target with the prediction `shift` rows on. */
export function noInformationError(rows: number, losses: (shift: number) => Float64Array): number {
  const means = Float64Array.from({ length: rows }, (_, shift) => pairwiseSum(losses(shift)) / rows);
  return pairwiseSum(means) / rows;
}
