import type { ParamValue, Params } from "../core/space.ts";
import { greek } from "./greek.ts";
import { plainText } from "./plain-text.ts";

export type Unit = "fraction" | "number";

/** How the numbers of one table or line are written, so that they line up. */
export interface NumberFormat {
  readonly unit: Unit;
  /** Digits after the point; null = exponents. */
  readonly decimals: number | null;
}

/** Fractions as per cent with two decimals, whole numbers as such, others with five significant digits of the largest. */
export function numberFormat(values: readonly number[], unit: Unit): NumberFormat {
  if (unit === "fraction") return { unit, decimals: 2 };
  if (values.every((value) => !Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 1e7))) return { unit, decimals: 0 };
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const magnitude = Math.floor(Math.log10(largest));
  if (magnitude > 6 || magnitude < -4) return { unit, decimals: null };
  let decimals = Math.max(0, Math.min(8, 4 - magnitude));
  const needless = (value: number) => !Number.isFinite(value) || value.toFixed(decimals).endsWith("0");
  while (decimals > 2 && values.every(needless)) decimals -= 1;
  return { unit, decimals };
}

/** A value without its unit ("92.43" for 0.9243 as a fraction). */
export function formatValue(value: number, format: NumberFormat): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const shown = format.unit === "fraction" ? value * 100 : value;
  if (format.decimals === null || Math.abs(shown) >= 1e9) return shown === 0 ? "0" : shown.toExponential(3);
  const fixed = shown.toFixed(format.decimals);
  if (shown !== 0 && Number(fixed) === 0 && format.unit === "number") return shown.toExponential(2);
  return Number(fixed) === 0 ? fixed.replace("-", "") : fixed;
}

/** "92.43 ± 0.31 %", "12.345 ± 0.120", or without ± where no standard error is known. */
export function formatEstimate(value: number, standardError: number | null, unit: Unit): string {
  const format = estimateFormat(value, standardError, unit);
  const error = standardError === null || Number.isNaN(standardError) ? "" : ` ± ${formatValue(standardError, format)}`;
  return `${formatValue(value, format)}${error}${unit === "fraction" && Number.isFinite(value) ? " %" : ""}`;
}

/** A standard error has at least two significant digits. */
function estimateFormat(value: number, standardError: number | null, unit: Unit): NumberFormat {
  const format = numberFormat([value], unit);
  if (unit === "fraction" || format.decimals === null || standardError === null || !(standardError > 0)) return format;
  return { unit, decimals: Math.max(format.decimals, Math.min(8, 1 - Math.floor(Math.log10(standardError)))) };
}

/** Seconds of a table's cell, as a bare number. */
export function formatCellSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  return seconds.toFixed(seconds < 99.995 ? 2 : seconds < 999.95 ? 1 : 0);
}

/** A parameter's value for people; numbers with many digits are rounded to `digits` significant ones. */
export function formatParam(value: ParamValue | undefined, digits: number = 4): string {
  if (value === undefined) return "–";
  if (typeof value !== "number") return plainText(String(value));
  const exact = String(value);
  return exact.length <= Math.max(7, digits) || Number.isInteger(value) ? exact : String(Number(value.toPrecision(digits)));
}

/** "γ=4 C=10", in the order of `names` where they are given; empty without parameters. */
export function formatParams(params: Params, names: readonly string[] = []): string {
  return orderedParams(params, names)
    .map(([name, value]) => `${greek(name)}=${formatParam(value)}`)
    .join(" ");
}

/** A trial's parameters in the order of `names`, others behind them. */
export function orderedParams(params: Params, names: readonly string[]): readonly (readonly [string, ParamValue])[] {
  const known = names.filter((name) => Object.hasOwn(params, name));
  return [...new Set([...known, ...Object.keys(params)])].map((name) => [name, params[name] as ParamValue] as const);
}

/** A count with its noun: "1 trial", "25 trials". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
