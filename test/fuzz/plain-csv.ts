// A slow, plain reader of CSV (RFC 4180 and what docs of csv() promise beyond it), written apart from the one it judges.
import type { CsvOptions } from "hpo";

/** What a file says; null where it must be refused. */
export interface PlainTable {
  readonly names: readonly string[];
  /** Without the header. */
  readonly rows: readonly (readonly string[])[];
}

/** Records of a text, character by character. */
export function plainTable(text: string, delimiter: string): PlainTable | null {
  const records: string[][] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const lineEnd = (): number => (text.startsWith("\r\n", at) ? 2 : text[at] === "\n" || text[at] === "\r" ? 1 : 0);
  while (at < text.length) {
    if (lineEnd() > 0) {
      at += lineEnd();
      continue;
    }
    const fields: string[] = [];
    for (;;) {
      let field = "";
      if (text[at] === '"') {
        at++;
        for (; ; at++) {
          if (at >= text.length) return null;
          if (text[at] !== '"') field += text[at];
          else if (text[at + 1] === '"') field += text[at++];
          else break;
        }
        at++;
        if (at < text.length && lineEnd() === 0 && text[at] !== delimiter) return null;
      } else {
        for (; at < text.length && lineEnd() === 0 && text[at] !== delimiter; at++) {
          if (text[at] === '"') return null;
          field += text[at];
        }
      }
      fields.push(field);
      if (text[at] !== delimiter || at >= text.length) break;
      at++;
    }
    records.push(fields);
    at += lineEnd();
  }
  const [names, ...rows] = records;
  if (names === undefined || rows.length === 0) return null;
  if (new Set(names).size !== names.length || names.some((name) => /[\0\ufffd]/u.test(name))) return null;
  return rows.every((row) => row.length === names.length) ? { names, rows } : null;
}

/** A decimal number; NaN where it is none. */
export function plainNumber(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?Infinity$/u.test(trimmed)) return trimmed.startsWith("-") ? -Infinity : Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(trimmed) ? Number.parseFloat(trimmed) : Number.NaN;
}

/** Levels of a column in canonical order, and a code a row; −1 where missing. */
export function plainLevels(texts: readonly (string | undefined)[]): {
  readonly levels: readonly string[];
  readonly codes: readonly number[];
} {
  const there = texts.filter((text) => text !== undefined);
  const numeric = there.every((text) => Number.isFinite(plainNumber(text)));
  const written = texts.map((text) => (text === undefined ? undefined : numeric ? String(plainNumber(text) + 0) : text));
  const levels = [...new Set(written.filter((text) => text !== undefined))];
  levels.sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
  return { levels, codes: written.map((text) => (text === undefined ? -1 : levels.indexOf(text))) };
}

/** What csv() must make of a file. */
export interface PlainData {
  /** Row by row; NaN is missing. */
  readonly features: readonly (readonly number[])[];
  readonly columns: readonly { readonly name: string; readonly levels: readonly string[] | null }[];
  /** Class names or numbers. */
  readonly target: readonly (string | number)[] | null;
  readonly weight: readonly number[] | null;
  readonly group: readonly string[] | null;
  readonly fold: readonly number[] | null;
  readonly time: readonly number[] | null;
}

/** The data of a file by its options; null where it must be refused. Roles are columns of the file itself. */
export function plainData(text: string, options: CsvOptions, task: "classification" | "regression"): PlainData | null {
  if (text.includes("\0")) return null;
  const table = plainTable(text, options.delimiter ?? ",");
  if (table === null) return null;
  const { names, rows } = table;
  const missing = new Set(["", ...(options.missing ?? [])]);
  const told = (cell: string): string | undefined => (missing.has(cell) || missing.has(cell.trim()) ? undefined : cell);
  const column = (name: string): (string | undefined)[] => rows.map((row) => told(row[names.indexOf(name)] as string));
  const target = typeof options.target === "string" ? { column: options.target } : options.target;
  const kind =
    target === null ? "class" : (("kind" in target ? target.kind : undefined) ?? (task === "classification" ? "class" : "number"));
  const named = [target?.column, options.weight, options.group, options.fold, options.time] as (string | undefined)[];
  const used = [...named.filter((name) => name !== undefined), ...(options.ignore ?? [])];
  const categories = options.categories ?? [];
  if ([...used, ...categories].some((name) => !names.includes(name))) return null;
  const left = names.filter((name) => !used.includes(name));
  if (left.length === 0) return null;

  const columns = left.map((name) => {
    const cells = column(name);
    if (!categories.includes(name))
      return { name, levels: null, values: cells.map((cell) => (cell === undefined ? Number.NaN : plainNumber(cell))), cells };
    const { levels, codes } = plainLevels(cells);
    return { name, levels, values: codes.map((code) => (code < 0 ? Number.NaN : code)), cells };
  });
  const single = options.precision !== "f64";
  const features = columns.map(({ levels, values, cells }) => {
    if (levels !== null) return cells.some((cell) => cell?.includes("\ufffd")) ? null : values;
    const wrong = values.some((value, row) => cells[row] !== undefined && !Number.isFinite(value));
    if (wrong) return null;
    if (options.scale === "min-max") return plainScaled(values).map((value) => (single ? Math.fround(value) : value));
    const stored = values.map((value) => (single ? Math.fround(value) : value) + 0);
    return stored.some((value) => Math.abs(value) === Infinity) ? null : stored;
  });
  if (features.some((values) => values === null)) return null;

  const roles = {
    target: target === null ? null : plainTarget(column(target.column), kind),
    weight: options.weight === undefined ? null : plainWeight(column(options.weight as string)),
    group: options.group === undefined ? null : plainGroup(column(options.group as string)),
    fold: options.fold === undefined ? null : plainFold(column(options.fold as string)),
    time: options.time === undefined ? null : plainTime(column(options.time as string)),
  };
  const refused = [
    [target, roles.target],
    [options.weight, roles.weight],
    [options.group, roles.group],
    [options.fold, roles.fold],
    [options.time, roles.time],
  ].some(([asked, got]) => asked != null && got === null);
  if (refused) return null;
  return {
    ...roles,
    columns: columns.map(({ name, levels }) => ({ name, levels })),
    features: rows.map((_, row) => features.map((values) => (values as readonly number[])[row] as number)),
  };
}

