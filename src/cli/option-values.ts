import { InvalidArgumentError } from "commander";
import { HpoError } from "../core/hpo-error.ts";
import { parseDuration } from "../report/duration.ts";

/** An integer of at least `min`, written in digits. */
export function integerOption(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new InvalidArgumentError(`It must be an integer of at least ${min}.`);
  };
}

/** A number of at least `min`, in decimal notation. */
export function numberOption(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= min) return value;
    throw new InvalidArgumentError(`It must be a number of at least ${min}.`);
  };
}

/** Two trial numbers: `3,17`. */
export function pairOption(text: string): [number, number] {
  const numbers = text.split(",").map(integerOfText);
  const [first, second] = numbers;
  if (numbers.length === 2 && first !== undefined && second !== undefined && first !== second) return [first, second];
  throw new InvalidArgumentError("It must be two different trial numbers, such as 3,17.");
}

function integerOfText(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && Number.isSafeInteger(value) ? value : undefined;
}

/** `500ms`, `30s`, `30m` or `2h`, as seconds. */
export function durationOption(text: string): number {
  try {
    return parseDuration("time-budget", text);
  } catch (error) {
    if (error instanceof HpoError)
      throw new InvalidArgumentError("It must be a duration above 0 with its unit, such as 500ms, 30s, 30m or 2h.");
    throw error;
  }
}

const byteUnits: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** `500MB`, `1.5 GiB` and the like, as bytes; letters may be small. */
export function sizeOption(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]i?b)$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (byteUnits[unit.toLowerCase()] ?? 0));
  if (Number.isFinite(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError("It must be a size above 0 with its unit, such as 500MB, 2GB or 1.5GiB.");
}

/** A study's name: not empty. */
export function nameOption(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("It must be a name that is not empty.");
}

/** Collects `--where name=value`, given once or more. */
export function whereOption(text: string, earlier: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be written name=value, such as C=10.");
  const name = text.slice(0, at);
  if (earlier !== undefined && Object.hasOwn(earlier, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...earlier, [name]: text.slice(at + 1) };
}
