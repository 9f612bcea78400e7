import type { Json } from "../../core/json.ts";
import { finite, integer, listOf, oneOf } from "../../core/options.ts";
import { anyText, follow, members } from "../../core/saved-json/members.ts";
import { packNumbers } from "../../core/saved-json/packed-numbers.ts";
import { readCoefficients, readKernel, readVectors } from "../svm/kernel-json.ts";
import type { SvrModelState } from "./model-state.ts";

const version = 2;

/** The most that an offset may be: with the largest weighted sum a value stays finite. */
const largestOffset = 1e308;

/** A regression as JSON, without a lost bit; `count` is that of its support vectors. */
export function svrModelJson({ kernel, width, vectors, coefficients, offset, warnings }: SvrModelState): Json {
  return {
    kind: "svr",
    version,
    kernel,
    width,
    count: coefficients.length,
    vectors: packNumbers("f32", vectors),
    coefficients: packNumbers("f64", coefficients),
    offset,
    warnings,
  };
}

/**
 * Reads what `svrModelJson` wrote, and nothing else: every member is checked before it is used, and a member that is not known is refused.
 * @throws HpoError DATA_INVALID, with the member's path
 */
export function svrModelState(json: Json): SvrModelState {
  const model = members(json, "", ["kind", "version", "kernel", "width", "count", "vectors", "coefficients", "offset", "warnings"]);
  follow("kind", model["kind"], oneOf(["svr"]));
  follow("version", model["version"], oneOf([version]));
  const kernel = readKernel(model["kernel"], ["rbf", "linear"]);
  const width = follow("width", model["width"], integer(1, 2 ** 31)) as number;
  const count = follow("count", model["count"], integer(0, 2 ** 31)) as number;
  return {
    kernel,
    width,
    vectors: readVectors(model["vectors"], { kernel, width, count }),
    coefficients: readCoefficients("coefficients", model["coefficients"], count),
    offset: follow("offset", model["offset"], finite(-largestOffset, largestOffset)) as number,
    warnings: [...(follow("warnings", model["warnings"], listOf(anyText)) as readonly string[])],
  };
}
