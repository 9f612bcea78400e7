import type { Dataset } from "../../core/dataset.ts";
import type { FoldPlan } from "../../core/estimator.ts";
import { showValue } from "../../core/options.ts";
import { columnOrder } from "./ordered-columns.ts";
import { firstTwins } from "./row-twins.ts";

/** Something about the folds that may make scores better, or worse, than they will be on new rows. */
export interface SplitFinding {
  readonly kind: "groups" | "classes" | "duplicates" | "time" | "scaling";
  /** Whether it is certain, from roles and values, or a question about the order of the rows. */
  readonly certain: boolean;
  /** Test rows that it concerns, over all folds; 0 where that has no meaning. */
  readonly rows: number;
  /** For people: what, why it matters, the cure. No full stop. */
  readonly text: string;
}

type Fold = FoldPlan["folds"][number];

/**
 * Looks for what spoils cross-validation, before anything is fitted: groups, equal rows and times on both sides of a fold, classes out of proportion, and
 * scaling that saw the test rows. Says nothing where it finds nothing. O(rows × (width + folds)).
 */
export function splitAudit(data: Dataset, { folds }: FoldPlan): readonly SplitFinding[] {
  return [
    ...groupFindings(data, folds),
    ...classFindings(data, folds),
    ...twinFindings(data, folds),
    ...timeFindings(data, folds),
    ...scalingFindings(data),
  ];
}

/** Test rows of a fold whose key is one of its training rows' too. */
function straddling({ train, test }: Fold, keys: ArrayLike<number>): number[] {
  const trained = new Set<number>();
  for (const row of train) trained.add(keys[row] as number);
  return [...test].filter((row) => trained.has(keys[row] as number));
}

function groupFindings(data: Dataset, folds: readonly Fold[]): SplitFinding[] {
  const { group } = data.roles;
  if (group !== null) {
    const rows = folds.flatMap((fold) => straddling(fold, group.codes));
    if (rows.length === 0) return [];
    const torn = new Set(rows.map((row) => group.codes[row] as number));
    const some = [...torn].slice(0, 3).map((code) => showValue(group.names[code] ?? code));
    const text = `${torn.size} of ${group.names.length} groups straddle folds (${some.join(", ")}${torn.size > 3 ? " …" : ""}): a model is tested on groups that it was trained on, and its score will not hold for new ones; use groupKFold() or stratifiedGroupKFold()`;
    return [{ kind: "groups", certain: true, rows: rows.length, text }];
  }
  const { features } = data;
  if (features.kind !== "dense") return [];
  return data.columns.flatMap(({ name }, column) => {
    const { blocks, running } = columnOrder(features, column, data.rows);
    if (blocks === 0 || running) return [];
    const rows = folds.flatMap((fold) => straddling(fold, columnKeys(data, column)));
    if (rows.length === 0) return [];
    const text = `the rows stand in ${blocks} blocks of equal ${showValue(name)}, which straddle folds: if these are subjects, recordings or sites, say group: ${showValue(name)} where the data is read, and use groupKFold(), or the score will not hold for new ones`;
    return [{ kind: "groups" as const, certain: false, rows: rows.length, text }];
  });
}

function columnKeys({ features, rows }: Dataset, column: number): Float64Array {
  const keys = new Float64Array(rows);
  if (features.kind === "dense") for (let row = 0; row < rows; row++) keys[row] = features.values[row * features.stride + column] as number;
  return keys;
}

/** A class whose share of a fold's test rows is further from its share of all rows than chance takes it once in 10,000 folds. */
const farDeviation = 4;

