import { createHash, type Hash } from "node:crypto";
import type { Dataset, DenseBlock } from "../core/dataset.ts";
import { canonicalJson } from "../core/json.ts";

/** What a fingerprint covers: everything but the name and where the data lies. */
export type FingerprintInput = Pick<Dataset, "rows" | "columns" | "targets" | "roles" | "scaling"> & { readonly features: DenseBlock };

/**
 * SHA-256 (hex) of a canonical description followed by the bytes of all arrays: features without padding, masks, targets,
 * weights, groups, folds, times, coordinates. Equal values under equal names give equal fingerprints, whatever file they came from.
 */
export function fingerprint(input: FingerprintInput): string {
  const { features, roles } = input;
  const hash = createHash("sha256");
  const head = canonicalJson({
    format: 1,
    rows: input.rows,
    features: { kind: features.kind, width: features.width, precision: features.values.BYTES_PER_ELEMENT === 4 ? "f32" : "f64" },
    columns: input.columns.map((column) => ({
      kind: column.kind,
      name: column.name,
      levels: column.kind === "category" ? column.levels : null,
      missing: column.missing,
    })),
    targets: input.targets.map((target) => ({
      kind: target.kind,
      name: target.name,
      classes: target.kind === "class" ? target.classes : null,
    })),
    roles: {
      weight: roles.weight !== null,
      group: roles.group?.names ?? null,
      fold: roles.fold !== null,
      // Named only where there are any: data without them keeps the fingerprint of a time when there were no such roles.
      ...(roles.time === null ? {} : { time: true }),
      ...(roles.coordinates === null ? {} : { coordinates: roles.coordinates.names }),
    },
    scaling: input.scaling,
  });
  hash.update(`${head}\n`);
  updateRows(hash, features, input.rows);
  const arrays = [
    ...input.columns.map((column) => column.mask),
    ...input.targets.map((target) => (target.kind === "class" ? target.codes : target.values)),
    roles.weight,
    roles.group?.codes ?? null,
    roles.fold,
    roles.time,
    ...(roles.coordinates?.values ?? []),
  ];
  // Node's hash takes no shared memory, so the bytes are copied first.
  for (const array of arrays) if (array !== null) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice());
  return hash.digest("hex");
}

const chunkElements = 1 << 17;

function updateRows(hash: Hash, { values, width, stride }: DenseBlock, rows: number): void {
  const step = Math.max(1, Math.floor(chunkElements / stride));
  const packed = values.BYTES_PER_ELEMENT === 4 ? new Float32Array(step * width) : new Float64Array(step * width);
  for (let first = 0; first < rows; first += step) {
    const count = Math.min(step, rows - first);
    if (stride === width) packed.set(values.subarray(first * stride, (first + count) * stride));
    else {
      for (let i = 0; i < count; i++) packed.set(values.subarray((first + i) * stride, (first + i) * stride + width), i * width);
    }
    hash.update(new Uint8Array(packed.buffer, 0, count * width * packed.BYTES_PER_ELEMENT));
  }
}
