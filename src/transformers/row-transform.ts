import type { Dataset } from "../core/dataset.ts";
import type { RowSet } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import { listOf, oneOf, type OptionRule } from "../core/options.ts";
import { anyText, follow, members, must } from "../core/saved-json/members.ts";
import type { Transform, TransformedColumn } from "../core/transformer.ts";
import { derivedData } from "../data/derived-data.ts";
import { denseBlock, missing } from "./transformer.ts";

const version = 1;

export interface RowTransformParts {
  /** The transformer's name. */
  readonly kind: string;
  /** What it was fitted to. */
  readonly inputs: readonly TransformedColumn[];
  readonly columns: readonly TransformedColumn[];
  /** Writes all of `to` from a row; a category is its index in the levels of `inputs`, −1 where they don't have it, NaN where missing. */
  readonly change: (from: Float64Array, to: Float64Array) => void;
  /** true: a missing value in a row is refused. */
  readonly complete: boolean;
  /** Columns whose categories may be others than those of `inputs`; default none. */
  readonly open?: (column: number) => boolean;
  /** What the transform knows besides its inputs. */
  readonly state: Readonly<Record<string, Json>>;
  readonly resample?: Transform["resample"];
}

/** A transform that changes each row by itself. */
export function rowTransform(parts: RowTransformParts): Transform {
  const { kind, inputs, columns, state, resample } = parts;
  return {
    columns,
    apply: (input) => applied(parts, input),
    ...(resample === undefined ? {} : { resample }),
    toJSON: () => ({ kind, version, inputs: inputs.map(({ name, levels }) => ({ name, levels })), ...state }),
  };
}

function applied({ kind, inputs, columns, change, complete, open = () => false }: RowTransformParts, { data, rows }: RowSet): Dataset {
  const { values, stride } = denseBlock(kind, data);
  const codes = codesOf(kind, inputs, data);
  const from = new Float64Array(inputs.length);
  return derivedData({
    by: kind,
    source: data,
    rows: rows.length,
    columns,
    fill(at, to) {
      const row = rows[at] as number;
      for (let j = 0; j < from.length; j++) {
        let value = values[row * stride + j] as number;
        if (value !== value) {
          if (complete) throw missing(kind, { data }, [row, j]);
        } else if (codes[j] !== null) {
          value = codes[j]?.[value] as number;
          if (value < 0 && !open(j)) throw unknown(kind, data, [row, j]);
        }
        from[j] = value;
      }
      change(from, to);
    },
  });
}

/** For each column of categories, the fitted index of each of the data's levels, −1 where there is none; null for numbers. */
function codesOf(kind: string, inputs: readonly TransformedColumn[], { columns, name }: Dataset): readonly (Int32Array | null)[] {
  if (columns.length !== inputs.length) {
    throw new HpoError(
      "DATA_INVALID",
      `${kind}(): rows must have ${inputs.length} features, as in training; ${name} has ${columns.length}.`,
      {
        data: { data: name },
      },
    );
  }
  return columns.map((column, j) => {
    const levels = inputs[j]?.levels ?? null;
    if ((column.kind === "category") !== (levels !== null)) {
      const was = levels === null ? "numbers" : "categories";
      throw new HpoError("DATA_INVALID", `${kind}(): column ${JSON.stringify(column.name)} must hold ${was}, as in training.`, {
        data: { data: name, column: column.name },
      });
    }
    return column.kind === "category" && levels !== null ? Int32Array.from(column.levels, (level) => levels.indexOf(level)) : null;
  });
}

/** For a category that is not known. */
function unknown(kind: string, { columns, name, features }: Dataset, [row, j]: readonly [number, number]): HpoError {
  const column = columns[j];
  const code = features.kind === "dense" ? (features.values[row * features.stride + j] as number) : 0;
  return unknownLevel(kind, column?.name ?? "", column?.kind === "category" ? column.levels[code] : undefined, `row ${row + 1} of ${name}`);
}

/** For a category that training rows did not have. */
export function unknownLevel(kind: string, column: string, level: string | undefined, where = "a row"): HpoError {
  return new HpoError(
    "DATA_INVALID",
    `${kind}(): column ${JSON.stringify(column)} must hold a category that it had in training; ${where} has ${JSON.stringify(level ?? "another")}.`,
    { data: { column, level } },
  );
}

/** A saved transform's inputs and the members that its kind has besides. */
export interface SavedTransform {
  readonly inputs: readonly TransformedColumn[];
  readonly saved: Readonly<Record<string, unknown>>;
  /** Where a member lies, for errors. */
  path(member: string): string;
}

/** Reads what `toJSON` wrote. @throws HpoError DATA_INVALID, with the path of what is wrong */
export function readTransform(json: unknown, path: string, kind: string, names: readonly string[]): SavedTransform {
  const saved = members(json, path, ["kind", "version", "inputs", ...names]);
  follow(`${path}.kind`, saved["kind"], oneOf([kind]));
  follow(`${path}.version`, saved["version"], oneOf([version]));
  return { inputs: readColumns(`${path}.inputs`, saved["inputs"]), saved, path: (member) => `${path}.${member}` };
}

const anyValue: OptionRule = { must: "an object with name and levels", optional: false, accepts: () => true };

/** Columns with their levels. */
function readColumns(path: string, value: unknown): readonly TransformedColumn[] {
  const list = follow(path, value, listOf(anyValue, 1)) as readonly unknown[];
  return list.map((one, at) => {
    const column = members(one, `${path}[${at}]`, ["name", "levels"]);
    const name = follow(`${path}[${at}].name`, column["name"], anyText) as string;
    return { name, levels: readLevels(`${path}[${at}].levels`, column["levels"]) };
  });
}

function readLevels(path: string, value: unknown): readonly string[] | null {
  if (value === null) return null;
  const levels = follow(path, value, listOf(anyText)) as readonly string[];
  must(path, new Set(levels).size === levels.length, "different names, or null for a column of numbers", value);
  return [...levels];
}
