import { csv, defineStudy, float, lbfgs } from "hpo";

/**
 * How strong a penalty does ridge regression need? Judged by the mean squared leave-one-out error, which the hat matrix gives without a fit a row (D. M. Allen, Technometrics
 * 16(1), 1974, doi 10.1080/00401706.1974.10489157), together with its derivative by the penalty, so that the search knows the way.
 */
export default defineStudy({
  name: "ridge-loo",
  space: { penalty: float(1e-4, 1e6, { log: true }) },
  objective: async ({ params }) => leaveOneOut(await (design ??= progression()), params.penalty),
  sampler: lbfgs(),
  lookahead: 2,
  trials: 40,
});

interface Design {
  /** One row a person: 1, which has no penalty, then features and products of features, each column of mean 0 and variance 1. */
  readonly x: readonly Float64Array[];
  readonly y: Float64Array;
}

let design: Promise<Design> | undefined;

/**
 * With A = XᵀX + λD, where D is the identity without the intercept's 1, β = A⁻¹Xᵀy, residuals r = y − Xβ and leverages h_i = x_iᵀA⁻¹x_i, the error on row i of the fit to the
 * others is e_i = r_i / (1 − h_i). With Z = XA⁻¹, dr_i / dλ = z_iᵀDβ and dh_i / dλ = −z_iᵀDz_i.
 */
function leaveOneOut({ x, y }: Design, penalty: number) {
  const width = x[0]?.length ?? 0;
  const a = Array.from({ length: width }, (_, j) =>
    Float64Array.from({ length: width }, (_unused, k) => sum(x, (row) => at(row, j) * at(row, k)) + (j === k && j > 0 ? penalty : 0)),
  );
  const inverse = inverted(a);
  const moments = Float64Array.from({ length: width }, (_, j) => sum(x, (row, i) => at(row, j) * at(y, i)));
  const beta = Float64Array.from(inverse, (row) => dot(row, moments));
  let value = 0;
  let slope = 0;
  for (const [i, row] of x.entries()) {
    const z = Float64Array.from(inverse, (column) => dot(column, row));
    const free = 1 - dot(row, z);
    const residual = at(y, i) - dot(row, beta);
    const error = residual / free;
    const z1 = z.subarray(1);
    value += error ** 2 / x.length;
    slope += (2 * error * (dot(z1, beta.subarray(1)) / free - (residual * dot(z1, z1)) / free ** 2)) / x.length;
  }
  return { value, gradient: { penalty: slope } };
}

/** How the diabetes of 442 people went on within a year, by 10 measures and the 55 products of these. */
async function progression(): Promise<Design> {
  const recipe = csv("data/diabetes.csv.gz", { target: "y" });
  const { rows, features, targets } = await recipe.load({ folder: import.meta.dirname, task: "regression" });
  const target = targets[0];
  if (features.kind !== "dense" || target?.kind !== "number") throw new Error("ridge-loo: the data must be numbers.");
  const { width, stride, values } = features;
  const columns = Array.from({ length: width }, (_, j) =>
    standard(Float64Array.from({ length: rows }, (_unused, i) => at(values, i * stride + j))),
  );
  const products = columns.flatMap((one, j) => columns.slice(j).map((other) => standard(one.map((value, i) => value * at(other, i)))));
  const all = [new Float64Array(rows).fill(1), ...columns, ...products];
  return {
    x: Array.from({ length: rows }, (_, i) => Float64Array.from(all, (column) => at(column, i))),
    y: Float64Array.from(target.values),
  };
}

function standard(column: Float64Array): Float64Array {
  const mean = sum(column, (value) => value) / column.length;
  const deviation = Math.sqrt(sum(column, (value) => (value - mean) ** 2) / column.length);
  return column.map((value) => (value - mean) / deviation);
}

/** Gauss–Jordan without pivots, which a positive definite matrix does not need. */
function inverted(matrix: readonly Float64Array[]): Float64Array[] {
  const n = matrix.length;
  const rows = matrix.map((row, j) => Float64Array.from({ length: 2 * n }, (_, k) => (k < n ? at(row, k) : k === n + j ? 1 : 0)));
  for (const [j, pivot] of rows.entries()) {
    const scale = at(pivot, j);
    for (let k = 0; k < 2 * n; k++) pivot[k] = at(pivot, k) / scale;
    for (const row of rows) {
      const factor = at(row, j);
      if (row !== pivot && factor !== 0) for (let k = j; k < 2 * n; k++) row[k] = at(row, k) - factor * at(pivot, k);
    }
  }
  return rows.map((row) => row.slice(n));
}

function at(list: ArrayLike<number>, index: number): number {
  return list[index] as number;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i);
  return total;
}

function sum<T>(items: ArrayLike<T>, term: (item: T, index: number) => number): number {
  let total = 0;
  for (let i = 0; i < items.length; i++) total += term(items[i] as T, i);
  return total;
}
