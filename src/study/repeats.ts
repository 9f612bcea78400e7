import type { OutcomeRecord } from "../core/records.ts";

type Values = OutcomeRecord["values"];
type JudgedValue = Values[string];

/**
 * What the repeats of one configuration come to, given in the order of their numbers: of each metric the mean, and its standard error. That is the larger of
 * s / √n, with s the deviation between the n repeats, and the root mean square of their own standard errors: those of folds come from the rows, which
 * further repeats do not add to. A metric that one of them lacks is left out. One alone stays as it is.
 */
export function meanOfRepeats(repeats: readonly Values[]): Values {
  const [first] = repeats;
  if (first === undefined || repeats.length === 1) return first ?? {};
  const values: Record<string, JudgedValue> = {};
  for (const metric of Object.keys(first)) {
    const told = repeats.flatMap((one) => (Object.hasOwn(one, metric) ? [one[metric] as JudgedValue] : []));
    if (told.length === repeats.length) values[metric] = meanValue(told);
  }
  return values;
}

function meanValue(told: readonly JudgedValue[]): JudgedValue {
  const mean = meanOf(told.map(({ value }) => value));
  const between = Math.sqrt(squaresOf(told.map(({ value }) => value)) / (told.length - 1) / told.length);
  const own = told.map(({ standardError }) => standardError).filter((error) => error !== null);
  const within = own.length === 0 ? 0 : Math.sqrt(meanOf(own.map((error) => error * error)));
  const pooled = told.map((one) => one.pooled).filter((value) => value !== null);
  const standardError = Math.max(between, within);
  return {
    value: mean,
    standardError: Number.isNaN(standardError) ? null : standardError,
    pooled: pooled.length < told.length ? null : meanOf(pooled),
  };
}

/**
 * The deviation of one value about its configuration's mean, pooled over all configurations with several values; 0 where nothing was repeated. Each
 * list holds the values of one configuration.
 */
export function deviationBetweenRepeats(configurations: Iterable<readonly number[]>): number {
  let squares = 0;
  let spare = 0;
  for (const values of configurations) {
    const own = values.length < 2 ? 0 : squaresOf(values);
    if (values.length < 2 || !Number.isFinite(own)) continue;
    squares += own;
    spare += values.length - 1;
  }
  return spare === 0 ? 0 : Math.sqrt(squares / spare);
}

/** Of equal values that value, in every bit. */
function meanOf(values: readonly number[]): number {
  const [first = Number.NaN] = values;
  if (!Number.isFinite(first)) return values.reduce((sum, value) => sum + value, 0) / values.length;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}

function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
}
