import type { FitInput } from "../core/estimator.ts";
import type { Rng } from "../math/rng.ts";
import { finite, type OptionRule, optional } from "../core/options.ts";
import type { Transform, TransformedColumn, TransformerTraits } from "../core/transformer.ts";
import { derivedData, fitInput, withOrigins } from "../data/derived-data.ts";
import { readTransform, rowTransform } from "./row-transform.ts";
import { denseBlock } from "./transformer.ts";

/** What is trained on: row i is `origins[i]`, a place in the training rows, or lies on the way from there to another one. */
export interface Resample {
  readonly origins: Uint32Array;
  /** From index `start` on rows are made: towards the place `towards[i − start]`, `shares[i − start]` of the way. */
  readonly made?: { readonly start: number; readonly towards: Uint32Array; readonly shares: Float64Array };
}

export const balanceRule: { readonly ratio: OptionRule } = {
  ratio: optional({ ...finite(0, 1, true), must: "a number above 0 and at most 1" }),
};

/** Of a transformer that copies or leaves out rows of any kind. */
export const rowTraits: TransformerTraits = { missing: "keeps", categories: "keeps", classes: true, rows: "training" };

/** A transform that leaves rows to be judged as they are, and those trained on as `found` says. */
export function resampled(kind: string, inputs: readonly TransformedColumn[], found?: Resample): Transform {
  return rowTransform({
    kind,
    inputs,
    columns: inputs,
    complete: false,
    change: (from, to) => to.set(from),
    state: {},
    ...(found === undefined ? {} : { resample: (input: FitInput) => chosen(kind, inputs, { input, found }) }),
  });
}

export function readResampled(json: unknown, path: string, kind: string): Transform {
  return resampled(kind, readTransform(json, path, kind, []).inputs);
}

function chosen(
  by: string,
  columns: readonly TransformedColumn[],
  { input, found }: { readonly input: FitInput; readonly found: Resample },
): FitInput {
  const { data, rows } = input;
  const { values, stride } = denseBlock(by, data);
  const { origins, made } = found;
  const from = (place: number): number => (rows[place] as number) * stride;
  const derived = derivedData({
    by,
    source: data,
    rows: origins.length,
    columns,
    fill(at, to) {
      const own = from(origins[at] as number);
      for (let j = 0; j < to.length; j++) to[j] = values[own + j] as number;
      if (made === undefined || at < made.start) return;
      const other = from(made.towards[at - made.start] as number);
      const share = made.shares[at - made.start] as number;
      for (let j = 0; j < to.length; j++) to[j] = (to[j] as number) + share * ((values[other + j] as number) - (to[j] as number));
    },
  });
  return fitInput(withOrigins(derived, input, origins));
}

/** Places of the training rows by class code, of the classes that are there, by code. */
export function placesByClass(codes: Int32Array | null): readonly Uint32Array[] {
  const byClass = new Map<number, number[]>();
  for (const [at, code] of (codes ?? []).entries()) {
    const own = byClass.get(code);
    if (own === undefined) byClass.set(code, [at]);
    else own.push(at);
  }
  return [...byClass].sort(([one], [two]) => one - two).map(([, places]) => Uint32Array.from(places));
}

/** `count` of the places, drawn without replacement, ascending. */
export function drawn(places: Uint32Array, count: number, rng: Rng): Uint32Array {
  return rng.shuffle(places.slice()).subarray(0, count).sort();
}

/** How many rows each class lacks of `ratio` of the largest. */
export function lacking(classes: readonly Uint32Array[], ratio: number): readonly number[] {
  const most = Math.max(...classes.map((places) => places.length));
  return classes.map((places) => Math.max(0, Math.ceil(most * ratio) - places.length));
}
