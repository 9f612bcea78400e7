import type { Json } from "../../core/json.ts";
import { finite, flag, integer, listOf, oneOf, type OptionRule } from "../../core/options.ts";
import { anyText, follow, members, must, packed, wrong } from "../../core/saved-json/members.ts";
import { packNumbers } from "../../core/saved-json/packed-numbers.ts";
import { kernelBase } from "./kernel.ts";
import { readCoefficients, readKernel, readVectors } from "./kernel-json.ts";
import type { SvmModelState } from "./model-state.ts";
import type { Curve } from "./platt.ts";

const version = 2;

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
  const classes = follow("classes", model["classes"], listOf(anyText, 1)) as readonly string[];
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
  const entries = kernelBase(kernel) === "entries";
  if (entries) {
    must(
      "rows",
      rows.every((row) => row < width),
      `below ${width}, the number of columns`,
      "one that is not",
    );
  }
  const vectors = readVectors(model["vectors"], { kernel, width, count: entries ? 0 : count });
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
      const own = readCoefficients(`${path}.coefficients`, pair["coefficients"], size);
      const coefficients = new Float64Array(count);
      coefficients.set(own.subarray(0, counts[first]), starts[first]);
      coefficients.set(own.subarray(counts[first]), starts[second]);
      return { first, second, coefficients, offset, curve: probabilities ? readCurve(`${path}.curve`, pair["curve"]) : null };
    }),
    warnings: [...(follow("warnings", model["warnings"], listOf(anyText)) as readonly string[])],
  };
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

function perClass(
  path: string,
  value: unknown,
  { classes, rule }: { readonly classes: readonly string[]; readonly rule: OptionRule },
): readonly number[] {
  follow(path, value, listOf(rule));
  must(path, (value as readonly number[]).length === classes.length, `one number for each of the ${classes.length} classes`, value);
  return value as readonly number[];
}
