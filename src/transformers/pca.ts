import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, either, finite, flag, integer, optional } from "../core/options.ts";
import { follow, must, packed } from "../core/saved-json/members.ts";
import { packNumbers } from "../core/saved-json/packed-numbers.ts";
import type { Transform, TransformedColumn, Transformer } from "../core/transformer.ts";
import { mean } from "./column-statistics.ts";
import { principalAxes } from "./principal-axes.ts";
import { readTransform, rowTransform } from "./row-transform.ts";
import { transformer } from "./transformer.ts";

/** How many components, and of which size. */
export interface PcaOptions {
  /** From 1 up, how many, at most the lesser of training rows and columns (default); between 0 and 1, as many as explain this share of the variance. */
  readonly components?: number;
  /** Divide each component by its standard deviation (n − 1 in the denominator) in the training rows; default false. */
  readonly whiten?: boolean;
}

/**
 * Principal components: each row's coordinates along the axes in which the training rows vary most, the greatest first. An axis points to where its
 * largest entry is positive. Standardize first where columns have different units.
 * The axes are eigenvectors of the covariance (of the rows' inner products where there are fewer rows than columns), by `ml-pca`
 * (docs/decisions/0019-pipelines.md). O(n d · min(n, d) + min(n, d)³) to fit, O(n d · components) to apply. Source: K. Pearson 1901; H. Hotelling 1933.
 * @throws HpoError OPTION_INVALID, on fitting too where there are fewer than `components`
 */
export function pca(options: PcaOptions = {}): Transformer {
  const share = { ...finite(0, 1, true), must: "a share of the variance between 0 and 1" };
  checkOptions("pca", options, { components: optional(either(integer(1), share)), whiten: optional(flag()) });
  const { components = null, whiten = false } = options;
  return transformer({
    name: "pca",
    traits: { missing: "refuses", categories: "refuses", classes: false, rows: "every" },
    options: { components, whiten },
    async learn({ rows, columns, column }) {
      const most = Math.min(rows, columns.length);
      if (components !== null && components > most) {
        throw new HpoError(
          "OPTION_INVALID",
          `pca(): components must be at most the lesser of training rows (${rows}) and columns (${columns.length}); got ${components}.`,
          { data: { where: "pca", option: "components", rows, columns: columns.length } },
        );
      }
      const means = Float64Array.from(columns, (_, j) => mean(column(j)));
      const centred = columns.map((_, j) => column(j).map((value) => value - (means[j] as number)));
      const { axes, variances } = await principalAxes(centred, rows);
      const count = components === null ? most : components >= 1 ? components : explaining(variances, components);
      // Where nothing varies there is nothing to divide by.
      const scale = Float64Array.from(axes.slice(0, count), (_, i) => {
        const deviation = Math.sqrt(variances[i] as number);
        return whiten && deviation > 0 ? deviation : 1;
      });
      return projected(columns, { means, axes: axes.slice(0, count), scale });
    },
  });
}

/** The least number of components whose variances make more than this share of all. */
function explaining(variances: Float64Array, share: number): number {
  const total = variances.reduce((sum, one) => sum + one, 0);
  let [sum, count] = [0, 0];
  while (count < variances.length) {
    sum += variances[count++] as number;
    if (sum > share * total) break;
  }
  return Math.max(1, count);
}

interface Projection {
  readonly means: Float64Array;
  /** One vector of length 1 (0 where nothing varies) a component, one entry a column. */
  readonly axes: readonly Float64Array[];
  readonly scale: Float64Array;
}

function projected(inputs: readonly TransformedColumn[], { means, axes, scale }: Projection): Transform {
  const centred = new Float64Array(inputs.length);
  const all = new Float64Array(axes.length * inputs.length);
  for (const [i, axis] of axes.entries()) all.set(axis, i * inputs.length);
  return rowTransform({
    kind: "pca",
    inputs,
    columns: axes.map((_, i) => ({ name: `component ${i + 1}`, levels: null })),
    complete: true,
    change(from, to) {
      for (let j = 0; j < from.length; j++) centred[j] = (from[j] as number) - (means[j] as number);
      for (let i = 0; i < axes.length; i++) {
        const axis = axes[i] as Float64Array;
        let sum = 0;
        for (let j = 0; j < centred.length; j++) sum += (centred[j] as number) * (axis[j] as number);
        to[i] = sum / (scale[i] as number);
      }
    },
    state: { means: packNumbers("f64", means), components: axes.length, axes: packNumbers("f64", all), scale: packNumbers("f64", scale) },
  });
}

export function readPca(json: unknown, path: string): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, "pca", ["means", "components", "axes", "scale"]);
  must(
    at("inputs"),
    inputs.every(({ levels }) => levels === null),
    "columns of numbers",
    "categories",
  );
  const count = follow(at("components"), saved["components"], integer(1, inputs.length, "the number of columns")) as number;
  const numbers = (name: string, size: number): Float64Array => {
    const found = packed(at(name), saved[name], { format: "f64", count: size });
    must(at(name), found.every(Number.isFinite), "finite numbers", "one that is not");
    return found;
  };
  const all = numbers("axes", count * inputs.length);
  const scale = numbers("scale", count);
  must(
    at("scale"),
    scale.every((one) => one > 0),
    "above 0",
    "one that is not",
  );
  const axes = Array.from({ length: count }, (_, i) => all.slice(i * inputs.length, (i + 1) * inputs.length));
  return projected(inputs, { means: numbers("means", inputs.length), axes, scale });
}
