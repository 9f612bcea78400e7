// Judges a suite's runs: which statements hold, which are refuted, and which can't be told apart from chance.
import { median } from "../bench/table-cells.ts";
import type { QualityCase, QualityQuota, QualitySuite, QualityTest, Samples } from "./quality-suite.ts";
import { falseDiscoveryLimit, rankSumP, signP } from "./rank-sum.ts";

/**
 * "ok": it holds by the medians. "open": it does not, but chance may have done that. "known": it does not, and did not in
 * the record. "FAILED": it does not, by more than chance. "skipped": there is nothing to judge.
 */
export type Verdict = "ok" | "open" | "known" | "FAILED" | "skipped";

export interface Judged {
  readonly case: string;
  readonly figure: string;
  readonly bar: string;
  readonly verdict: Verdict;
  /** Medians; null where there is none. */
  readonly ours: number | null;
  readonly limit: number | null;
  readonly p: number | null;
  readonly seeds: number;
  /** Why it was skipped. */
  readonly reason: string | null;
}

export interface Evidence {
  readonly samples: Samples;
  readonly record: Samples;
}

export interface JudgedQuota extends QualityQuota {
  readonly held: number;
  readonly verdict: Verdict;
}

export interface Judgement {
  readonly tests: readonly Judged[];
  readonly quotas: readonly JudgedQuota[];
  readonly failed: boolean;
}

/** How many of the refuted statements may be refuted by chance. */
const level = 0.05;
/** With fewer, that a sampler is not shown to be better than another says little. */
export const enoughSeeds = 20;
/** Medians that differ by less than this factor count as equal. */
export const equalFactor = 1.05;

/** What came of one test on some samples. */
interface Found {
  readonly held: boolean;
  readonly p: number;
  readonly ours: number;
  readonly limit: number;
}

/**
 * Judges each test of the suite, and each judged figure of each case against the record. A statement about the record, a peer or a
 * stated limit is refuted where its median misses the bar and its p passes Benjamini and Hochberg's limit at 5 % over all that are new.
 */
export function judge(suite: Pick<QualitySuite, "cases" | "tests" | "quotas">, { samples, record }: Evidence): Judgement {
  const cases = new Map(suite.cases.map((one) => [one.name, one]));
  const recorded = suite.cases.flatMap((one) => one.judged.map((figure) => ({ one, figure })));
  const rows = [
    ...suite.tests.map((test) => rowOf(test, { cases, samples, record })),
    ...recorded.map(({ one, figure }) => recordRow(one, figure, { samples, record })),
  ];
  const fresh = rows.flatMap(({ found, known, beats }) => (found === undefined || known || beats ? [] : [found.p]));
  const refuted = falseDiscoveryLimit(fresh, level);
  const tests = rows.map(({ found, known, beats, reason, seeds, ...row }): Judged => {
    if (found === undefined) return { ...row, verdict: "skipped", ours: null, limit: null, p: null, seeds, reason };
    const refutes = beats ? seeds >= enoughSeeds : found.p <= refuted;
    const missed = known ? "known" : refutes ? "FAILED" : "open";
    const { ours, limit, p } = found;
    return { ...row, verdict: found.held ? "ok" : missed, ours, limit, p, seeds, reason: null };
  });
  const quotas = suite.quotas.map((quota): JudgedQuota => {
    const judged = rows.filter((row) => row.bar === quota.bar && quota.cases.includes(row.case) && row.found !== undefined);
    const held = judged.filter((row) => row.found?.held === true).length;
    const missed = judged.length < quota.of ? "skipped" : "FAILED";
    const verdict = held >= quota.atLeast ? "ok" : missed;
    return { ...quota, held, verdict };
  });
  return { tests, quotas, failed: [...tests, ...quotas].some(({ verdict }) => verdict === "FAILED") };
}

interface Row {
  readonly case: string;
  readonly figure: string;
  readonly bar: string;
  readonly found: Found | undefined;
  /** The record misses it too. */
  readonly known: boolean;
  /** It must be shown, not refuted. */
  readonly beats: boolean;
  readonly seeds: number;
  readonly reason: string | null;
}

function rowOf(test: QualityTest, { cases, samples, record }: Evidence & { readonly cases: ReadonlyMap<string, QualityCase> }): Row {
  const { case: name, figure, bar } = test;
  const seeds = samples.get(name)?.[figure]?.length ?? 0;
  const row = { case: name, figure, bar, beats: test.kind === "beats", seeds };
  const one = cases.get(name);
  if (test.kind === "skip" || one === undefined || one.lacks !== undefined) {
    const reason = test.kind === "skip" ? test.reason : (one?.lacks ?? "not in this suite");
    return { ...row, found: undefined, known: false, reason };
  }
  const found = tried(test, one, samples);
  return { ...row, found, known: tried(test, one, record)?.held === false, reason: found === undefined ? "not run" : null };
}

function recordRow(one: QualityCase, figure: string, { samples, record }: Evidence): Row {
  const [ours, theirs] = [samples.get(one.name)?.[figure], record.get(one.name)?.[figure]];
  const row = { case: one.name, figure, bar: "record", known: false, beats: false, seeds: ours?.length ?? 0 };
  if (ours === undefined) return { ...row, found: undefined, reason: one.lacks ?? "not run" };
  if (theirs === undefined) return { ...row, found: undefined, reason: "no figure is recorded" };
  return { ...row, found: noWorse(one, { ours, theirs, factor: equalFactor }), reason: null };
}

/** Undefined where a sample is missing. */
function tried(test: Exclude<QualityTest, { kind: "skip" }>, one: QualityCase, samples: Samples): Found | undefined {
  const ours = samples.get(one.name)?.[test.figure];
  if (ours === undefined) return undefined;
  if (test.kind === "limit") {
    const bound = badness(one, test.limit);
    const above = ours.filter((value) => badness(one, value) > bound).length;
    return { held: badness(one, median(ours)) <= bound, p: signP(above, ours.length), ours: median(ours), limit: test.limit };
  }
  const theirs = samples.get(test.than)?.[test.figure];
  if (theirs === undefined) return undefined;
  if (test.kind === "noWorse") return noWorse(one, { ours, theirs, factor: test.factor });
  const p = rankSumP(
    theirs.map((value) => badness(one, value)),
    ours.map((value) => badness(one, value)),
  );
  return { held: p <= level, p, ours: median(ours), limit: median(theirs) };
}

function noWorse(
  one: QualityCase,
  { ours, theirs, factor }: { readonly ours: readonly number[]; readonly theirs: readonly number[]; readonly factor: number },
): Found {
  const loosened = theirs.map((value) => (one.better === "lower" ? value * factor : value / factor));
  const p = rankSumP(
    ours.map((value) => badness(one, value)),
    loosened.map((value) => badness(one, value)),
  );
  const limit = median(loosened);
  return { held: badness(one, median(ours)) <= badness(one, limit), p, ours: median(ours), limit };
}

/** Larger is worse; all beyond the case's `equalBeyond` is equal. NaN is worst. */
function badness({ better, equalBeyond }: QualityCase, value: number): number {
  if (Number.isNaN(value)) return Infinity;
  if (better === "lower") return Math.max(value, equalBeyond ?? -Infinity);
  return -Math.min(value, equalBeyond ?? Infinity);
}
