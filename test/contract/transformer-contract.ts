import { describe, expect, it } from "vitest";
import { HpoError, inMemory, type Dataset, type Transformer } from "hpo";
import type { FitContext, FitInput } from "#hpo/core/estimator";
import type { Json } from "#hpo/core/json";
import type { Transform } from "#hpo/core/transformer";
import { rng } from "#hpo/math/rng";
import { loadTransform } from "#hpo/transformers/load-transform";

export type Cell = number | string | null;

/** Rows to try a transformer on; the first `trained` are fitted to. */
export interface TransformerTable {
  readonly features: readonly (readonly Cell[])[];
  /** Names of the columns; those of `categories` hold texts. */
  readonly columns: readonly string[];
  readonly categories: readonly string[];
  readonly classes: readonly string[];
  readonly trained: number;
}

const loaded = new WeakMap<TransformerTable, Promise<Dataset>>();

/** The table as a data set, one for all that ask. */
export function loadTable(table: TransformerTable): Promise<Dataset> {
  let data = loaded.get(table);
  if (data === undefined) {
    data = newTable(table);
    loaded.set(table, data);
  }
  return data;
}

function newTable(table: TransformerTable): Promise<Dataset> {
  const { features, columns, categories, classes } = table;
  const weight = classes.map((_, row) => 1 + (row % 3));
  const group = classes.map((_, row) => `g${row % 4}`);
  const recipe = inMemory({ name: "table", features, columns, categories, target: classes, weight, group, precision: "f64" });
  return recipe.load({ folder: ".", task: "classification" });
}

/** The first `trained` rows, to be fitted to. */
export function trainingRows(data: Dataset, trained: number): FitInput {
  const rows = Uint32Array.from({ length: trained }, (_, row) => row);
  const weight = data.roles.weight;
  const weights = weight === null ? null : Float64Array.from(rows, (row) => weight[row] as number);
  return { data, rows, target: data.targets[0] as FitInput["target"], weights };
}

export const freshContext = (): FitContext => ({ rng: rng(5), signal: new AbortController().signal });

/** Values of all rows, row by row. */
export function valuesOf({ features, rows }: Dataset): number[][] {
  if (features.kind !== "dense") throw new TypeError("valuesOf: features are dense.");
  const { values, stride, width } = features;
  return Array.from({ length: rows }, (_, row) => [...values.subarray(row * stride, row * stride + width)]);
}

