import type { DenseBlock } from "../core/dataset.ts";
import type { FitContext, FitInput } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Json } from "../core/json.ts";
import type { Transform, TransformedColumn, Transformer, TransformerTraits } from "../core/transformer.ts";

/** What a transformer learns from: training rows alone, in their order. */
export interface Training {
  readonly input: FitInput;
  readonly rows: number;
  readonly columns: readonly TransformedColumn[];
  /** A column's values, one a training row, NaN where missing; a category is its level's index. */
  column(at: number): Float64Array;
  /** The class codes of the training rows; null where the target is a number. */
  classes(): Int32Array | null;
  /** The target's numbers of the training rows; class codes where it is a class. */
  numbers(): Float64Array;
}

export interface Recipe {
  readonly name: string;
  readonly traits: TransformerTraits;
  readonly options: Readonly<Record<string, Json>>;
  readonly learn: (training: Training, context: FitContext) => Transform | Promise<Transform>;
}

/** A transformer whose `fit` checks what the traits promise, on the training rows, before it learns. */
export function transformer({ name, traits, options, learn }: Recipe): Transformer {
  return Object.freeze({
    name,
    traits: Object.freeze({ ...traits }),
    options: Object.freeze({ ...options }),
    async fit(input: FitInput, context: FitContext) {
      if (context.signal.aborted) throw new HpoError("ABORTED", `${name}(): aborted before it was fitted.`);
      return learn(training(name, traits, input), context);
    },
  } satisfies Transformer);
}

/** The feature block where it is dense. @throws HpoError DATA_UNSUPPORTED */
export function denseBlock(name: string, { features, name: data }: FitInput["data"]): DenseBlock {
  if (features.kind === "dense") return features;
  throw new HpoError("DATA_UNSUPPORTED", `${name}(): features must be dense; ${data} has ${features.kind} ones.`, { data: { data } });
}

function training(name: string, traits: TransformerTraits, input: FitInput): Training {
  const { data, rows, target } = input;
  const { values, stride } = denseBlock(name, data);
  if (rows.length === 0) throw new HpoError("DATA_INVALID", `${name}(): there must be at least one training row; got 0.`);
  if (traits.classes && target.kind !== "class") {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${name}(): the target must be a class; ${target.name} is a number. Take another transformer.`,
      {
        data: { target: target.name },
      },
    );
  }
  const category = traits.categories === "refuses" ? data.columns.find(({ kind }) => kind === "category") : undefined;
  if (category !== undefined) {
    throw new HpoError(
      "DATA_UNSUPPORTED",
      `${name}(): features must be numbers; column ${JSON.stringify(category.name)} of ${data.name} holds categories. Put oneHot() or ordinal() before it.`,
      { data: { data: data.name, column: category.name } },
    );
  }
  if (traits.missing === "refuses") {
    for (const row of rows)
      for (let j = 0; j < data.columns.length; j++) if (Number.isNaN(values[row * stride + j])) throw missing(name, input, [row, j]);
  }
  return {
    input,
    rows: rows.length,
    columns: data.columns.map((column) => ({ name: column.name, levels: column.kind === "category" ? column.levels : null })),
    column: (at) => Float64Array.from(rows, (row) => values[row * stride + at] as number),
    classes: () => (target.kind === "class" ? Int32Array.from(rows, (row) => target.codes[row] as number) : null),
    numbers: () => {
      const source = target.kind === "class" ? target.codes : target.values;
      return Float64Array.from(rows, (row) => source[row] as number);
    },
  };
}

/** For a value that a transformer can't do without. */
export function missing(name: string, { data }: Pick<FitInput, "data">, [row, column]: readonly [number, number]): HpoError {
  return new HpoError(
    "DATA_UNSUPPORTED",
    `${name}(): features must have no missing values; row ${row + 1}, column ${JSON.stringify(data.columns[column]?.name ?? "")} of ${data.name} has none. Put impute() before it.`,
    { data: { data: data.name, row, column } },
  );
}
