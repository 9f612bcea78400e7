import type { Dataset } from "hpo";
import type { PlainData } from "./plain-csv.ts";
import { WrongAnswer } from "./wrong-answer.ts";

/** Throws where a data set is not what the plain reader makes of the same file; `plain` is null where it must be refused. */
export function checkData(data: Dataset, plain: PlainData | null): void {
  if (plain === null) throw new WrongAnswer("was taken, and the plain reader refuses it");
  const { features } = data;
  if (features.kind !== "dense") throw new WrongAnswer("the features are not dense");
  const { values, width, stride } = features;
  same("rows", data.rows, plain.features.length);
  same("width", width, plain.columns.length);
  data.columns.forEach((column, at) => {
    same("a column's name", column.name, plain.columns[at]?.name);
    same("levels", column.kind === "category" ? column.levels : null, plain.columns[at]?.levels ?? null);
    const there = plain.features.map((row) => !Number.isNaN(row[at]));
    same("missing", column.missing, there.filter((one) => !one).length);
    if (column.mask !== null)
      same(
        "the mask",
        Array.from(column.mask),
        there.map((one) => (one ? 0 : 1)),
      );
  });
  plain.features.forEach((row, at) => same(`row ${at}`, Array.from(values.subarray(at * stride, at * stride + width)), row));
  const [target] = data.targets;
  const told =
    target === undefined
      ? null
      : target.kind === "class"
        ? Array.from(target.codes, (code) => target.classes[code])
        : Array.from(target.values);
  same("the target", told, plain.target);
  const { weight, group, fold, time } = data.roles;
  same("weights", listOf(weight), plain.weight);
  same("groups", group === null ? null : Array.from(group.codes, (code) => group.names[code]), plain.group);
  same("folds", listOf(fold), plain.fold);
  same("times", listOf(time), plain.time);
}

function listOf(values: ArrayLike<number> | null): readonly number[] | null {
  return values === null ? null : Array.from(values);
}

/** Bit for bit; NaN equals NaN. */
function same(what: string, got: unknown, must: unknown): void {
  const equal =
    Array.isArray(got) && Array.isArray(must)
      ? got.length === must.length && got.every((value, at) => Object.is(value, must[at]))
      : Object.is(got, must);
  if (!equal) throw new WrongAnswer(`${what} must be ${show(must)}; got ${show(got)}`);
}

function show(value: unknown): string {
  const one = (item: unknown): string => (Object.is(item, -0) ? "-0" : String(item));
  return Array.isArray(value) ? `[${value.slice(0, 12).map(one).join(", ")}] (${value.length})` : one(value);
}
