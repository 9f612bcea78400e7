import type { Dataset, Target } from "./dataset.ts";
import type { Json } from "./json.ts";
import type { Rng } from "../math/rng.ts";
import type { Transformer } from "./transformer.ts";

/** Rows of a data set, by index; nothing is copied. */
export interface RowSet {
  readonly data: Dataset;
  readonly rows: Uint32Array;
}

/** The rows that a model is fitted to, with their target (of all rows of the data set, not of these alone). */
export interface FitInput extends RowSet {
  readonly target: Target;
  /** One weight an entry of `rows`, or null for equal weights. */
  readonly weights: Float64Array | null;
}

/** What a fit may use besides its data; equal input, options and stream give equal models. */
export interface FitContext {
  readonly rng: Rng;
  readonly signal: AbortSignal;
  /** The most that the model will be asked for, of what the traits give: probabilities may cost a lot. Left out: "scores". */
  readonly answer?: Answer;
}

/** What kinds of answers a model can give and what data it takes; checked once, when the study starts. */
export interface EstimatorTraits {
  /** "labels": class codes or values; "scores": one decision a class; "probabilities": one probability a class. */
  readonly gives: readonly Answer[];
  readonly missing: boolean;
  readonly categories: boolean;
  readonly weights: boolean;
  /** The most classes that it tells apart. Left out: any number. */
  readonly mostClasses?: number;
}

export type Answer = "labels" | "scores" | "probabilities";

/** A recipe with its options; `fit` returns the result. Never "unfitted". */
export interface Estimator {
  readonly name: string;
  readonly task: "classification" | "regression";
  readonly traits: EstimatorTraits;
  /** Plain data that, with `name`, says everything about the recipe. */
  readonly options: Readonly<Record<string, Json>>;
  fit(input: FitInput, context: FitContext): Promise<Model>;
  /** Present where the features are worked on first. */
  readonly steps?: EstimatorSteps;
  /** Present where work can be shared over many (options, fold) pairs of one data set. */
  readonly solver?: SolverReference;
}

/**
 * What an estimator is made of that works on the features first: `fit` fits each transformer to the training rows as those before it left them, and
 * `estimator` to what the last one left. Trials whose first transformers agree (by name and options) share their fits, fold by fold.
 */
export interface EstimatorSteps {
  readonly transformers: readonly Transformer[];
  /** Without steps of its own. */
  readonly estimator: Estimator;
}

/** A fitted model. */
export interface Model {
  /** Class codes (classification) or values (regression), one a row. */
  predict(input: RowSet): Float64Array;
  /** rows × classes, row-major. */
  predictScores?(input: RowSet): Float64Array;
  /** rows × classes, row-major, each row sums to 1. */
  predictProbabilities?(input: RowSet): Float64Array;
  /**
   * For gradient-based search: the derivative of each prediction by float options, by name, one entry a row. A study searches the float of the same
   * name; where its model function passes a parameter on in another form, the model has to give the derivative by the parameter.
   */
  predictSlopes?(input: RowSet): Readonly<Record<string, Float64Array>>;
  toJSON(): Json;
  dispose(): void;
}

/** Where a worker finds the solver: `export` of `module` (an absolute URL) is a `FoldSolverFactory`. Equal keys may share. */
export interface SolverReference {
  readonly key: string;
  readonly module: string;
  readonly export: string;
}

export type FoldSolverFactory = (problem: SolverProblem) => FoldSolver;

/** `test[k]` are the rows tested in fold k, `train[k]` the rows trained on. */
export interface FoldPlan {
  /** The folds are as many blocks of equal length, one a repeat. Left out: 1. */
  readonly repeats?: number;
  /** Where rows are tested in several folds of a repeat: test rows by (different) training rows, the mean over folds. Left out: no row is. */
  readonly overlap?: number;
  /** A row may stand in `train` more than once, and counts as often. Left out: false. */
  readonly replacement?: boolean;
  readonly folds: readonly { readonly train: Uint32Array; readonly test: Uint32Array }[];
}

/** What a group of requests has in common. The shared arena is empty at first and lost when the process ends. */
export interface SolverProblem {
  readonly data: Dataset;
  readonly target: Target;
  readonly plan: FoldPlan;
  readonly weights: Float64Array | null;
  /** What the metrics need; a solver computes no more than that. */
  readonly answer: Answer;
  /** Models may be asked for: a solver that offers them keeps what they take, where that is no more work. Left out: false. */
  readonly models?: boolean;
}

/** One estimator to be judged on all folds. */
export interface SolveRequest {
  /** Position in the group, from 0. */
  readonly index: number;
  readonly options: Readonly<Record<string, Json>>;
}

