import type { ParamValue, ValuesParameter } from "../core/space.ts";
import { checkParameter } from "./check-parameter.ts";

/** A `ValuesParameter` that knows its values' types. */
export interface TypedValues<V extends ParamValue> extends ValuesParameter {
  readonly values: readonly V[];
}

/**
 * One of a list of distinct values whose order means something: the axis of a table, or an ordinal. Samplers may take
 * neighbours in the list for similar; `choice([…])` is for values without an order.
 * @throws HpoError SPACE_INVALID
 */
export function values<const V extends ParamValue>(list: readonly V[]): TypedValues<V> {
  return checkParameter("values()", { kind: "values", values: list }) as TypedValues<V>;
}
