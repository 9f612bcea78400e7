import { HpoError } from "../core/hpo-error.ts";
import { integer, listOf } from "../core/options.ts";
import { follow, must } from "../core/saved-json/members.ts";
import type { Transform, TransformedColumn } from "../core/transformer.ts";
import { readTransform, rowTransform } from "./row-transform.ts";

/** Some of the columns, in their order. `complete`: missing values are refused. */
export function pickedColumns(
  kind: string,
  inputs: readonly TransformedColumn[],
  { picked, complete }: { readonly picked: readonly number[]; readonly complete: boolean },
): Transform {
  if (picked.length === 0) {
    throw new HpoError("DATA_UNSUPPORTED", `${kind}(): at least one column must be left; none of ${inputs.length} was. Ask for less.`, {
      data: { columns: inputs.length },
    });
  }
  return rowTransform({
    kind,
    inputs,
    columns: picked.map((j) => inputs[j] as TransformedColumn),
    complete,
    change(from, to) {
      for (let at = 0; at < picked.length; at++) to[at] = from[picked[at] as number] as number;
    },
    state: { picked },
  });
}

export function readPickedColumns(
  json: unknown,
  path: string,
  { kind, complete }: { readonly kind: string; readonly complete: boolean },
): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, kind, ["picked"]);
  const picked = follow(at("picked"), saved["picked"], listOf(integer(0, inputs.length - 1), 1)) as readonly number[];
  must(
    at("picked"),
    picked.every((one, i) => i === 0 || one > (picked[i - 1] as number)),
    "ascending",
    picked,
  );
  return pickedColumns(kind, inputs, { picked: [...picked], complete });
}
