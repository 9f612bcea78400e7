import { type ClassTable, classTable } from "../../table-data.ts";

/** The features of a table, row by row. */
export function featureRows({ data }: ClassTable): number[][] {
  const { features } = data;
  if (features.kind !== "dense") throw new TypeError("dense");
  const { values, stride, width } = features;
  return Array.from({ length: data.rows }, (_, row) => [...values.subarray(row * stride, row * stride + width)]);
}

/** Class names by row. */
export function labelsOf({ target }: ClassTable): string[] {
  return [...target.codes].map((code) => target.classes[code] as string);
}

/** A table whose features are the kernel values between the rows of another. */
export function precomputedTable(table: ClassTable, kernel: (x: readonly number[], z: readonly number[]) => number): ClassTable {
  const rows = featureRows(table);
  return classTable(
    rows.map((x) => rows.map((z) => kernel(x, z))),
    labelsOf(table),
  );
}

/** exp(−Σ |x − z|). */
export function laplacian(x: readonly number[], z: readonly number[]): number {
  return Math.exp(-x.reduce((sum, value, k) => sum + Math.abs(value - (z[k] as number)), 0));
}
