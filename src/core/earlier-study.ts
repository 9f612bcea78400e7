import type { Params } from "./space.ts";

/** A study to learn from before the first trial. */
export interface StudySource {
  readonly study: string;
  /** Its database, relative to the study file; null = the one that the study itself is kept in. */
  readonly database: string | null;
  /** Values that its trials had for parameters that it did not search. */
  readonly assume: Params;
}

/** A complete trial of an earlier study, as it is kept with the study that learns from it. */
export interface EarlierRow {
  /** A configuration of the learning study's space; its rules may forbid it. */
  readonly params: Params;
  /** One an objective of the learning study, in order, as they were told; NaN and ±∞ are possible. */
  readonly values: readonly number[];
  readonly standardErrors: readonly (number | null)[];
  /** As in `FinishedTrial`, by the learning study's bounds. */
  readonly constraints?: readonly number[];
}

/** An earlier study as it is kept: a copy, made when the learning study was created, in number order. */
export interface EarlierRecord {
  readonly study: string;
  readonly trials: readonly EarlierRow[];
}

/** The same with scores, which samplers compare between studies. */
export interface EarlierTrial extends EarlierRow {
  /**
   * One an objective, from −3 to 2, and smaller is better whatever the direction: ±(value − centre) / scale of its study, where the sign turns maximised
   * values, cut at −3 and 2. So 0 is the study's median, −1 as good as its better half is on average; a value that is not finite is 2.
   */
  readonly scores: readonly number[];
}

/** What a sampler sees of an earlier study. */
export interface EarlierStudy {
  readonly study: string;
  readonly trials: readonly EarlierTrial[];
  /** One an objective: the median of the study's values, and the mean distance of its better half from it (1 where that is 0). */
  readonly centres: readonly number[];
  readonly scales: readonly number[];
}
