import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { TrialSelection } from "../core/records.ts";
import type { ParamValue, Space } from "../core/space.ts";
import { dimensions } from "../space/dimensions.ts";
import { discreteValues } from "../space/discrete-values.ts";

/** As a study gives it. */
export interface SelectionDefinition {
  readonly select?: "best" | "simplest-within-one-se";
  readonly simplicity?: readonly unknown[];
}

/**
 * How a study's reported trial is chosen, frozen; null for the best one.
 * @throws HpoError OPTION_INVALID where `simplicity` is missing, not needed, or does not fit the space.
 */
export function checkSelection(where: string, space: Space, { select = "best", simplicity }: SelectionDefinition): TrialSelection | null {
  const invalid = (text: string): never => {
    throw new HpoError("OPTION_INVALID", `${where}(): ${text}`);
  };
  if (select === "best") {
    if (simplicity !== undefined) invalid('simplicity must come with select: "simplest-within-one-se", which looks at it; got it alone.');
    return null;
  }
  if (simplicity === undefined || simplicity.length === 0) {
    return invalid(
      'simplicity must say what is simpler with select: "simplest-within-one-se", such as [{ parameter: "C", simpler: "smaller" }]; got none.',
    );
  }
  const seen = new Set<string>();
  const rules = simplicity.map((one, i) => {
    const at = `simplicity[${i}]`;
    const { parameter, simpler } = (typeof one === "object" && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
    const axis = dimensions(space).find(({ name }) => name === parameter);
    if (axis === undefined) {
      const known = dimensions(space).map(({ name }) => name);
      return invalid(`${at}.parameter must be one of ${known.join(", ")}; got ${showValue(parameter)}.`);
    }
    if (seen.has(axis.name)) invalid(`${at}.parameter must not come twice; got ${showValue(axis.name)} again.`);
    seen.add(axis.name);
    const values = discreteValues(axis.parameter);
    const numeric = values === null || Array.from({ length: Math.min(values.count, 1000) }, (_, at) => values.at(at)).every(isNumber);
    if (simpler === "smaller" || simpler === "larger") {
      if (!numeric) invalid(`${at}.simpler must be a list of the values of ${axis.name}, from the simplest on; got ${showValue(simpler)}.`);
      return Object.freeze({ parameter: axis.name, simpler });
    }
    const listed = Array.isArray(simpler) ? (simpler as readonly ParamValue[]) : [];
    const whole =
      values !== null &&
      listed.length === values.count &&
      new Set(listed).size === values.count &&
      listed.every((value) => values.indexOf(value) >= 0);
    if (whole) return Object.freeze({ parameter: axis.name, simpler: Object.freeze([...listed]) });
    const ways = numeric ? '"smaller", "larger" or all its values, from the simplest on' : "all its values, from the simplest on";
    return invalid(`${at}.simpler must be ${ways}; got ${showValue(simpler)}.`);
  });
  return Object.freeze({ rule: select, simplicity: Object.freeze(rules) });
}

function isNumber(value: ParamValue): boolean {
  return typeof value === "number";
}
