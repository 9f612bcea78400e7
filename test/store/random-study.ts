import fc from "fast-check";
import type {
  AttemptRecord,
  EvaluationRecord,
  OutcomeRecord,
  PredictionRecord,
  RunRecord,
  SharedWorkRecord,
  StudyHeader,
  TrialRecord,
} from "#hpo/core/records";
import type { LogRecord } from "#hpo/core/task-log";
import type { Batch } from "#hpo/core/store";

/** A study as it might be stored, in order: every batch is valid after those before it. */
export interface RandomStudy {
  readonly header: StudyHeader;
  readonly batches: readonly Batch[];
}

const metrics = ["accuracy", "log loss", "F₁ 'x'", "a/b"];

/** Multiples of 1/64, so that sums are exact in any order. */
const seconds = fc.nat(1_000_000).map((value) => value / 64);
const secondsOrNull = fc.option(seconds, { freq: 4 });
const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0, 0, 1, 5e-324, 2 ** 53));
const time = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }).map((date) => date.toISOString());
const text = fc.oneof(fc.string(), fc.constantFrom("", "it's", 'say "no"; --', "a\nb", "🙂 λ", "\0end"));
const incident = fc.record({
  kind: fc.constantFrom("error" as const, "crash" as const, "out-of-memory" as const, "timeout" as const),
  message: text,
  code: fc.option(text),
  stack: fc.option(text),
});
const value = fc.record({ value: number, standardError: fc.option(number), pooled: fc.option(number) });
const perMetric = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.constantFrom(...metrics), one, { noNullPrototype: true });
/** −0 is 0 in a store. */
const slope = number.map((one) => one + 0);
const gradients = fc
  .option(perMetric(fc.dictionary(text, slope, { noNullPrototype: true, maxKeys: 3 })))
  .map((told) => (told === null || Object.keys(told).length === 0 ? {} : { gradients: told }));
const params = fc.dictionary(text, fc.oneof(number, text, fc.boolean(), fc.constant(null)), { noNullPrototype: true, maxKeys: 4 });

const key = fc.record({ repeat: fc.nat(2), fold: fc.nat(3), rung: fc.nat(1) });
const evaluation = fc.tuple(
  key,
  fc.record({
    values: perMetric(number),
    gradients,
    testRows: fc.nat(10_000),
    correct: fc.option(fc.nat(10_000), { freq: 4 }),
    time: fc.record({ fitSeconds: seconds, predictSeconds: seconds, wallSeconds: seconds, cpuSeconds: secondsOrNull }),
    identical: fc.boolean(),
    startedAt: time,
    endedAt: time,
  }),
);
const float = fc.float().map((one) => one);
const predicted = fc.oneof(fc.nat(5), fc.nat(65_535), fc.nat(70_000), float);
const prediction = fc
  .tuple(
    fc.record({ repeat: fc.nat(2), fold: fc.nat(3) }),
    fc.uniqueArray(fc.nat(0xffffffff), { maxLength: 12 }),
    fc.infiniteStream(predicted),
    fc.option(fc.infiniteStream(float)),
  )
  .map(([at, rows, stream, scores]) => {
    const take = (from: Iterator<number>, count: number): Float64Array =>
      Float64Array.from({ length: count }, () => from.next().value as number);
    return {
      ...at,
      rows: Uint32Array.from(rows).sort(),
      predicted: take(stream, rows.length),
      truth: take(stream, rows.length),
      scores: scores === null ? null : take(scores, rows.length * 2),
    };
  });
/** Ascending steps and their values. */
const reported = fc.uniqueArray(fc.tuple(fc.nat(), number), { maxLength: 5, selector: ([step]) => step }).map((pairs) => {
  const rows = pairs.toSorted(([a], [b]) => a - b);
  return { steps: rows.map(([step]) => step), values: rows.map(([, value]) => value) };
});
/** A parent, or the trial that it repeats, or neither. */
const descent = fc.oneof(fc.record({ parent: fc.option(fc.nat(5)) }), fc.record({ parent: fc.constant(null), repeatOf: fc.nat(5) }));
const trial = fc.record({
  record: fc
    .tuple(
      fc.record({ group: fc.nat(2), params, by: text, why: text, budget: fc.option(number), note: fc.option(text), proposedAt: time }),
      descent,
    )
    .map(([record, hangsOn]) => ({ ...record, ...hangsOn })),
  started: fc.array(time, { maxLength: 2 }),
  evaluations: fc.uniqueArray(evaluation, { maxLength: 4, selector: ([at]) => `${at.repeat}/${at.fold}/${at.rung}` }),
  predictions: fc.uniqueArray(prediction, { maxLength: 2, selector: (at) => `${at.repeat}/${at.fold}` }),
  outcome: fc.option(
    fc.record({
      state: fc.constantFrom("complete" as const, "pruned" as const, "failed" as const),
      values: perMetric(value),
      incident: fc.option(incident),
      gradients,
      reported,
      endedAt: time,
    }),
  ),
});
const shared = fc.record({
  group: fc.nat(2),
  key: text,
  label: text,
  wallSeconds: seconds,
  cpuSeconds: secondsOrNull,
  counts: fc.dictionary(fc.constantFrom("solves", "skipped"), fc.nat(1000), { noNullPrototype: true }),
  warnings: fc.array(text, { maxLength: 2 }),
  uses: fc.array(fc.nat(5), { maxLength: 4 }),
  bytes: fc.option(fc.uint8Array({ maxLength: 20 })),
  endedAt: time,
});
const attempt = fc.record({
  task: text,
  attempt: fc.nat(2),
  uses: fc.array(fc.nat(5), { maxLength: 3 }),
  incident,
  wallSeconds: seconds,
  codeHash: text,
  endedAt: time,
});
const log = fc.record({
  task: text,
  label: text,
  attempt: fc.nat(2),
  uses: fc.array(fc.nat(5), { maxLength: 3 }),
  head: text,
  dropped: fc.constantFrom(0, 7, 2 ** 40),
  tail: text,
});
const run = fc.record({
  id: fc.constantFrom("run-1", "run-2"),
  startedAt: time,
  endedAt: fc.option(time),
  state: fc.option(fc.constantFrom("complete" as const, "stopped" as const, "failed" as const)),
  wallSeconds: seconds,
  end: fc.option(fc.record({ by: fc.constantFrom("trials" as const, "cut" as const), reason: text })),
  workers: fc.integer({ min: 1, max: 64 }),
  codeHash: text,
  environment: fc.constantFrom({ node: "v20.20.2" }, { node: "v22.15.0", git: null }),
  notes: fc.array(text, { maxLength: 2 }),
});

