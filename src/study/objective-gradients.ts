import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Gradient, Params } from "../core/space.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { ownMember } from "../core/own-member.ts";
import { gradientNames } from "../space/unit-gradient.ts";
import { byMetric, isWithGradient } from "./objective-values.ts";

/**
 * The gradients among what an objective returned, by metric; undefined where there is none. What is told of a value is told of
 * every continuous float of the trial; entries need not be finite.
 * @throws HpoError OBJECTIVE_INVALID where a name is missing, or is no float that is active in the trial.
 */
export function objectiveGradients(
  { space, metrics }: Pick<StudySpec, "space" | "metrics">,
  params: Params,
  returned: unknown,
): Readonly<Record<string, Gradient>> | undefined {
  if (typeof returned !== "object" || returned === null) return undefined;
  const names = Object.keys(metrics);
  const told = byMetric(names, returned) as Readonly<Record<string, unknown>>;
  let gradients: Record<string, Gradient> | undefined;
  for (const name of names) {
    const one = ownMember(told, name);
    if (!isWithGradient(one) || one.gradient === undefined) continue;
    gradients ??= {};
    gradients[name] = checkedGradient(name, gradientNames(space, params), one.gradient);
  }
  return gradients;
}

function checkedGradient(metric: string, { floats, continuous }: ReturnType<typeof gradientNames>, gradient: unknown): Gradient {
  const refusal = (problem: string): HpoError =>
    new HpoError(
      "OBJECTIVE_INVALID",
      `the gradient of ${metric} must have a number for each float that is active in the trial${floats.length === 0 ? ", which has none" : ` (${floats.join(", ")})`}; ${problem}.`,
    );
  if (typeof gradient !== "object" || gradient === null || Array.isArray(gradient)) throw refusal(`got ${showValue(gradient)}`);
  const stray = Object.keys(gradient).find((name) => !floats.includes(name));
  if (stray !== undefined) throw refusal(`got ${showValue(stray)}`);
  const missing = continuous.find((name) => !Object.hasOwn(gradient, name));
  if (missing !== undefined) throw refusal(`${missing} is missing`);
  return Object.fromEntries(
    floats
      .filter((name) => Object.hasOwn(gradient, name))
      .map((name) => {
        const slope: unknown = (gradient as Readonly<Record<string, unknown>>)[name];
        if (typeof slope !== "number") throw refusal(`got ${showValue(slope)} for ${name}`);
        // −0 is no other number, and does not outlive a store.
        return [name, slope + 0];
      }),
  );
}
