import type { Dataset } from "./dataset.ts";
import type { FitContext, FitInput, RowSet } from "./estimator.ts";
import type { Json } from "./json.ts";

/** What becomes of something that data may have: it is refused, kept for what follows, or there is none of it afterwards. */
export type Handling = "refuses" | "keeps" | "removes";

/** What data a transformer takes, and what it makes of it. */
export interface TransformerTraits {
  readonly missing: Handling;
  readonly categories: Handling;
  /** true: it learns from the classes, so that the target must be one. */
  readonly classes: boolean;
  /** "every": each row is changed by itself, whoever asks; "training": which rows are trained on changes, and nothing else. */
  readonly rows: "every" | "training";
}

/** A recipe with its options that works on the features before a model does; `fit` returns the result. */
export interface Transformer {
  readonly name: string;
  readonly traits: TransformerTraits;
  /** Plain data that, with `name`, says everything about the recipe: recipes that agree on both share their fits. */
  readonly options: Readonly<Record<string, Json>>;
  /** Looks at `input.rows` alone, whatever the others hold. Equal input, options and stream give equal transforms. */
  fit(input: FitInput, context: FitContext): Promise<Transform>;
}

/** A column as a transform leaves it. */
export interface TransformedColumn {
  readonly name: string;
  /** The categories that codes index into; null for a column of numbers. */
  readonly levels: readonly string[] | null;
}

/** A fitted transformer. */
export interface Transform {
  /** What `apply` gives, in order. */
  readonly columns: readonly TransformedColumn[];
  /** A data set of its own, without a target: its row i is `input.rows[i]`, transformed by itself. */
  apply(input: RowSet): Dataset;
  /**
   * Only where the recipe acts on training rows, on a fresh fit: what the next step is fitted to in place of the rows that this was
   * fitted to, with the same columns. Pure: what was drawn was drawn by `fit`.
   */
  readonly resample?: (input: FitInput) => FitInput;
  toJSON(): Json;
}
