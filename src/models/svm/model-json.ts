import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { finite, flag, integer, listOf, oneOf, type OptionRule, showValue } from "../../core/options.ts";
import { kernelNumbers } from "./kernel-options.ts";
import { type Kernel, kernelBase, largestSize, largestValue } from "./kernel.ts";
import type { SvmModelState } from "./model-state.ts";
import { type PackedArrays, packNumbers, unpackNumbers } from "./packed-numbers.ts";
import type { Curve } from "./platt.ts";

const version = 2;

/** The members of each kernel besides its kind. */
const { gamma, degree, coef0 } = kernelNumbers;
const kernelMembers: Readonly<Record<Kernel["kind"], Readonly<Record<string, OptionRule>>>> = {
  rbf: { gamma },
  linear: {},
  poly: { gamma, degree, coef0 },
  sigmoid: { gamma, coef0 },
  precomputed: {},
};
const text: OptionRule = { must: "a text", optional: false, accepts: (value) => typeof value === "string" };

/** A machine as JSON, without a lost bit; a pair's coefficients are those of its first class's vectors, then of its second's. */
export function svmModelJson(state: SvmModelState): Json {
  const starts = classStarts(state.counts);
  return {
    kind: "svm",
    version,
    kernel: state.kernel,
    width: state.width,
    classes: state.classes,
    rank: state.rank,
    counts: state.counts,
    rows: packNumbers("u32", state.rows),
    vectors: packNumbers("f32", state.vectors),
    probabilities: state.probabilities,
    pairs: state.pairs.map(({ first, second, coefficients, offset, curve }) => {
      const own = new Float64Array((state.counts[first] as number) + (state.counts[second] as number));
      own.set(coefficients.subarray(starts[first], starts[first + 1]));
      own.set(coefficients.subarray(starts[second], starts[second + 1]), state.counts[first]);
      return { first, second, offset, ...(curve === null ? {} : { curve: { ...curve } }), coefficients: packNumbers("f64", own) };
    }),
    warnings: state.warnings,
  };
}

/**
 * Reads what `svmModelJson` wrote, and nothing else: every member is checked before it is used, and a member that is not known is refused.
 * @throws HpoError DATA_INVALID, with the member's path
 */
export function svmModelState(json: Json): SvmModelState {
  const model = members(json, "", [
    "kind",
    "version",
    "kernel",
    "width",
    "classes",
    "rank",
    "counts",
    "rows",
    "vectors",
    "probabilities",
    "pairs",
    "warnings",
  ]);
  follow("kind", model["kind"], oneOf(["svm"]));
  follow("version", model["version"], oneOf([version]));
  const kernel = readKernel(model["kernel"]);
  const width = follow("width", model["width"], integer(1, 2 ** 31)) as number;
  const classes = follow("classes", model["classes"], listOf(text, 1)) as readonly string[];
  must("classes", new Set(classes).size === classes.length, "different names", model["classes"]);
  const rank = perClass("rank", model["rank"], { classes, rule: integer(-1, classes.length - 1) });
  const places = rank.filter((place) => place >= 0).sort((a, b) => a - b);
  must(
    "rank",
    places.length > 0 && places.every((place, at) => place === at),
    "the places 0, 1, … of the classes that have training rows, −1 for the others",
    model["rank"],
  );
  const counts = perClass("counts", model["counts"], { classes, rule: integer(0, 2 ** 31) });
  must(
    "counts",
    counts.every((count, code) => count === 0 || (rank[code] as number) >= 0),
    "0 for classes without training rows",
    model["counts"],
  );
  const starts = classStarts(counts);
  const count = starts.at(-1) as number;
  const rows = packed("rows", model["rows"], { format: "u32", count });
  const base = kernelBase(kernel);
  if (base === "entries")
    must(
      "rows",
      rows.every((row) => row < width),
      `below ${width}, the number of columns`,
      "one that is not",
    );
  const vectors = packed("vectors", model["vectors"], { format: "f32", count: base === "entries" ? 0 : count * width });
  must("vectors", vectors.every(Number.isFinite), "finite numbers", "one that is not");
  const square = longestSquare(vectors, width);
  if (base === "products") must("vectors", square <= largestSize, `rows of a squared length of at most ${largestSize}`, "a longer one");
  must("vectors", largestValue(kernel, square) <= largestSize, `rows with kernel values of at most ${largestSize}`, "a longer one");
  const probabilities = follow("probabilities", model["probabilities"], flag()) as boolean;
  const present = [...rank.keys()].filter((code) => (rank[code] as number) >= 0);
  const expected = present.flatMap((first, at) => present.slice(at + 1).map((second) => ({ first, second })));
  const pairs = model["pairs"];
  if (!Array.isArray(pairs) || pairs.length !== expected.length) {
    throw wrong("pairs", `a list of ${expected.length}, one for each pair of classes with training rows`, pairs);
  }
  return {
    kernel,
    width,
    classes: [...classes],
    rank: [...rank],
    vectors,
    rows,
    counts: [...counts],
    probabilities,
    pairs: expected.map(({ first, second }, at) => {
      const path = `pairs[${at}]`;
      const pair = members(pairs[at], path, ["first", "second", "offset", ...(probabilities ? ["curve"] : []), "coefficients"]);
      follow(`${path}.first`, pair["first"], oneOf([first]));
      follow(`${path}.second`, pair["second"], oneOf([second]));
      const offset = follow(`${path}.offset`, pair["offset"], finite()) as number;
      const size = (counts[first] as number) + (counts[second] as number);
      const own = packed(`${path}.coefficients`, pair["coefficients"], { format: "f64", count: size });
      must(`${path}.coefficients`, own.every(Number.isFinite), "finite numbers", "one that is not");
      const coefficients = new Float64Array(count);
      coefficients.set(own.subarray(0, counts[first]), starts[first]);
      coefficients.set(own.subarray(counts[first]), starts[second]);
      return { first, second, coefficients, offset, curve: probabilities ? readCurve(`${path}.curve`, pair["curve"]) : null };
    }),
    warnings: [...(follow("warnings", model["warnings"], listOf(text)) as readonly string[])],
  };
}

