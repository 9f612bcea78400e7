import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import { either, finite, integer, oneOf, type OptionRule, optional, showValue } from "../../core/options.ts";
import { leastGamma, mostGamma } from "./settings.ts";

/** K(x, z) of two rows, by name, with the options that this kernel has. */
export type KernelOptions =
  | (Without<"degree" | "coef0"> & {
      /** exp(−γ ‖x − z‖²) */
      readonly kernel: "rbf";
      readonly gamma?: GammaOption;
    })
  | (Without<"gamma" | "degree" | "coef0"> & {
      /** x · z */
      readonly kernel: "linear";
    })
  | {
      /** (γ x · z + coef0)^degree */
      readonly kernel: "poly";
      readonly gamma?: GammaOption;
      /** An integer from 1 to 100; default 3. */
      readonly degree?: number;
      /** Default 0. */
      readonly coef0?: number;
    }
  | (Without<"degree"> & {
      /** tanh(γ x · z + coef0). Not positive definite: a solve ends at a stationary point, which need not be the only one. */
      readonly kernel: "sigmoid";
      readonly gamma?: GammaOption;
      /** Default 0. */
      readonly coef0?: number;
    })
  | (Without<"gamma" | "degree" | "coef0"> & {
      /** The features themselves: column j of row i is K(row i, row j), of a symmetric matrix over the rows of the data set. */
      readonly kernel: "precomputed";
    });

/** Options of other kernels: also where a kernel is one of several, no option may be there that one of them lacks. */
type Without<Name extends string> = { readonly [Other in Name]?: never };

/** Above 0; "scale" (the default) is 1 / (width · variance of all feature values of the data set). */
export type GammaOption = number | "scale";

/** The kernels, each with the options that it alone or with others has, and their defaults. */
const defaults: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  rbf: { gamma: "scale" },
  linear: {},
  poly: { gamma: "scale", degree: 3, coef0: 0 },
  sigmoid: { gamma: "scale", coef0: 0 },
  precomputed: {},
};

/** Rules of a kernel's numbers. */
export const kernelNumbers: Readonly<Record<"gamma" | "degree" | "coef0", OptionRule>> = {
  gamma: finite(leastGamma, mostGamma),
  degree: integer(1, 100),
  coef0: finite(-1e30, 1e30),
};

/** Rules of the options of all kernels; which of them a kernel has, `fullKernelOptions` checks. */
export const kernelRules: Readonly<Record<string, OptionRule>> = {
  kernel: oneOf(Object.keys(defaults)),
  gamma: optional(either(kernelNumbers.gamma, oneOf(["scale"]))),
  degree: optional(kernelNumbers.degree),
  coef0: optional(kernelNumbers.coef0),
};

/**
 * The kernel's options with their defaults, in a fixed order. `where` names the function that was called; `options` follow `kernelRules`.
 * @throws HpoError OPTION_INVALID where an option belongs to other kernels
 */
export function fullKernelOptions(where: string, options: KernelOptions): Readonly<Record<string, Json>> {
  const { kernel } = options;
  const given = options as Readonly<Record<string, Json | undefined>>;
  const own = defaults[kernel] as Readonly<Record<string, Json>>;
  for (const option of Object.keys(kernelRules)) {
    const value = given[option];
    if (option === "kernel" || value === undefined || Object.hasOwn(own, option)) continue;
    const owners = Object.keys(defaults).filter((name) => Object.hasOwn(defaults[name] as object, option));
    throw new HpoError(
      "OPTION_INVALID",
      `${where}(): ${option} must be left out where kernel is "${kernel}" (it belongs to ${owners.map((name) => `"${name}"`).join(", ")}); got ${showValue(value)}.`,
      { data: { where, option, value } },
    );
  }
  return { kernel, ...Object.fromEntries(Object.entries(own).map(([option, value]) => [option, given[option] ?? value])) };
}
