import { finite, flag } from "../core/options.ts";
import { follow, must, packed } from "../core/saved-json/members.ts";
import { packNumbers } from "../core/saved-json/packed-numbers.ts";
import type { Transform, TransformedColumn } from "../core/transformer.ts";
import { readTransform, rowTransform } from "./row-transform.ts";

/** (x − shift) / scale + low of every number; categories and missing values stay. */
export interface Affine {
  /** One entry a column; of a column of categories 0 and 1. */
  readonly shift: Float64Array;
  /** Above 0. */
  readonly scale: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Whether what leaves low … high is brought back to its ends. */
  readonly clip: boolean;
}

export function affine(kind: string, inputs: readonly TransformedColumn[], { shift, scale, low, high, clip }: Affine): Transform {
  return rowTransform({
    kind,
    inputs,
    columns: inputs,
    complete: false,
    change(from, to) {
      for (let j = 0; j < from.length; j++) {
        let value = from[j] as number;
        if (inputs[j]?.levels === null) {
          value = (value - (shift[j] as number)) / (scale[j] as number) + low;
          if (clip) value = value < low ? low : value > high ? high : value;
        }
        to[j] = value;
      }
    },
    state: { shift: packNumbers("f64", shift), scale: packNumbers("f64", scale), low, high, clip },
  });
}

/** Reads what `affine` saved. */
export function readAffine(json: unknown, path: string, kind: string): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, kind, ["shift", "scale", "low", "high", "clip"]);
  const numbers = (name: string): Float64Array => packed(at(name), saved[name], { format: "f64", count: inputs.length });
  const [shift, scale] = [numbers("shift"), numbers("scale")];
  must(at("shift"), shift.every(Number.isFinite), "finite numbers", "one that is not");
  must(
    at("scale"),
    scale.every((one) => one > 0 && one < Infinity),
    "finite numbers above 0",
    "one that is not",
  );
  const low = follow(at("low"), saved["low"], finite()) as number;
  const high = follow(at("high"), saved["high"], finite(low)) as number;
  return affine(kind, inputs, { shift, scale, low, high, clip: follow(at("clip"), saved["clip"], flag()) as boolean });
}

/** An affine transform whose shift and scale are found column by column from the values that are there; one without any stays as it is. */
export function learnAffine(
  { columns, column }: { readonly columns: readonly TransformedColumn[]; column(at: number): Float64Array },
  learn: (values: Float64Array) => readonly [shift: number, scale: number],
): Pick<Affine, "shift" | "scale"> {
  const shift = new Float64Array(columns.length);
  const scale = new Float64Array(columns.length).fill(1);
  for (const [j, { levels }] of columns.entries()) {
    if (levels !== null) continue;
    const values = column(j).filter((value) => value === value);
    if (values.length === 0) continue;
    [shift[j], scale[j]] = learn(values);
  }
  return { shift, scale };
}