function readKernel(value: unknown): Kernel {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "kind")) throw wrong("kernel", "an object with kind", value);
  const { kind } = value as { readonly kind: unknown };
  follow("kernel.kind", kind, oneOf(Object.keys(kernelMembers)));
  const rules = kernelMembers[kind as Kernel["kind"]];
  const kernel = members(value, "kernel", ["kind", ...Object.keys(rules)]);
  for (const [name, rule] of Object.entries(rules)) follow(`kernel.${name}`, kernel[name], rule);
  return kernel as unknown as Kernel;
}

function readCurve(path: string, value: unknown): Curve {
  const curve = members(value, path, ["slope", "offset"]);
  const slope = follow(`${path}.slope`, curve["slope"], finite()) as number;
  return { slope, offset: follow(`${path}.offset`, curve["offset"], finite()) as number };
}

/** First vector of each class, and the end of the last. */
function classStarts(counts: readonly number[]): readonly number[] {
  const starts = [0];
  for (const count of counts) starts.push((starts.at(-1) as number) + count);
  return starts;
}

function longestSquare(vectors: Float32Array, width: number): number {
  let longest = 0;
  for (let start = 0; start < vectors.length; start += width) {
    longest = Math.max(
      longest,
      vectors.subarray(start, start + width).reduce((sum, value) => sum + value * value, 0),
    );
  }
  return longest;
}

/** An object's own members, which are exactly `names`. */
function members(value: unknown, path: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(path, `an object with ${names.join(", ")}`, value);
  }
  const under = path === "" ? "" : `${path}.`;
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw invalid(
      `${under}${unknown}`,
      `there is no member ${under}${unknown}; ${path === "" ? "a machine" : path} has ${names.join(", ")}.`,
    );
  }
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw wrong(`${under}${missing}`, "present", undefined);
  return value as Readonly<Record<string, unknown>>;
}

function follow(path: string, value: unknown, rule: OptionRule): unknown {
  if (!rule.accepts(value)) throw wrong(path, rule.must, value);
  return value;
}

function perClass(
  path: string,
  value: unknown,
  { classes, rule }: { readonly classes: readonly string[]; readonly rule: OptionRule },
): readonly number[] {
  follow(path, value, listOf(rule));
  must(path, (value as readonly number[]).length === classes.length, `one number for each of the ${classes.length} classes`, value);
  return value as readonly number[];
}

function packed<F extends keyof PackedArrays>(
  path: string,
  value: unknown,
  { format, count }: { readonly format: F; readonly count: number },
): PackedArrays[F] {
  const text = members(value, path, [format])[format];
  const numbers = typeof text === "string" ? unpackNumbers(format, text, count) : undefined;
  if (numbers === undefined) throw wrong(`${path}.${format}`, `the base64 text of ${count} numbers (little-endian ${format})`, text);
  return numbers;
}

function must(path: string, holds: boolean, how: string, got: unknown): void {
  if (!holds) throw wrong(path, how, got);
}

function wrong(path: string, how: string, got: unknown): HpoError {
  return invalid(path, `${path === "" ? "the model" : path} must be ${how}; got ${showValue(got)}.`);
}

function invalid(path: string, sentence: string): HpoError {
  return new HpoError("DATA_INVALID", `loadModel(): ${sentence} Load what a fitted model's toJSON() gave.`, { data: { member: path } });
}
