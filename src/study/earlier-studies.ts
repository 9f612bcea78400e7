import type { EarlierRecord, EarlierRow, EarlierStudy, StudySource } from "../core/earlier-study.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Direction } from "../core/metric.ts";
import { checkOptions, optional, shaped, showValue, text } from "../core/options.ts";
import type { OutcomeRecord, StudyDescription, TrialRecord } from "../core/records.ts";
import type { StudySpec } from "../core/study-spec.ts";
import type { Params, ParamValue, Space } from "../core/space.ts";
import { ownMember } from "../core/own-member.ts";
import { visitActive } from "../space/active-parameters.ts";
import { isInSpace } from "../space/mismatch.ts";
import { boundExcesses } from "./outcome-bounds.ts";

/** Options of `fromStudy()`. */
export interface FromStudyOptions {
  /** Its database file, relative to the study file; default the one that the study itself is kept in. */
  readonly database?: string;
  /** Values that its trials had for parameters that it did not search: `{ kernel: "rbf" }`. */
  readonly assume?: Params;
}

/** A stored study to learn from: `warmStart: { from: [fromStudy("landsat-svm")] }`. Nothing is read before the study is opened. */
export function fromStudy(study: string, options: FromStudyOptions = {}): StudySource {
  checkOptions(
    "fromStudy",
    { study, ...options },
    {
      study: text(),
      database: optional(text()),
      assume: optional(shaped('an object of values such as { kernel: "rbf" }', (value) => Object.values(value).every(isParamValue))),
    },
  );
  return Object.freeze({ study, database: options.database ?? null, assume: Object.freeze({ ...options.assume }) });
}

/** A value that a parameter can have; of which one, the space says. */
function isParamValue(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/**
 * Worse scores are all alike, since how bad a bad configuration is says nothing about the good ones; and no study outweighs the others because
 * few of its configurations are good.
 */
const worstScore = 2;
const bestScore = -3;

/** What is stored of another study. */
interface StoredStudy {
  readonly description: StudyDescription;
  readonly trials: readonly (TrialRecord & { readonly outcome: OutcomeRecord | null })[];
}

/**
 * The trials of another study that a study can learn from: complete ones with a value of each objective, whose parameters, with those that are assumed and
 * without those that the space lacks, are a configuration of it.
 * @throws HpoError OPTION_INVALID where a metric is missing or turned round, and where no trial is left.
 */
export function earlierRecord({ study, assume }: StudySource, stored: StoredStudy, spec: StudySpec): EarlierRecord {
  const refusal = (problem: string): HpoError =>
    new HpoError("OPTION_INVALID", `warmStart: the study ${showValue(study)} ${problem}`, { data: { study } });
  for (const { metric, direction } of spec.objectives) {
    const known = stored.description.metrics.find(({ name }) => name === metric);
    if (known === undefined) {
      const names = stored.description.metrics.map(({ name }) => name).join(", ");
      throw refusal(`must have the metric ${metric}; it has ${names}.`);
    }
    const own = stored.description.objectives.find((one) => one.metric === metric)?.direction ?? known.direction;
    if (own !== direction) throw refusal(`must ${direction} ${metric}; it says ${own}.`);
  }
  const trials = stored.trials.flatMap(({ params, outcome }) => {
    const here = outcome?.state === "complete" ? within(spec.space, { ...assume, ...params }) : null;
    return here === null || outcome === null ? [] : [rowOf(here, outcome.values, spec)];
  });
  if (trials.length === 0) {
    throw refusal(
      "must have a complete trial within the space; none of its trials is. Name values of parameters that it did not search with fromStudy(…, { assume }).",
    );
  }
  return { study, trials };
}

function rowOf(params: Params, values: OutcomeRecord["values"], { objectives, constraints }: StudySpec): EarlierRow {
  return {
    params,
    values: objectives.map(({ metric }) => ownMember(values, metric)?.value ?? Number.NaN),
    standardErrors: objectives.map(({ metric }) => ownMember(values, metric)?.standardError ?? null),
    ...(constraints.length === 0 ? {} : { constraints: boundExcesses(constraints, values) }),
  };
}

/** The configuration of a space that these values hold, without the others; null where they hold none. */
function within(space: Space, values: Params): Params | null {
  const params: Record<string, ParamValue> = {};
  visitActive(space, (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) params[name] = value;
    return value;
  });
  return isInSpace(space, params) ? params : null;
}

/** Kept trials with their scores, as samplers see them. O(n log n). */
export function earlierStudies(records: readonly EarlierRecord[], directions: readonly Direction[]): readonly EarlierStudy[] {
  return records.map(({ study, trials }) => {
    const scales = directions.map((direction, objective) => {
      const sign = direction === "maximize" ? -1 : 1;
      return { sign, ...scaleOf(trials.map(({ values }) => sign * (values[objective] as number))) };
    });
    return {
      study,
      centres: scales.map(({ sign, centre }) => sign * centre),
      scales: scales.map(({ scale }) => scale),
      trials: trials.map((trial) => ({
        ...trial,
        scores: scales.map(({ sign, centre, scale }, objective) => {
          const score = (sign * (trial.values[objective] as number) - centre) / scale;
          return Number.isFinite(score) ? Math.max(bestScore, Math.min(worstScore, score)) : worstScore;
        }),
      })),
    };
  });
}

/** Of values to be minimised: their median, and the mean distance of the lower half from it. */
function scaleOf(values: readonly number[]): { readonly centre: number; readonly scale: number } {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return { centre: 0, scale: 1 };
  const middle = sorted.length >> 1;
  const centre = sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  const better = sorted.slice(0, (sorted.length + 1) >> 1);
  const distance = better.reduce((sum, value) => sum + (centre - value), 0) / better.length;
  return { centre, scale: distance > 0 && Number.isFinite(distance) ? distance : 1 };
}