export function plainScaled(values: readonly number[]): readonly number[] {
  const there = values.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...there), Math.max(...there)];
  const factor = Number.isFinite(high - low) ? 1 : 0.5;
  const range = high * factor - low * factor;
  return values.map((value) => (Number.isNaN(value) ? value : range === 0 ? 0 : (value * factor - low * factor) / range + 0));
}

type Cells = readonly (string | undefined)[];

export function plainTarget(cells: Cells, kind: "class" | "number"): readonly (string | number)[] | null {
  if (cells.includes(undefined)) return null;
  const texts = cells as readonly string[];
  if (kind === "number") {
    const values = texts.map((text) => plainNumber(text) + 0);
    return values.every(Number.isFinite) ? values : null;
  }
  if (texts.some((text) => text.includes("\ufffd"))) return null;
  const { levels, codes } = plainLevels(texts);
  return levels.length < 2 ? null : codes.map((code) => levels[code] as string);
}

export function plainWeight(cells: Cells): readonly number[] | null {
  const values = cells.map((cell) => (cell === undefined ? Number.NaN : plainNumber(cell) + 0));
  const sum = values.reduce((total, value) => total + value, 0);
  return values.every((value) => Number.isFinite(value) && value >= 0) && sum > 0 && Number.isFinite(sum) ? values : null;
}

export function plainGroup(cells: Cells): readonly string[] | null {
  if (cells.some((cell) => cell === undefined || cell.includes("\ufffd"))) return null;
  const { levels, codes } = plainLevels(cells);
  return codes.map((code) => levels[code] as string);
}

export function plainFold(cells: Cells): readonly number[] | null {
  const values = cells.map((cell) => (cell === undefined ? Number.NaN : plainNumber(cell) + 0));
  return values.every((value) => Number.isInteger(value) && value >= -1 && value < 2 ** 31) ? values : null;
}

const date = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|([+-])(\d\d):(\d\d))?)?$/u;

export function plainTime(cells: Cells): readonly number[] | null {
  if (cells.some((cell) => cell === undefined || cell.includes("\ufffd"))) return null;
  const texts = cells as readonly string[];
  const numbers = texts.map(plainNumber);
  if (!numbers.some(Number.isNaN)) return numbers.every(Number.isFinite) ? numbers.map((value) => value + 0) : null;
  const moments = texts.map((text) => {
    const found = date.exec(text.trim());
    if (found === null) return Number.NaN;
    const part = (index: number): number => Number(found[index] ?? 0);
    const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [number, number, number, number, number, number];
    const midnight = new Date(0);
    midnight.setUTCFullYear(year, month - 1, day);
    const real = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day && month > 0 && day > 0;
    const atMidnight = hour === 24 && minute === 0 && second === 0 && part(7) === 0;
    const inDay = (hour < 24 || atMidnight) && minute < 60 && second < 60 && part(10) < 24 && part(11) < 60;
    if (!real || !inDay) return Number.NaN;
    const zone = (part(10) * 60 + part(11)) * (found[9] === "-" ? 1 : -1);
    return midnight.getTime() + ((hour * 60 + minute + zone) * 60 + second) * 1000 + Number((found[7] ?? "").padEnd(3, "0"));
  });
  return moments.some(Number.isNaN) ? null : moments;
}
