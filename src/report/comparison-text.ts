import type { ParamValue } from "../core/space.ts";
import type { StudiesComparison } from "../validation/comparison/studies-comparison.ts";
import type { ComparedTrial, TrialComparison } from "../validation/comparison/trial-comparison.ts";
import { columnsText, type TextColumn } from "./columns-text.ts";
import { greek } from "./greek.ts";
import { count, formatEstimate, formatParam, formatParams, formatValue, numberFormat } from "./number-format.ts";
import { joinParts, pad, plainText, textWidth, wrap } from "./plain-text.ts";
import type { TextOptions } from "./table-text.ts";

/** Two trials compared, for people: what was compared, the difference, three tests, and what they come to in a sentence. */
export function comparisonText(comparison: TrialComparison, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const { first, second, metric, cv, folds, tTest, practical, mcNemar, notes } = comparison;
  const [one, other] = names(first, second);
  const wide = Math.max(textWidth(one), textWidth(other));
  const side = (name: string, trial: ComparedTrial): string => {
    const params = formatParams(trial.params);
    return `${pad(name, wide)}  ${formatEstimate(trial.value, trial.standardError, comparison.unit)}${params === "" ? "" : `   ${params}`}`;
  };
  const [low, high] = tTest.interval;
  const sure = `${Math.round(tTest.confidence * 100)} %`;
  const difference = `${amount(comparison, comparison.difference)}, ${sure} interval ${amount(comparison, low, false)} to ${amount(comparison, high)}`;
  const lines = [
    ...joinParts([`${one} against ${other}`, plainText(metric), `${plainText(cv)}, ${count(folds, "test set")}, the same for both`], width),
    "",
    side(one, first),
    side(other, second),
    "",
    ...labelled("difference", `${one} − ${other}: ${difference}`, width),
    ...labelled(
      "t-test",
      `t = ${short(tTest.t)} with ${tTest.degrees} degrees of freedom, ${pText(tTest.p)}, corrected for folds that share training rows`,
      width,
    ),
    ...labelled(
      "practical",
      `${percent(practical.firstBetter)} that ${one} is better by more than ${amount(comparison, practical.rope)}, ${percent(practical.equivalent)} that the two are within that, ${percent(practical.secondBetter)} that ${other} is better by more`,
      width,
    ),
    ...(mcNemar === null
      ? []
      : labelled(
          "McNemar",
          `${mcNemar.onlyFirstRight} rows right by ${one} alone, ${mcNemar.onlySecondRight} by ${other} alone; ${pText(mcNemar.midP)} (mid-p), ${pText(mcNemar.exact)} (exact), ${pText(mcNemar.continuity)} (χ², continuity)`,
          width,
        )),
    "",
    ...wrap(verdict(comparison), width),
    ...notes.flatMap((note) => labelled("note", `${plainText(note)}.`, width)),
  ];
  return `${lines.join("\n")}\n`;
}

/** "trial 3" and "trial 17", with their studies where these are two. */
function names(first: ComparedTrial, second: ComparedTrial): [string, string] {
  const two = first.study !== second.study;
  const name = (one: ComparedTrial): string => `${two ? `${plainText(one.study)} ` : ""}trial ${one.trial}`;
  return [name(first), name(second)];
}

/** What the numbers come to. Says no more than they do: that no difference is seen is not that there is none. */
function verdict(comparison: TrialComparison): string {
  const { first, second, difference, tTest, practical, direction } = comparison;
  const [one, other] = names(first, second);
  const ahead = (direction === "maximize" ? difference > 0 : difference < 0) ? one : other;
  if (difference === 0 && tTest.p === 1 && practical.equivalent === 1)
    return "In words: the two score the same on every fold, or differ by nothing on the mean.";
  const seen =
    tTest.p < 0.05
      ? `the folds tell the two apart: ${ahead} is better (${pText(tTest.p)})`
      : `the folds do not tell the two apart (${pText(tTest.p)})`;
  const rope = amount(comparison, practical.rope);
  if (practical.equivalent >= 0.95)
    return `In words: ${seen}, and they are the same in practice: within ${rope} with a probability of ${percent(practical.equivalent)}.`;
  const sides = [
    [one, practical.firstBetter],
    [other, practical.secondBetter],
  ] as const;
  for (const [name, probability] of sides) {
    if (probability >= 0.95)
      return `In words: ${seen}, and ${name} is better by more than ${rope} with a probability of ${percent(probability)}.`;
  }
  return `In words: ${seen}, and whether a difference of more than ${rope} is there stays open; more folds, repeats or rows would say.`;
}

/** A difference with its unit: "2.00 points" of a per cent, or "0.031"; `unit: false` leaves it out. */
function amount({ unit }: Pick<TrialComparison, "unit">, value: number, withUnit = true): string {
  const shown = formatValue(value, numberFormat([value], unit)).replace("-", "−");
  return unit === "fraction" && withUnit ? `${shown} points` : shown;
}

function pText(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p = ${p < 0.01 ? p.toFixed(4) : p.toFixed(2)}`;
}

/** Never all or nothing, which no finite number of folds shows, unless it is. */
function percent(probability: number): string {
  const shown = probability * 100;
  if (shown > 99.9 && shown < 100) return "> 99.9 %";
  if (shown > 0 && shown < 0.1) return "< 0.1 %";
  return `${shown.toFixed(shown > 0 && shown < 100 ? 1 : 0)} %`;
}

function short(t: number): string {
  return Number.isFinite(t) ? t.toFixed(2).replace("-", "−") : t > 0 ? "∞" : "−∞";
}

function labelled(label: string, sentence: string, width: number): string[] {
  const room = width - 12;
  return wrap(sentence, room).map((line, i) => `${pad(i === 0 ? label : "", 12)}${line}`);
}

/** Methods over data sets, for people: scores, mean ranks, Friedman's test, and which pairs Nemenyi's tells apart. */
export function studiesComparisonText(comparison: StudiesComparison, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const { by, metric, unit, methods, rows, friedman, notes } = comparison;
  const name = (method: ParamValue): string => `${greek(by)}=${formatParam(method)}`;
  const columns: TextColumn[] = [
    { title: "study" },
    ...methods.map((method): TextColumn => ({ title: name(method), align: "right", least: 6 })),
  ];
  const cells = rows.map(({ study, scores }) => [plainText(study), ...scores.map((score) => formatEstimate(score, null, unit))]);
  const ranks = ["mean rank", ...friedman.meanRanks.map((rank) => rank.toFixed(2))];
  const apart = friedman.pairs.flatMap((row, i) =>
    row.flatMap((p, j) => {
      const [one, other] = [friedman.meanRanks[i] ?? 0, friedman.meanRanks[j] ?? 0];
      return one < other && p < friedman.alpha
        ? [`${name(methods[i] ?? null)} ranks before ${name(methods[j] ?? null)} (${pText(p)})`]
        : [];
    }),
  );
  const none = `no pair: mean ranks would have to be ${friedman.criticalDifference.toFixed(2)} apart`;
  return `${[
    ...joinParts([`${greek(by)} over ${count(rows.length, "data set")}`, plainText(metric), "the best trial with each value"], width),
    ...columnsText(columns, [...cells, ranks], width),
    "",
    ...labelled("Friedman", `${pText(friedman.p)} that all rank alike (Iman and Davenport's F; χ² ${pText(friedman.pChiSquare)})`, width),
    ...labelled("Nemenyi", apart.length === 0 ? none : apart.join("; "), width),
    ...notes.flatMap((note) => labelled("note", `${plainText(note)}.`, width)),
  ].join("\n")}\n`;
}