/** Names of studies are any text that is not blank. */
export const studyName: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1 }).filter((name) => name.trim() !== ""),
  fc.constantFrom("it's", 'x"; DROP TABLE studies; --', "two\nlines", "🙂", "%_", "nul\0byte", "n".repeat(20_000)),
);

export const randomStudy: fc.Arbitrary<RandomStudy> = fc
  .record({
    name: studyName,
    createdAt: time,
    seed: fc.nat(),
    trials: fc.array(trial, { maxLength: 6 }),
    shared: fc.uniqueArray(shared, { maxLength: 5, selector: (one) => (one.bytes === null ? one : `${one.group}/${one.key}`) }),
    attempts: fc.uniqueArray(attempt, { maxLength: 4, selector: (one) => `${one.attempt}/${one.task}` }),
    logs: fc.uniqueArray(log, { maxLength: 4, selector: (one) => `${one.attempt}/${one.task}` }),
    runs: fc.array(run, { maxLength: 4 }),
    finishedGroups: fc.uniqueArray(fc.nat(2), { maxLength: 2 }),
    drops: fc.array(fc.nat(4), { maxLength: 2 }),
    cuts: fc.infiniteStream(fc.nat(3)),
  })
  .map(({ name, createdAt, seed, trials, shared: works, attempts, logs, runs, finishedGroups, drops, cuts }) => {
    // Rows go to one of four batches; the trials are in the first, which comes before every row that needs them.
    const batches = Array.from({ length: 4 }, () => ({
      trials: [] as TrialRecord[],
      started: [] as { trial: number; at: string }[],
      attempts: [] as AttemptRecord[],
      logs: [] as LogRecord[],
      shared: [] as SharedWorkRecord[],
      evaluations: [] as EvaluationRecord[],
      predictions: [] as PredictionRecord[],
      outcomes: [] as OutcomeRecord[],
    }));
    const some = () => batches[cuts.next().value as number] as (typeof batches)[number];
    trials.forEach((one, number) => {
      batches[0]?.trials.push({ number, ...one.record });
      for (const at of one.started) some().started.push({ trial: number, at });
      for (const [at, { gradients: told, ...rest }] of one.evaluations) some().evaluations.push({ trial: number, ...at, ...rest, ...told });
      for (const each of one.predictions) some().predictions.push({ trial: number, ...each });
      if (one.outcome !== null) {
        const { reported: steps, gradients: told, ...outcome } = one.outcome;
        some().outcomes.push({ trial: number, ...outcome, ...told, ...(steps.steps.length === 0 ? {} : { reported: steps }) });
      }
    });
    const among = (uses: readonly number[]): number[] => (trials.length === 0 ? [] : uses.map((use) => use % trials.length));
    for (const { uses, ...work } of works) some().shared.push({ ...work, trials: among(uses) });
    for (const { uses, ...one } of attempts) some().attempts.push({ ...one, trials: among(uses) });
    for (const { uses, ...one } of logs) some().logs.push({ ...one, trials: among(uses) });
    return {
      header: studyHeader(name, createdAt, seed),
      batches: [
        ...batches,
        { dropped: works.filter((_, at) => drops.includes(at)) },
        ...runs.map((each) => ({ run: each as RunRecord })),
        { finishedGroups },
      ],
    };
  });

/** A header for tests. */
export function studyHeader(name: string, createdAt = "2026-01-02T03:04:05.678Z", seed = 0): StudyHeader {
  return {
    name,
    createdAt,
    declaration: {
      space: { gamma: { kind: "values", values: [0.5, 2] } },
      cv: { folds: 10 },
      metrics: { accuracy: {} },
      objectives: [{ metric: "accuracy", direction: "maximize" }],
      sampler: "grid",
      pruner: null,
      seed,
      lookahead: 1,
      data: null,
    },
    codeHash: "c0de",
    description: {
      metrics: [
        { name: "accuracy", direction: "maximize", unit: "fraction" },
        { name: "log loss", direction: "minimize", unit: "number" },
      ],
      objectives: [{ metric: "accuracy", direction: "maximize" }],
      sampler: "grid",
      data: null,
      cv: { label: "10-fold stratified", folds: 10 },
    },
  };
}
