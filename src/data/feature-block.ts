import type { NamedCodes } from "./canonical-names.ts";
import { type DataSource, dataError } from "./data-source.ts";
import type { NumericArray, RowBlocks } from "./row-blocks.ts";

/** What features are made from. `levels[j]` maps the codes of a category column to the codes of its sorted levels. */
export interface FeaturePlan {
  readonly source: DataSource;
  readonly features: RowBlocks;
  readonly columns: readonly { readonly name: string }[];
  readonly levels: readonly (NamedCodes | null)[];
  readonly scale: "none" | "min-max";
  readonly precision: "f32" | "f64";
}

/** One entry a column. `low` and `high` are over the values that are there; +∞ and −∞ where there are none. */
export interface FeatureScan {
  readonly missing: Uint32Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** First pass: extremes and missing values of every column. O(rows × width). */
export function scanFeatures(plan: FeaturePlan): FeatureScan {
  const { width } = plan.features;
  const missing = new Uint32Array(width);
  const low = new Float64Array(width).fill(Infinity);
  const high = new Float64Array(width).fill(-Infinity);
  for (const block of plan.features.blocks(false)) scanBlock(block, missing, low, high);
  for (let column = 0; column < width; column++) {
    const seen = (low[column] as number) <= (high[column] as number);
    if (seen && !(storable(plan, low[column] as number) && storable(plan, high[column] as number))) throw infinite(plan, column);
  }
  return { missing, low, high };
}

function scanBlock(block: NumericArray, missing: Uint32Array, low: Float64Array, high: Float64Array): void {
  const width = missing.length;
  for (let start = 0; start < block.length; start += width) {
    for (let column = 0; column < width; column++) {
      const value = block[start + column] as number;
      if (value < (low[column] as number)) low[column] = value;
      if (value > (high[column] as number)) high[column] = value;
      if (value !== value) missing[column] = (missing[column] as number) + 1;
    }
  }
}

/** Second pass: scales or recodes every value to its place. −0 becomes 0 and every NaN the same one. */
export function fillFeatures(
  plan: FeaturePlan,
  scan: FeatureScan,
  to: { readonly values: Float32Array | Float64Array; readonly stride: number; readonly masks: readonly (Uint8Array | null)[] },
): void {
  const { width } = plan.features;
  const { values, stride, masks } = to;
  const scaled = plan.scale === "min-max";
  let row = 0;
  for (const block of plan.features.blocks(true)) {
    const rows = block.length / width;
    for (let column = 0; column < width; column++) {
      const codes = plan.levels[column]?.codes;
      const mask = masks[column];
      const end = row + rows;
      if (codes !== undefined) copyCodes(block.subarray(column), values, { width, stride, at: row * stride + column, rows }, codes);
      else if (scaled) {
        const range = { low: scan.low[column] as number, high: scan.high[column] as number };
        scaleColumn(block.subarray(column), values, { width, stride, at: row * stride + column, rows }, range);
      } else copyColumn(block.subarray(column), values, { width, stride, at: row * stride + column, rows });
      if (mask != null) for (let i = row; i < end; i++) if (Number.isNaN(values[i * stride + column])) mask[i] = 1;
    }
    row += rows;
  }
}

/** From every `width`-th element of a block to every `stride`-th of the features, `rows` times. */
interface Steps {
  readonly width: number;
  readonly stride: number;
  readonly at: number;
  readonly rows: number;
}

function copyColumn(from: NumericArray, to: Float32Array | Float64Array, { width, stride, at, rows }: Steps): void {
  for (let i = 0, read = 0, write = at; i < rows; i++, read += width, write += stride) {
    const value = from[read] as number;
    to[write] = value === value ? value + 0 : Number.NaN;
  }
}

function copyCodes(from: NumericArray, to: Float32Array | Float64Array, { width, stride, at, rows }: Steps, codes: Int32Array): void {
  for (let i = 0, read = 0, write = at; i < rows; i++, read += width, write += stride) {
    const code = from[read] as number;
    to[write] = code === code ? (codes[code] as number) : Number.NaN;
  }
}

function scaleColumn(
  from: NumericArray,
  to: Float32Array | Float64Array,
  { width, stride, at, rows }: Steps,
  { low, high }: { readonly low: number; readonly high: number },
): void {
  // Where high − low is beyond 64-bit floats, halves of all three give the same quotient.
  const factor = Number.isFinite(high - low) ? 1 : 0.5;
  const least = low * factor;
  const range = high * factor - least;
  for (let i = 0, read = 0, write = at; i < rows; i++, read += width, write += stride) {
    const value = from[read] as number;
    if (value !== value) to[write] = Number.NaN;
    else to[write] = range === 0 ? 0 : (value * factor - least) / range + 0;
  }
}

function storable(plan: FeaturePlan, value: number): boolean {
  return Number.isFinite(plan.precision === "f32" && plan.scale === "none" ? Math.fround(value) : value);
}

/** Finds the first value of a column that can't be stored. */
function infinite(plan: FeaturePlan, column: number): Error {
  const single = plan.precision === "f32" && plan.scale === "none";
  let row = 0;
  for (const block of plan.features.blocks(false)) {
    for (let at = column; at < block.length; at += plan.features.width, row++) {
      const value = block[at] as number;
      if (value !== value || storable(plan, value)) continue;
      const must = single ? 'finite and within 32-bit floats (up to 3.4e38; precision "f64" takes more)' : "finite";
      const name = plan.columns[column]?.name ?? "";
      return dataError(plan.source, { ...plan.source.place(row), column: name }, `the value must be ${must}; got ${value}.`);
    }
  }
  return dataError(plan.source, {}, "the values must be finite.");
}
