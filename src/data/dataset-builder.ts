import type { Column, Dataset, Roles, Target } from "../core/dataset.ts";
import { sharedMemory, type SharedMemory } from "../core/shared-memory.ts";
import { canonicalNames, type NamedCodes } from "./canonical-names.ts";
import { type DataSource, dataError } from "./data-source.ts";
import { type FeaturePlan, fillFeatures, scanFeatures } from "./feature-block.ts";
import { fingerprint } from "./fingerprint.ts";
import { memoryLayout } from "./memory-layout.ts";
import { coordinateRole, foldRole, groupRole, timeRole, weightRole } from "./roles.ts";
import type { RowBlocks } from "./row-blocks.ts";
import type { TargetKind } from "./reader-options.ts";
import { maximumBytes } from "./size-limits.ts";
import { readTarget } from "./targets.ts";
import { type ValueColumn, valueCount } from "./value-column.ts";

/** A feature column; `levels` in the order of their codes in the blocks, null for a column of numbers. */
export interface FeatureColumn {
  readonly name: string;
  readonly levels: readonly string[] | null;
}

/** What a reader has read. */
export interface DatasetParts {
  readonly source: DataSource;
  readonly name: string;
  readonly features: RowBlocks;
  readonly columns: readonly FeatureColumn[];
  readonly target: { readonly kind: TargetKind; readonly values: ValueColumn } | null;
  readonly weight: ValueColumn | null;
  readonly group: ValueColumn | null;
  readonly fold: ValueColumn | null;
  readonly time: ValueColumn | null;
  /** One column an axis. */
  readonly coordinates: readonly ValueColumn[] | null;
  readonly scale: "none" | "min-max";
  readonly precision: "f32" | "f64";
}

/**
 * Checks what was read and lays it out in one shared memory, filled once. Two passes over the features; besides the
 * parts themselves it takes the memory of the finished data set only.
 * @throws HpoError DATA_INVALID with the place of what can't be.
 */
export function buildDataset(parts: DatasetParts): Dataset {
  const { source, features, columns } = parts;
  const { rows, width } = features;
  if (rows === 0) throw dataError(source, {}, "there must be at least one row; got none.");
  if (width === 0) throw dataError(source, {}, "there must be at least one feature column; got none.");
  const given = [parts.target?.values ?? null, parts.weight, parts.group, parts.fold, parts.time, ...(parts.coordinates ?? [])];
  for (const column of given) if (column !== null) checkCount(column, rows);

  const target = parts.target === null ? null : readTarget(parts.target.kind, parts.target.values);
  const weight = parts.weight === null ? null : weightRole(parts.weight);
  const group = parts.group === null ? null : groupRole(parts.group);
  const fold = parts.fold === null ? null : foldRole(parts.fold);
  const time = parts.time === null ? null : timeRole(parts.time);
  const coordinates = parts.coordinates === null ? null : coordinateRole(parts.coordinates);
  const levels = columns.map((column) => (column.levels === null ? null : canonicalNames(column.levels)));
  const plan: FeaturePlan = { source, features, columns, levels, scale: parts.scale, precision: parts.precision };
  const scan = scanFeatures(plan);

  const stride = Math.ceil(width / 4) * 4;
  const layout = memoryLayout();
  const featureBytes = rows * stride * (parts.precision === "f32" ? 4 : 8);
  const offset = layout.reserve(featureBytes);
  const targetOffset = target === null ? 0 : layout.reserve(target.values.byteLength);
  const weightOffset = weight === null ? 0 : layout.reserve(weight.byteLength);
  const groupOffset = group === null ? 0 : layout.reserve(group.codes.byteLength);
  const foldOffset = fold === null ? 0 : layout.reserve(fold.byteLength);
  const timeOffset = time === null ? 0 : layout.reserve(time.byteLength);
  const coordinateOffsets = coordinates === null ? [] : coordinates.values.map((axis) => layout.reserve(axis.byteLength));
  const maskOffsets = Array.from(scan.missing, (count) => (count === 0 ? null : layout.reserve(rows)));
  const memory = allocate(source, layout.end(), rows, width);
  const { buffer } = memory;

  const values =
    parts.precision === "f32" ? new Float32Array(buffer, offset, rows * stride) : new Float64Array(buffer, offset, rows * stride);
  const masks = maskOffsets.map((start) => (start === null ? null : new Uint8Array(buffer, start, rows)));
  fillFeatures(plan, scan, { values, stride, masks });

  const description = {
    rows,
    features: Object.freeze({ kind: "dense" as const, width, stride, values, offset }),
    columns: Object.freeze(
      columns.map((column, index) => frozenColumn(column.name, levels[index] ?? null, masks[index] ?? null, scan.missing[index] as number)),
    ),
    targets: Object.freeze(target === null ? [] : [sharedTarget(target, buffer, targetOffset)]),
    roles: Object.freeze({
      weight: weight === null ? null : filled(new Float64Array(buffer, weightOffset, rows), weight),
      group:
        group === null
          ? null
          : Object.freeze({ codes: filled(new Int32Array(buffer, groupOffset, rows), group.codes), names: group.names }),
      fold: fold === null ? null : filled(new Int32Array(buffer, foldOffset, rows), fold),
      time: time === null ? null : filled(new Float64Array(buffer, timeOffset, rows), time),
      coordinates:
        coordinates === null
          ? null
          : Object.freeze({
              names: coordinates.names,
              values: Object.freeze(
                coordinates.values.map((axis, index) => filled(new Float64Array(buffer, coordinateOffsets[index] as number, rows), axis)),
              ),
            }),
    }) satisfies Roles,
    scaling: parts.scale,
  };
  return Object.freeze({
    name: parts.name,
    ...description,
    fingerprint: fingerprint(description),
    memory,
    dataEnd: layout.end(),
  });
}

function checkCount(column: ValueColumn, rows: number): void {
  const count = valueCount(column);
  if (count === rows) return;
  throw dataError(
    column.source,
    { column: column.name },
    `there must be one value for each of the ${rows} rows of features; got ${count}.`,
  );
}

function allocate(source: DataSource, bytes: number, rows: number, width: number): SharedMemory {
  const need = `${rows} × ${width} features take ${(bytes / 2 ** 30).toFixed(1)} GiB of memory`;
  if (bytes > maximumBytes) {
    throw dataError(source, {}, `a data set must fit into 4 GiB; ${need}. Use precision "f32", fewer columns or fewer rows.`);
  }
  try {
    return sharedMemory(bytes);
  } catch (cause) {
    throw dataError(source, {}, `the data set must fit into memory; ${need}, which could not be had.`, cause);
  }
}

function frozenColumn(name: string, levels: NamedCodes | null, mask: Uint8Array | null, missing: number): Column {
  return Object.freeze(
    levels === null
      ? { kind: "number", name, missing, mask }
      : { kind: "category", name, levels: Object.freeze([...levels.names]), missing, mask },
  );
}

function sharedTarget(target: ReturnType<typeof readTarget>, buffer: SharedArrayBuffer, offset: number): Target {
  const { name, values } = target;
  return Object.freeze(
    target.kind === "class"
      ? { kind: "class", name, classes: target.classes, codes: filled(new Int32Array(buffer, offset, values.length), values) }
      : { kind: "number", name, values: filled(new Float64Array(buffer, offset, values.length), values) },
  );
}

function filled<T extends Float64Array | Int32Array>(view: T, values: ArrayLike<number>): T {
  view.set(values);
  return view;
}
