import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { FloatParameter, IntParameter, Parameter, ParamValue, ValuesParameter } from "../core/space.ts";

/** Largest size of an integer: bucket numbers and their middles in the unit interval are exact up to here. */
const largestInteger = 2 ** 49;

/** The same on a log scale, where the rounding of a logarithm grows with the value. */
const largestLogInteger = 2 ** 40;

/** Says what is wrong with a space; `where` is "float()" at its definition and "space.gamma" in a whole space. */
export function spaceError(where: string, problem: string): HpoError {
  return new HpoError("SPACE_INVALID", `${where}: ${problem}`, { data: { where } });
}

/**
 * A checked and frozen copy of a parameter without branches.
 * @throws HpoError SPACE_INVALID
 */
export function checkParameter(where: string, given: Parameter): Exclude<Parameter, { kind: "choice" }> {
  if (given.kind === "float") return checkFloat(where, given);
  if (given.kind === "int") return checkInt(where, given);
  if (given.kind === "values") return Object.freeze({ kind: "values", values: checkValues(where, given.values) } satisfies ValuesParameter);
  throw spaceError(where, `must be float(), int(), values() or choice(); got ${showValue(given)}.`);
}

function checkFloat(where: string, { low, high, log, step }: FloatParameter): FloatParameter {
  for (const [name, value] of Object.entries({ low, high })) {
    if (!Number.isFinite(value)) throw spaceError(where, `${name} must be a finite number; got ${showValue(value)}.`);
  }
  checkOrder(where, low, high);
  checkScale(where, log, step);
  if (log && low <= 0) {
    throw spaceError(
      where,
      `low must be above 0 on a log scale; got ${showValue(low)}. Start from a small number such as 0.000001, or leave log out.`,
    );
  }
  if (step !== null) {
    if (!(Number.isFinite(step) && step > 0)) throw spaceError(where, `step must be a finite number above 0; got ${showValue(step)}.`);
    if (step < 1e-12 * Math.max(Math.abs(low), Math.abs(high))) {
      throw spaceError(where, `step must be at least 10⁻¹² of the larger end, so that its values stay distinct; got ${showValue(step)}.`);
    }
  }
  // Adding 0 turns −0 into 0: both would be stored as 0.
  return Object.freeze({ kind: "float", low: low + 0, high: high + 0, log, step });
}

function checkInt(where: string, { low, high, log, step }: IntParameter): IntParameter {
  const size = log ? largestLogInteger : largestInteger;
  for (const [name, value] of Object.entries({ low, high })) {
    if (!Number.isInteger(value)) throw spaceError(where, `${name} must be an integer; got ${showValue(value)}.`);
    if (Math.abs(value) > size) {
      throw spaceError(
        where,
        `${name} must be an integer from ${-size} to ${size}${log ? " on a log scale" : ""}; got ${showValue(value)}.`,
      );
    }
  }
  checkOrder(where, low, high);
  if (!(Number.isInteger(step) && step >= 1)) throw spaceError(where, `step must be an integer of at least 1; got ${showValue(step)}.`);
  checkScale(where, log, step === 1 ? null : step);
  if (log && low < 1) {
    throw spaceError(where, `low must be at least 1 on a log scale; got ${showValue(low)}. Start from 1, or leave log out.`);
  }
  return Object.freeze({ kind: "int", low: low + 0, high: high + 0, log, step });
}

function checkOrder(where: string, low: number, high: number): void {
  if (low > high) throw spaceError(where, `low must be at most high (${showValue(high)}); got ${showValue(low)}.`);
}

function checkScale(where: string, log: boolean, step: number | null): void {
  if (typeof log !== "boolean") throw spaceError(where, `log must be true or false; got ${showValue(log)}.`);
  if (log && step !== null) {
    throw spaceError(
      where,
      `step can't stand together with log; got step ${showValue(step)}. Leave one of them out, or list the values with values([…]).`,
    );
  }
}

/**
 * A checked and frozen copy of a list of values. Two values that print alike (1 and "1") count as equal, since tables
 * and commands could not tell them apart.
 */
export function checkValues(where: string, given: readonly ParamValue[]): readonly ParamValue[] {
  if (!Array.isArray(given) || given.length === 0)
    throw spaceError(where, `must have a list of at least one value; got ${showValue(given)}.`);
  const seen = new Map<string, ParamValue>();
  const values = Array.from(given, (value: unknown): ParamValue => {
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value + 0;
    throw spaceError(where, `each value must be a finite number, a text, true, false or null; got ${showValue(value)}.`);
  });
  for (const value of values) {
    const known = seen.get(String(value));
    if (known === value) throw spaceError(where, `values must be distinct; got ${showValue(value)} twice.`);
    if (known !== undefined) {
      throw spaceError(
        where,
        `values must print differently, so that tables can tell them apart; got ${showValue(known)} and ${showValue(value)}.`,
      );
    }
    seen.set(String(value), value);
  }
  return Object.freeze(values);
}
