import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { ArenaMap } from "./arena.ts";
import { type Kernel, kernelBase, kernelRows } from "./kernel.ts";
import type { PairRanges } from "./pair-problem.ts";
import type { Scratch } from "./scratch.ts";

/**
 * Kernel rows between the rows of two classes, computed when asked for and kept while there is room; the row longest unused goes first.
 * Columns are local indexes, as in the pair's block, and values have the block's bits; so what is kept decides
 * nothing but time.
 */
export interface RowCache {
  /** Values of a row: the rows of both classes, padding included. */
  readonly size: number;
  /** Forgets all rows where the kernel is another one. */
  use(kernel: Kernel): void;
  /** Forgets all rows: what lies where they were is somebody else's. */
  clear(): void;
  /** Writes the addresses of at most `batchRows` rows to `addresses`, at least one; they hold until the next call. */
  rows(locals: Uint32Array, addresses: Uint32Array): void;
}

/** Rows asked for at once: there is always room for them. */
export const batchRows = 64;

/** Rows computed at once, and columns: their base values stay near the processor. */
const panelRows = 16;
const panelColumns = 1024;

/** Instead of a slot: the row is asked for. */
const asked = -2;

/** Takes what rows of `size` values from `width` features need besides the rows: features of a panel's rows, its base values. */
function takePanel(space: Scratch, width: number): readonly [number, number] {
  return [space.take(width * panelRows * 4), space.take(panelRows * panelColumns * 4)];
}

/** Bytes of scratch for a cache of at most `rows` rows of `size` values. */
export function rowCacheBytes(rows: number, size: number): number {
  return Math.max(batchRows, Math.min(rows, size)) * size * 4;
}

/** Takes the scratch of a cache of `bytes`, which has room for `batchRows` rows at least. */
export function takeRowCache(space: Scratch, width: number, bytes: number): readonly [number, number, number] {
  const [panel, staging] = takePanel(space, width);
  return [panel, staging, space.take(bytes)];
}

export function rowCache(
  memory: SharedMemory,
  place: { readonly panel: number; readonly staging: number; readonly values: number; readonly bytes: number },
  { arena, ranges }: { readonly arena: ArenaMap; readonly ranges: PairRanges },
): RowCache {
  const { startA, sizeA, startB, sizeB } = ranges;
  const { features, stride, width } = arena;
  const size = sizeA + sizeB;
  const capacity = Math.min(size, Math.floor(place.bytes / (size * 4)));
  if (capacity < Math.min(size, batchRows)) throw new RangeError("rowCache(): there must be room for a batch of rows.");
  const kernels = svmKernels(memory);
  const all = new Float32Array(memory.buffer, features, (width * stride) / 4);
  const panel = new Float32Array(memory.buffer, place.panel, width * panelRows);
  /** Which row a slot holds, and which slot a row has; −1 for none. Slots are a ring by time of use, the latest behind `capacity`. */
  const rowOf = new Int32Array(capacity).fill(-1);
  const slotOf = new Int32Array(size).fill(-1);
  const before = new Int32Array(capacity + 1);
  const after = new Int32Array(capacity + 1);
  let held: Kernel | undefined;

  function clear(): void {
    rowOf.fill(-1);
    slotOf.fill(-1);
    for (let slot = 0; slot <= capacity; slot++) {
      after[slot] = slot === capacity ? 0 : slot + 1;
      before[slot] = slot === 0 ? capacity : slot - 1;
    }
  }

  /** Makes a slot the one used last. */
  function touch(slot: number): void {
    const [one, two] = [before[slot] as number, after[slot] as number];
    after[one] = two;
    before[two] = one;
    const latest = after[capacity] as number;
    after[capacity] = slot;
    before[slot] = capacity;
    after[slot] = latest;
    before[latest] = slot;
  }

  const positionOf = (local: number): number => (local < sizeA ? startA + local : startB + local - sizeA);

  function compute(locals: readonly number[], kernel: Kernel): void {
    const count = Math.ceil(locals.length / 4) * 4;
    for (let k = 0; k < width; k++) {
      for (let lane = 0; lane < count; lane++) {
        // Lanes without a row repeat the last one.
        const local = locals[Math.min(lane, locals.length - 1)] as number;
        panel[k * panelRows + lane] = all[(k * stride) / 4 + positionOf(local)] as number;
      }
    }
    const tile = kernels[kernelBase(kernel)];
    for (const [position, first, length] of [
      [startA, 0, sizeA],
      [startB, sizeA, sizeB],
    ] as const) {
      for (let at = 0; at < length; at += panelColumns) {
        const columns = Math.min(panelColumns, length - at);
        const from = features + (position + at) * 4;
        tile(place.panel, panelRows * 4, from, stride, width, 0, count, columns, place.staging, columns * 4);
        for (const [lane, local] of locals.entries()) {
          const out = place.values + (slotOf[local] as number) * size * 4 + (first + at) * 4;
          const source = place.staging + lane * columns * 4;
          kernelRows(kernels, memory.buffer, kernel, { source, sourceStride: 0, out, outStride: 0, rows: 1, columns });
        }
      }
    }
  }

  clear();
  return {
    size,
    clear,
    use(kernel) {
      if (held !== undefined && JSON.stringify(held) === JSON.stringify(kernel)) return;
      held = kernel;
      clear();
    },
    rows(locals, addresses) {
      if (held === undefined) throw new TypeError("rowCache(): use() comes before rows().");
      const missing: number[] = [];
      for (const local of locals) {
        const slot = slotOf[local] as number;
        if (slot >= 0) touch(slot);
        else if (slot === -1) {
          missing.push(local);
          slotOf[local] = asked;
        }
      }
      for (const local of missing) {
        const slot = before[capacity] as number;
        const old = rowOf[slot] as number;
        if (old >= 0) slotOf[old] = -1;
        rowOf[slot] = local;
        slotOf[local] = slot;
        touch(slot);
      }
      for (let first = 0; first < missing.length; first += panelRows) compute(missing.slice(first, first + panelRows), held);
      for (const [at, local] of locals.entries()) addresses[at] = place.values + (slotOf[local] as number) * size * 4;
    },
  };
}