/** A piece of work of at most about 5 s, as plain data. */
export interface SolverPart {
  /** Unique in the plan and stable: the key of the stored result. */
  readonly key: string;
  /** For people: "γ=2 · pair 1–4". */
  readonly label: string;
  /** false: fills the shared arena (repeated by every process that needs it); true: its bytes are stored and never computed again. */
  readonly durable: boolean;
  /**
   * Durable only until every part that reads it is stored; then its bytes are dropped, and `combine` never gets them. Takes
   * `durable: true` and at least one reader. A resume repeats it only where a reader still has to be run.
   */
  readonly passing?: true;
  /**
   * Keys of durable parts of earlier stages whose bytes `run` gets; it starts when all of them are there, whether or not
   * their stages have ended. Only a durable part may read, and only what works for all of its own requests.
   */
  readonly reads?: readonly string[];
  /** Expected seconds, for ordering (longest first). */
  readonly cost: number;
  /** Indexes of the requests that this part works for: every request whose answer it touches, by the arena too. */
  readonly requests: readonly number[];
  readonly input: Json;
}

/**
 * Parts that run at once and in any order, either all durable or none. A stage starts as soon as the stages in its `needs`
 * have ended; stages that do not need each other overlap, earlier ones first, then the longest part first.
 */
export interface SolverStage {
  readonly name: string;
  readonly parts: readonly SolverPart[];
  /**
   * Names of earlier stages that must have ended first: arena stages whose contents these parts use (run again after a
   * resume only where they are needed), and stages that use contents which these parts overwrite.
   */
  readonly needs: readonly string[];
  /** What a stage that is not durable fills. It is not run where the arena still holds it from an earlier plan. */
  readonly fills?: ArenaRegion;
}

/**
 * A region of the shared arena whose contents follow from (data set, solver, `key`) alone: the key tells everything else
 * that they depend on, such as the layout of folds. Only the parts of the stage that fills it may write to it, and they fill
 * it whole. Kept while the plans that follow name the same key at the same place, or do not reach it; bytes outside the
 * regions of a plan have any contents when it begins.
 */
export interface ArenaRegion {
  readonly key: string;
  /** From the start of the shared arena, a multiple of 64. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a plan may take: sharedBytes + slots · slotBytes ≤ memoryBytes, both terms rounded up to 64 bytes. */
export interface SolverLimits {
  readonly memoryBytes: number;
  /** Parts that run at once, each with scratch of its own. */
  readonly slots: number;
}

export interface SolverPlan {
  readonly stages: readonly SolverStage[];
  /** Bytes of shared arena, and of scratch for each slot, in the data set's memory. */
  readonly sharedBytes: number;
  readonly slotBytes: number;
  /** One line for people: "distances kept: 1.6 GB; 20 MB a worker". */
  readonly note?: string;
}

/** Where in the data set's memory a part may write: 64-byte aligned offsets. */
export interface SolverArena {
  readonly sharedOffset: number;
  readonly slotOffset: number;
}

export interface PartResult {
  /** The durable answer, empty for a part that fills the arena. Equal bits for equal inputs, whatever ran before. */
  readonly bytes: Uint8Array;
  /** Seconds that belong to one request and fold alone; the rest of the part's time is shared by its requests. */
  readonly own: readonly {
    readonly request: number;
    readonly fold: number;
    readonly fitSeconds: number;
    readonly predictSeconds: number;
  }[];
  /** Counted facts such as { solves: 50, skipped: 27, iterations: 81234 }. */
  readonly counts: Readonly<Record<string, number>>;
  /** Warnings for people (an iteration limit reached …). */
  readonly warnings: readonly string[];
}

/** One request on one fold, rows in the order of the plan's `test[fold]`. */
export interface FoldResult {
  readonly fold: number;
  /** Class codes or values. */
  readonly predicted: Float64Array;
  /** test rows × classes, row-major; null unless asked for. */
  readonly scores: Float64Array | null;
  /** true where every solve was proven identical to one already made, and skipped. */
  readonly identical: boolean;
}

/**
 * Answers many requests together. An answer depends on (data, folds, options) alone: never on the other requests,
 * on the order of parts or on the number of slots.
 */
export interface FoldSolver {
  /**
   * Pure; cuts the requests into stages. Throws an HpoError where no plan keeps to the limits. The durable parts (keys,
   * requests, `reads`, bits of their answers) are the same for all limits, so that a resume may have others.
   */
  plan(requests: readonly SolveRequest[], limits: SolverLimits): SolverPlan;
  /** `read` has the bytes of the parts that `part.reads` names, by key; empty for a part that reads none. */
  run(part: SolverPart, arena: SolverArena, read: ReadonlyMap<string, Uint8Array>): PartResult;
  /** All folds of one request, from the results of the durable parts that list it, by key, without passing ones. Pure. */
  combine(request: SolveRequest, requests: readonly SolveRequest[], parts: ReadonlyMap<string, Uint8Array>): readonly FoldResult[];
  /**
   * One request's model, fitted to all rows that the folds train on or test, where the parts came by it on their way; undefined where
   * they did not, so that it takes a fit. From what `combine` gets; only where the problem says `models`. Pure, and as independent as the
   * answers. It equals what `fit` gives on these rows up to the solver's tolerance.
   */
  model?(request: SolveRequest, requests: readonly SolveRequest[], parts: ReadonlyMap<string, Uint8Array>): OfferedModel | undefined;
}

/** A model that costs no solve. */
export interface OfferedModel {
  /** About what its JSON takes as text. */
  readonly bytes: number;
  /** What the model's `toJSON()` would give. */
  json(): Json;
}
