// A judgement as text: a row for each sampler and bar, then what does not hold, then why something was skipped.
import { enoughSeeds, type Judged, type Judgement, type Verdict } from "./judgement.ts";

const verdicts: readonly Verdict[] = ["ok", "open", "known", "FAILED", "skipped"];

/** Lines for people; with `all` also those that hold, or are open by little. */
export function judgementLines({ tests, quotas, failed }: Judgement, { all }: { readonly all: boolean }): readonly string[] {
  const shown = tests
    .filter((one) => one.verdict !== "skipped" && (all || isNews(one)))
    .sort((a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict));
  const seeds = tests.filter(({ verdict }) => verdict !== "skipped").map((one) => one.seeds);
  const few = Math.min(...seeds);
  const total = verdicts.map((verdict) => `${verdict} ${tests.filter((one) => one.verdict === verdict).length}`);
  return [
    ...summary(tests),
    "",
    ...shown.map(lineOf),
    ...quotas.map(({ name, verdict, held, of, atLeast }) => `${verdict.padEnd(7)} ${name}: ${held} of ${of}, at least ${atLeast}`),
    "",
    ...skipped(tests),
    ...(seeds.length > 0 && few < enoughSeeds ? [`Some have ${few} seeds; with fewer than ${enoughSeeds} little can be refuted.`] : []),
    `${failed ? "FAILED" : "passed"}: ${total.join(", ")}`,
  ];
}

/** That a median is beyond its record is none where chance does that once in five times. */
function isNews({ verdict, bar, p }: Judged): boolean {
  return verdict !== "ok" && !(verdict === "open" && bar === "record" && p !== null && p > 0.2);
}

/** A table: how many tests of each sampler and bar have each verdict. */
function summary(tests: readonly Judged[]): readonly string[] {
  const groups = grouped(tests, (one) => `${one.case.replace(/ on \S+$/u, "")}\t${one.bar}`);
  const rows = [...groups].map(([key, own]) => [
    ...key.split("\t"),
    ...verdicts.map((verdict) => String(own.filter((one) => one.verdict === verdict).length)),
  ]);
  const table = [["", "against", ...verdicts], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length))) ?? [];
  return table.map((row) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "),
  );
}

function lineOf({ verdict, case: name, figure, bar, ours, limit, p, seeds }: Judged): string {
  const test = bar === "better than random" ? `random ${short(limit)}` : `${bar} ${short(limit)}`;
  return `${verdict.padEnd(7)} ${name} @${figure}: ${short(ours)}, ${test} (p ${short(p)}, ${seeds} seeds)`;
}

function skipped(tests: readonly Judged[]): readonly string[] {
  const reasons = grouped(
    tests.filter((one) => one.verdict === "skipped"),
    (one) => one.reason ?? "",
  );
  return [...reasons].map(([reason, own]) => `skipped ${own.length}: ${reason}`);
}

function short(value: number | null): string {
  return value === null ? "–" : String(Number(value.toPrecision(3)));
}

function grouped(tests: readonly Judged[], key: (one: Judged) => string): ReadonlyMap<string, readonly Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const one of tests) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