function classFindings({ targets: [target] }: Dataset, folds: readonly Fold[]): SplitFinding[] {
  if (target?.kind !== "class") return [];
  const { classes, codes } = target;
  const all = shares(codes, classes.length);
  const untrained: string[] = [];
  const uneven: { readonly deviation: number; readonly text: string }[] = [];
  for (const [number, { train, test }] of folds.entries()) {
    const [trained, tested] = [counts(train, codes, classes.length), counts(test, codes, classes.length)];
    for (const [code, name] of classes.entries()) {
      const share = all[code] as number;
      if (trained[code] === 0 && (tested[code] as number) > 0) untrained.push(`${showValue(name)} in fold ${number + 1}`);
      const spread = Math.sqrt(test.length * share * (1 - share));
      const deviation = spread === 0 ? 0 : Math.abs((tested[code] as number) - test.length * share) / spread;
      const own = `${percent((tested[code] as number) / test.length)} of fold ${number + 1} are ${showValue(name)}, ${percent(share)} of all rows`;
      if (deviation > farDeviation) uneven.push({ deviation, text: own });
    }
  }
  const findings: SplitFinding[] = [];
  if (untrained.length > 0) {
    const text = `classes are tested that the fold was not trained on (${some(untrained)}), so that they can't be predicted; use stratifiedKFold(), or fewer folds`;
    findings.push({ kind: "classes", certain: true, rows: 0, text });
  }
  if (uneven.length > 0) {
    const worst = uneven.toSorted((a, b) => b.deviation - a.deviation).map((one) => one.text);
    const text = `classes are out of proportion in folds (${worst[0]}${worst.length > 1 ? `, and ${worst.length - 1} more` : ""}): scores swing from fold to fold for that alone; use stratifiedKFold(), with groups stratifiedGroupKFold()`;
    findings.push({ kind: "classes", certain: true, rows: 0, text });
  }
  return findings;
}

/** Below this share of the tested rows twins can't move a score by more than that. */
const fewTwins = 0.02;

function twinFindings(data: Dataset, folds: readonly Fold[]): SplitFinding[] {
  const { features } = data;
  if (features.kind !== "dense" || features.width === 0) return [];
  const twins = firstTwins(features, data.rows);
  const tested = folds.reduce((sum, { test }) => sum + test.length, 0);
  const rows = folds.flatMap((fold) => straddling(fold, twins));
  if (rows.length < fewTwins * tested) return [];
  const text = `${rows.length} of ${tested} test rows (${percent(rows.length / tested)}) have the same features as a training row of their fold: what is remembered counts as learnt; drop the copies, or make equal rows one group and use groupKFold()`;
  return [{ kind: "duplicates", certain: true, rows: rows.length, text }];
}

function timeFindings(data: Dataset, folds: readonly Fold[]): SplitFinding[] {
  const { time = null } = data.roles as { readonly time?: Float64Array | null };
  const forecast = "to judge forecasts, train on the past alone";
  if (time !== null) {
    const rows = folds.flatMap((fold) => earlier(fold, time));
    if (rows.length === 0) return [];
    const text = `${rows.length} test rows are older than rows that their fold was trained on: the score says how well gaps are filled, not how well the future is told; ${forecast}, by a splitter for time series`;
    return [{ kind: "time", certain: true, rows: rows.length, text }];
  }
  const { features } = data;
  if (features.kind !== "dense") return [];
  return data.columns.flatMap(({ name }, column) => {
    if (!columnOrder(features, column, data.rows).running) return [];
    const rows = folds.flatMap((fold) => earlier(fold, columnKeys(data, column)));
    if (rows.length === 0) return [];
    const text = `the rows ascend by ${showValue(name)}, and folds train on later rows than they test: if it is time, ${forecast}; if it is a running number, ignore the column`;
    return [{ kind: "time" as const, certain: false, rows: rows.length, text }];
  });
}

/** Test rows before the last training row. */
function earlier({ train, test }: Fold, times: Float64Array): number[] {
  let last = -Infinity;
  for (const row of train) last = Math.max(last, times[row] as number);
  return [...test].filter((row) => (times[row] as number) < last);
}

function scalingFindings({ scaling }: Dataset): SplitFinding[] {
  if (scaling === "none") return [];
  const text =
    "features were scaled by the smallest and largest value of all rows, test rows among them: the target was not looked at, so that it matters little, but a step of a pipeline() scales within folds";
  return [{ kind: "scaling", certain: true, rows: 0, text }];
}

function counts(rows: Uint32Array, codes: Int32Array, width: number): Int32Array {
  const found = new Int32Array(width);
  for (const row of rows) found[codes[row] as number] = (found[codes[row] as number] as number) + 1;
  return found;
}

function shares(codes: Int32Array, width: number): Float64Array {
  const found = new Float64Array(width);
  for (const code of codes) found[code] = (found[code] as number) + 1;
  return found.map((count) => count / codes.length);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function some(texts: readonly string[]): string {
  return texts.length <= 3 ? texts.join(", ") : `${texts.slice(0, 3).join(", ")} and ${texts.length - 3} more`;
}
