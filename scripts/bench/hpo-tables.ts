// Real landscapes as tables (../shared/data/hpo-tables): every configuration's value is known, so a search can be judged with no training.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { choice, type Direction, float, int, type Params, type Space } from "hpo";
import { encode } from "#hpo/space/unit-cube";
import { sharedData } from "../../test/shared-data.ts";
import { median } from "./table-cells.ts";

/** One data set (or task) of a table. */
export interface Landscape {
  readonly name: string;
  readonly space: Space;
  readonly direction: Direction;
  readonly evaluate: (params: Params) => number;
  /** Best and median value of all configurations. */
  readonly best: number;
  readonly median: number;
}

type Row = Readonly<Record<string, string>>;

/** Each reads its table. */
export const hpoTables: Readonly<Record<string, () => readonly Landscape[]>> = {
  svm_grid_50x288: svmGrid,
  nasbench201_3tasks: nasBench,
  deepar_lstm_11tasks: deepAr,
};

/** (found − best) / (median − best): 0 at the best configuration, 1 at the median one. 0 where all are equal. */
export function normalisedRegret({ best, median: middle }: Landscape, found: number): number {
  return found === best ? 0 : (found - best) / (middle - best);
}

/** Support vector machines on 50 data sets: C, gamma and degree are indexes into the levels of the full factorial. */
function svmGrid(): readonly Landscape[] {
  const rows = readRows("svm_grid_50x288");
  const levels = (column: string): readonly number[] =>
    [...new Set(rows.map((row) => row[column] ?? ""))]
      .filter((text) => text !== "")
      .map(Number)
      .sort((a, b) => a - b);
  const [costs, gammas, degrees] = [levels("C"), levels("gamma"), levels("degree")];
  const index = (of: readonly number[]) => int(0, of.length - 1);
  const kernel = choice({ linear: {}, rbf: { gamma: index(gammas) }, poly: { degree: index(degrees) } });
  const space: Space = { kernel, C: index(costs) };
  const key = (kernelName: unknown, ...numbers: readonly (number | undefined)[]): string => [kernelName, ...numbers].join(" ");
  const given = (text: string | undefined): number | undefined => (text === "" || text === undefined ? undefined : Number(text));
  return byTask(rows, "dataset").map(([name, own]) => {
    const accuracy = new Map(
      own.map((row) => [key(row["kernel"], Number(row["C"]), given(row["gamma"]), given(row["degree"])), Number(row["accuracy"])]),
    );
    return landscape(name, {
      space,
      direction: "maximize",
      values: [...accuracy.values()],
      evaluate: (params) => {
        const { kernel: chosen, C, gamma, degree } = params as { kernel: string; C: number; gamma?: number; degree?: number };
        const cell = key(
          chosen,
          costs[C],
          gamma === undefined ? undefined : gammas[gamma],
          degree === undefined ? undefined : degrees[degree],
        );
        return accuracy.get(cell) ?? Number.NaN;
      },
    });
  });
}

/** NAS-Bench-201: each of six edges of a cell has one of five operations; the error on three tasks. */
function nasBench(): readonly Landscape[] {
  const edges = [0, 1, 2, 3, 4, 5].map((edge) => `hp_x${edge}`);
  const space: Space = Object.fromEntries(edges.map((edge) => [edge, choice([0, 1, 2, 3, 4])]));
  return byTask(readRows("nasbench201_3tasks"), "task").map(([name, own]) => {
    const errors = new Map(own.map((row) => [edges.map((edge) => row[edge]).join(" "), Number(row["metric_error"])]));
    return landscape(name, {
      space,
      direction: "minimize",
      values: [...errors.values()],
      evaluate: (params) => errors.get(edges.map((edge) => String(params[edge])).join(" ")) ?? Number.NaN,
    });
  });
}

/** Forecasting with DeepAR: about 230 drawn configurations a task, not a factorial, so a trial gets the value of the nearest one. */
function deepAr(): readonly Landscape[] {
  const rows = readRows("deepar_lstm_11tasks");
  const names = Object.keys(rows[0] ?? {}).filter((name) => name.startsWith("hp_"));
  const space: Space = Object.fromEntries(
    names.map((name) => {
      const column = rows.map((row) => Number(row[name]));
      return [name, float(Math.min(...column), Math.max(...column))];
    }),
  );
  return byTask(rows, "task").map(([name, own]) => {
    const points = own.map((row) => encode(space, Object.fromEntries(names.map((one) => [one, Number(row[one])]))));
    const values = own.map((row) => Number(row["metric_CRPS"]));
    const nearest = (unit: Float64Array): number => {
      const distances = points.map((point) => point.reduce((sum, u, at) => sum + (u - (unit[at] as number)) ** 2, 0));
      return distances.indexOf(Math.min(...distances));
    };
    return landscape(name, {
      space,
      direction: "minimize",
      values,
      evaluate: (params) => values[nearest(encode(space, params))] ?? Number.NaN,
    });
  });
}

function landscape(
  name: string,
  of: Pick<Landscape, "space" | "direction" | "evaluate"> & { readonly values: readonly number[] },
): Landscape {
  const { values, ...rest } = of;
  const best = of.direction === "maximize" ? Math.max(...values) : Math.min(...values);
  return { name, ...rest, best, median: median(values) };
}

/** In the file's order. */
function byTask(rows: readonly Row[], column: string): readonly (readonly [string, readonly Row[]])[] {
  const tasks = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row[column] ?? "";
    const own = tasks.get(name);
    if (own === undefined) tasks.set(name, [row]);
    else own.push(row);
  }
  return [...tasks];
}

function readRows(name: string): readonly Row[] {
  const file = sharedData(`hpo-tables/${name}.csv.gz`);
  if (file === undefined)
    throw new RangeError(`bench: the table ${name} is not there; put ../shared/data beside the checkout or set HPO_SHARED_DATA.`);
  return parse(gunzipSync(readFileSync(file)), { columns: true, skip_empty_lines: true });
}
