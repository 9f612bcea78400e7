import type { OptionRule } from "../../core/options.ts";
import { follow, kindMember, members, must, packed } from "../../core/saved-json/members.ts";
import { kernelNumbers } from "./kernel-options.ts";
import { type Kernel, kernelBase, largestSize, largestValue } from "./kernel.ts";

/** The members of each kernel besides its kind. */
const { gamma, degree, coef0 } = kernelNumbers;
const kernelMembers: Readonly<Record<Kernel["kind"], Readonly<Record<string, OptionRule>>>> = {
  rbf: { gamma },
  linear: {},
  poly: { gamma, degree, coef0 },
  sigmoid: { gamma, coef0 },
  precomputed: {},
};
const everyKind = Object.keys(kernelMembers) as readonly Kernel["kind"][];

/** The most that the sizes of a function's coefficients sum to: with the largest kernel values a decision stays finite. */
const largestSum = 1e270;

/** A saved model's `kernel`, one of `kinds`. */
export function readKernel(value: unknown, kinds: readonly Kernel["kind"][] = everyKind): Kernel {
  const kind = kindMember(value, "kernel", { kinds, names: "kind" });
  const rules = kernelMembers[kind];
  const kernel = members(value, "kernel", ["kind", ...Object.keys(rules)]);
  for (const [name, rule] of Object.entries(rules)) follow(`kernel.${name}`, kernel[name], rule);
  return { ...kernel } as unknown as Kernel;
}

/** A saved model's `vectors`: `count` rows that a fit could have had. */
export function readVectors(
  value: unknown,
  { kernel, width, count }: { readonly kernel: Kernel; readonly width: number; readonly count: number },
): Float32Array {
  const vectors = packed("vectors", value, { format: "f32", count: count * width });
  must("vectors", vectors.every(Number.isFinite), "finite numbers", "one that is not");
  const square = longestSquare(vectors, width);
  if (kernelBase(kernel) === "products") {
    must("vectors", square <= largestSize, `rows of a squared length of at most ${largestSize}`, "a longer one");
  }
  must("vectors", largestValue(kernel, square) <= largestSize, `rows with kernel values of at most ${largestSize}`, "a longer one");
  return vectors;
}

/** The `count` coefficients at `path`. */
export function readCoefficients(path: string, value: unknown, count: number): Float64Array {
  const coefficients = packed(path, value, { format: "f64", count });
  must(path, coefficients.every(Number.isFinite), "finite numbers", "one that is not");
  const sum = coefficients.reduce((total, one) => total + Math.abs(one), 0);
  must(path, sum <= largestSum, `numbers whose sizes sum to at most ${largestSum}`, sum);
  return coefficients;
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
