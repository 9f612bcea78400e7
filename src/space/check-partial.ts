import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Params, ParamValue, Space } from "../core/space.ts";
import { activeTogether } from "./active-together.ts";
import { dimensions } from "./dimensions.ts";
import { contains, describeParameter } from "./mismatch.ts";

/**
 * A configuration of which some values are given, checked and frozen, in the order of declaration.
 * @throws HpoError OPTION_INVALID: `where(): at …`, for unknown parameters, values that are not theirs, and values that can't stand together.
 */
export function checkPartial(where: string, at: string, { space, given }: { readonly space: Space; readonly given: object }): Params {
  const refusal = (place: string, problem: string): HpoError =>
    new HpoError("OPTION_INVALID", `${where}(): ${place} ${problem}`, { data: { where, option: place } });
  const known = dimensions(space);
  const values = given as Readonly<Record<string, unknown>>;
  const stray = Object.keys(values).find((name) => known.every((one) => one.name !== name));
  if (stray !== undefined) {
    const names = known.length === 0 ? "it has none" : known.map(({ name }) => name).join(", ");
    throw refusal(at, `must name parameters of the space (${names}); got ${showValue(stray)}.`);
  }
  const present = known.filter(({ name }) => Object.hasOwn(values, name));
  for (const { name, parameter } of present) {
    if (!contains(parameter, values[name]))
      throw refusal(`${at}.${name}`, `must be ${describeParameter(parameter)}; got ${showValue(values[name])}.`);
  }
  const params = Object.fromEntries(
    present.map(({ name }) => [name, (typeof values[name] === "number" ? values[name] + 0 : values[name]) as ParamValue]),
  );
  const fits = activeTogether(space, Object.keys(params), (choice, value) => !Object.hasOwn(params, choice) || params[choice] === value);
  if (!fits)
    throw refusal(
      at,
      `must have values that can stand together; got ${showValue(given)}, in which a parameter stands beside a choice that leaves it out.`,
    );
  return Object.freeze(params);
}
