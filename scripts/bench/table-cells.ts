// The cells of a γ/C table, and how to name some of them.

export interface Cell {
  readonly gamma: number;
  readonly C: number;
}

/** The whole table: γ ∈ {2, 4, 8, 16, 32} × C ∈ {1, 10, 100, 1000, 10000}. */
export const wholeTable: readonly Cell[] = [2, 4, 8, 16, 32].flatMap((gamma) => [1, 10, 100, 1000, 10000].map((C) => ({ gamma, C })));

/** "gamma:C", as LIBSVM's driver takes it. */
export function cellName({ gamma, C }: Cell): string {
  return `${gamma}:${C}`;
}

/** The cells of "8:10,2:1", in their order; the whole table where none are named. */
export function readCells(text: string | undefined): readonly Cell[] {
  if (text === undefined) return wholeTable;
  const cells = text.split(",").map((name) => {
    const [gamma, C, more] = name.split(":").map(Number);
    if (gamma === undefined || C === undefined || more !== undefined || !(gamma > 0 && C > 0))
      throw new RangeError(`bench: --cells must be gamma:C pairs with commas between them, such as 8:10,2:1; got ${text}.`);
    return { gamma, C };
  });
  if (new Set(cells.map(cellName)).size < cells.length) throw new RangeError(`bench: --cells must name each cell once; got ${text}.`);
  return cells;
}

/** A count given as an option. */
export function readCount(option: string, text: string, least: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least) throw new RangeError(`bench: --${option} must be an integer from ${least}; got ${text}.`);
  return count;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The quantile at `share` (0 to 1), linear between neighbours; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  // Neighbours may be infinite, whose difference is no number.
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}