/** What every transformer keeps: it learns from training rows alone, changes each row by itself, and survives JSON. */
export function describeTransformerContract(name: string, make: () => Transformer, table: TransformerTable): void {
  const fit = async (changed: TransformerTable = table): Promise<{ transform: Transform; data: Dataset; input: FitInput }> => {
    const data = await loadTable(changed);
    const input = trainingRows(data, table.trained);
    return { transform: await make().fit(input, freshContext()), data, input };
  };
  const all = (data: Dataset): { data: Dataset; rows: Uint32Array } => ({
    data,
    rows: Uint32Array.from({ length: data.rows }, (_, row) => row),
  });
  const resampled = ({ transform, input }: { transform: Transform; input: FitInput }): unknown => {
    const found = transform.resample?.(input);
    return found === undefined ? null : [valuesOf(found.data), found.target, found.weights, found.data.roles.group?.codes, found.rows];
  };

  describe(`transformer contract: ${name}`, () => {
    it("says what it is in plain data", () => {
      const transformer = make();
      expect(transformer.name).toMatch(/^[a-z][a-zA-Z]*$/);
      expect(JSON.parse(JSON.stringify(transformer.options))).toStrictEqual(transformer.options);
      expect(Object.isFrozen(transformer)).toBe(true);
      expect(Object.isFrozen(transformer.options)).toBe(true);
    });

    it("fits the same from the same input", async () => {
      const [one, two] = [await fit(), await fit()];
      expect(two.transform.toJSON()).toEqual(one.transform.toJSON());
      expect(resampled(two)).toEqual(resampled(one));
    });

    it("learns nothing from rows that are not trained on, whatever they hold", async () => {
      const clean = await fit();
      const count = table.features.length;
      const other = (row: number): number => table.trained + ((row * 7 + 3) % (count - table.trained));
      for (const poison of [() => null, () => 1e300, () => -1e-300, (row: number) => row * 1e9] as const) {
        const poisoned = await fit({
          ...table,
          features: table.features.map((values, row) =>
            row < table.trained
              ? values
              : values.map((_, j) =>
                  table.categories.includes(table.columns[j] ?? "") ? (table.features[other(row)]?.[j] ?? null) : poison(row),
                ),
          ),
          classes: table.classes.map((one, row) => (row < table.trained ? one : (table.classes[other(row)] as string))),
        });
        expect(poisoned.transform.toJSON()).toEqual(clean.transform.toJSON());
        expect(poisoned.transform.columns).toEqual(clean.transform.columns);
        expect(resampled(poisoned)).toEqual(resampled(clean));
      }
    });

    it("gives the columns that it tells, one row for each", async () => {
      const { transform, data } = await fit();
      const applied = transform.apply(all(data));
      expect(applied.rows).toBe(data.rows);
      expect(applied.columns.map((column) => ({ name: column.name, levels: column.kind === "category" ? column.levels : null }))).toEqual(
        transform.columns,
      );
      expect(applied.features.width).toBe(transform.columns.length);
      expect(applied.targets).toEqual([]);
      for (const [j, column] of applied.columns.entries()) {
        const missing = valuesOf(applied).map((row) => (Number.isNaN(row[j]) ? 1 : 0));
        expect(column.missing).toBe(missing.filter((one) => one === 1).length);
        expect(column.mask === null ? column.missing : [...column.mask]).toEqual(column.mask === null ? 0 : missing);
      }
      expect(applied.fingerprint).toMatch(/^[0-9a-f]{64}$/);
      expect(transform.apply({ data, rows: new Uint32Array(0) }).rows).toBe(0);
    });

    it("changes each row by itself", async () => {
      const { transform, data } = await fit();
      const whole = valuesOf(transform.apply(all(data)));
      const backwards = valuesOf(transform.apply({ data, rows: all(data).rows.reverse() }));
      expect(backwards.reverse()).toEqual(whole);
      for (const row of [0, table.trained, data.rows - 1]) {
        expect(valuesOf(transform.apply({ data, rows: Uint32Array.of(row) }))).toEqual([whole[row]]);
      }
    });

    it("leaves the data as it was", async () => {
      const data = await loadTable(table);
      const bytes = (): Buffer => Buffer.from(new Uint8Array(data.memory.buffer, 0, data.dataEnd).slice());
      const before = bytes();
      const input = trainingRows(data, table.trained);
      const transform = await make().fit(input, freshContext());
      transform.apply(all(data));
      transform.resample?.(input);
      expect(bytes().equals(before)).toBe(true);
    });

    it("survives JSON", async () => {
      const { transform, data } = await fit();
      const text = JSON.stringify(transform.toJSON());
      const loaded = loadTransform(JSON.parse(text) as Json, "transforms[0]");
      expect(JSON.stringify(loaded.toJSON())).toBe(text);
      expect(loaded.columns).toEqual(transform.columns);
      expect(valuesOf(loaded.apply(all(data)))).toEqual(valuesOf(transform.apply(all(data))));
    });

    it("refuses a saved transform of which any member is another", async () => {
      const { transform } = await fit();
      const saved = transform.toJSON() as { readonly [key: string]: Json };
      for (const member of Object.keys(saved)) {
        for (const value of [{ wrong: true }, "wrong", undefined] as const) {
          const spoilt = Object.fromEntries(Object.entries({ ...saved, [member]: value }).filter(([, one]) => one !== undefined));
          expect(() => loadTransform(spoilt, "transforms[0]"), `${member} ${String(value)}`).toThrow(/^loadModel\(\): .*transforms\[0\]/);
        }
      }
      expect(() => loadTransform({ ...saved, more: 1 }, "transforms[0]")).toThrow("there is no member transforms[0].more");
    });

    it("keeps what its traits promise of missing values and categories", async () => {
      const { traits } = make();
      const { transform, data } = await fit();
      const applied = transform.apply(all(data));
      if (traits.missing === "removes") expect(applied.columns.every(({ missing }) => missing === 0)).toBe(true);
      if (traits.categories === "removes") expect(applied.columns.every(({ kind }) => kind === "number")).toBe(true);
      const [first] = table.features;
      if (traits.missing === "refuses") {
        const hole = first?.map((value, j) => (j === 1 ? null : value)) ?? [];
        const fitting = fit({ ...table, features: [hole, ...table.features.slice(1)] });
        await expect(fitting).rejects.toMatchObject({
          code: "DATA_UNSUPPORTED",
          message: expect.stringContaining("Put impute() before it."),
        });
      }
      if (traits.categories === "refuses") {
        const features = table.features.map((row, at) => [...row, at % 2 === 0 ? "odd" : "even"]);
        const fitting = fit({ ...table, features, columns: [...table.columns, "word"], categories: ["word"] });
        await expect(fitting).rejects.toMatchObject({
          code: "DATA_UNSUPPORTED",
          message: expect.stringContaining("oneHot() or ordinal()"),
        });
      }
    });

    it("changes training rows alone where it says so, and every row else", async () => {
      const { transform, data, input } = await fit();
      expect(transform.resample !== undefined).toBe(make().traits.rows === "training");
      if (transform.resample === undefined) return;
      expect(valuesOf(transform.apply(all(data)))).toEqual(valuesOf(data));
      const found = transform.resample(input);
      expect(found.rows.length).toBe(found.data.rows);
      expect(found.weights?.length).toBe(found.data.rows);
      expect(loadTransform(transform.toJSON(), "transforms[0]").resample).toBeUndefined();
    });

    it("needs a class where it says so", async () => {
      const data = await loadTable(table);
      const target = { kind: "number" as const, name: "y", values: new Float64Array(data.rows) };
      const fitting = make().fit({ ...trainingRows(data, table.trained), target }, freshContext());
      if (make().traits.classes) await expect(fitting).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
      else await expect(fitting).resolves.toBeDefined();
    });

    it("refuses rows of other columns, no rows to fit to, and an aborted fit", async () => {
      const { transform, input } = await fit();
      const narrow = await loadTable({
        ...table,
        features: table.features.map((row) => row.slice(1)),
        columns: table.columns.slice(1),
        categories: table.categories.filter((one) => one !== table.columns[0]),
      });
      expect(() => transform.apply({ data: narrow, rows: Uint32Array.of(0) })).toThrow(
        /rows must have \d+ features, as in training; table has \d+/,
      );
      await expect(make().fit({ ...input, rows: new Uint32Array(0), weights: null }, freshContext())).rejects.toMatchObject({
        code: "DATA_INVALID",
      });
      const aborted = make().fit(input, { ...freshContext(), signal: AbortSignal.abort() });
      await expect(aborted).rejects.toThrow(HpoError);
      await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}
