import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import { type Decider, tileColumns } from "./decisions.ts";
import { rowSums } from "./gradient-update.ts";
import type { Kernel } from "./kernel.ts";
import { type LargeProblem, largeProblem } from "./large-problem.ts";
import { largeWorkspace, takeLargeWorkspace } from "./large-workspace.ts";
import type { PairRanges } from "./pair-problem.ts";
import { batchRows, rowCache, rowCacheBytes } from "./row-cache.ts";
import { type Scratch, scratch } from "./scratch.ts";

/**
 * When a problem is large. Its answer has other bits than that of a problem in a block, so that this follows from the problem's own size,
 * never from the memory that is there.
 */
export interface LargeRule {
  /** A problem over more kernel rows than this is large. */
  readonly rows: number;
  /** Rows of a working set, a multiple of 16. */
  readonly workingRows: number;
}

/** A block of 8192 rows takes 268 MB. */
export const largeRule: LargeRule = Object.freeze({ rows: 8192, workingRows: 1024 });

/** A precomputed kernel is whole in memory as it is, so that its blocks are never too large. */
export function ruleOf(rule: LargeRule, precomputed: boolean): LargeRule {
  return precomputed ? { ...rule, rows: Number.MAX_SAFE_INTEGER } : rule;
}

/** A large problem's shape: kernel rows of `size` values, `locals` local rows (twice as many for a regression). */
interface LargeShape {
  readonly width: number;
  readonly size: number;
  readonly locals: number;
  /** Tiles of columns judged at once. */
  readonly tiles: number;
  readonly workingRows: number;
}

function takeProblem(space: Scratch, locals: number): readonly number[] {
  return [8, 8, 8, 8, 4].map((bytes) => space.take(locals * bytes));
}

/** Bytes of scratch with a cache of `cacheBytes`. */
function largeScratchBytes({ width, locals, tiles, workingRows }: LargeShape, cacheBytes: number): number {
  const space = scratch(0);
  takeProblem(space, locals);
  takeProblem(space, locals);
  space.take(tiles * tileColumns * 8);
  takeLargeWorkspace(space, { width, size: locals, workingRows, cacheBytes });
  return space.used();
}

/** What the large ones among some problems take. */
export interface LargeMemory {
  /** Kernel rows of the largest problem that is not large; 0 for none. */
  readonly blockRows: number;
  readonly hasLarge: boolean;
  /** Bytes for kernel rows, and of scratch altogether; 0 where no problem is large. */
  readonly cacheBytes: number;
  readonly bytes: number;
}

/** Splits problems of `sizes` kernel rows by the rule; in `room` bytes of scratch the large ones keep as many kernel rows as fit, a batch at least. */
export function largeMemory(
  rule: LargeRule,
  problems: { readonly sizes: readonly number[]; readonly width: number; readonly localsPerRow: 1 | 2; readonly tiles: number },
  room: number,
): LargeMemory {
  const { sizes, width, localsPerRow, tiles } = problems;
  const size = Math.max(0, ...sizes);
  const blockRows = Math.max(0, ...sizes.filter((one) => one <= rule.rows));
  if (size <= rule.rows) return { blockRows, hasLarge: false, cacheBytes: 0, bytes: 0 };
  const shape = { width, size, locals: size * localsPerRow, tiles, workingRows: rule.workingRows };
  const left = Math.floor((room - largeScratchBytes(shape, 0)) / 64) * 64;
  const cacheBytes = Math.max(rowCacheBytes(batchRows, size), Math.min(rowCacheBytes(size, size), left));
  return { blockRows, hasLarge: true, cacheBytes, bytes: largeScratchBytes(shape, cacheBytes) };
}

/** Kernel rows that fitting a single model keeps take at most so many bytes. */
export const fitRoom: number = 2 ** 29;

/** The two problems of a ladder over a large pair, and the judging of rows. */
export interface LargePair {
  readonly main: LargeProblem;
  readonly side: LargeProblem;
  use(kernel: Kernel): void;
  /** Decisions of every function for the tiles' rows, as `decisions` gives them; coefficients are by kernel row. */
  readonly decide: Decider;
}

export function largePair(
  memory: SharedMemory,
  space: Scratch,
  place: {
    readonly arena: ArenaMap;
    /** Where the kernel's rows lie in the arena. */
    readonly positions: PairRanges;
    /** Two classes as ranges of the kernel's rows; the ranges may be the same. */
    readonly columns: PairRanges;
    readonly tiles: number;
    readonly workingRows: number;
    readonly cacheBytes: number;
  },
): LargePair {
  const { arena, positions, columns, cacheBytes, workingRows } = place;
  const locals = columns.sizeA + columns.sizeB;
  const [one, two] = [takeProblem(space, locals), takeProblem(space, locals)];
  const judged = space.take(place.tiles * tileColumns * 8);
  const workspace = largeWorkspace(memory, space, { width: arena.width, size: locals, workingRows, cacheBytes });
  const cache = rowCache(memory, workspace.cachePlace, { arena, ranges: positions });
  const problemPlace = { workspace, arena, positions, columns, cache };
  const main = largeProblem(memory, problemPlace, one);
  const side = largeProblem(memory, problemPlace, two);
  const sums = rowSums(memory, workspace);

  return {
    main,
    side,
    use(kernel) {
      main.use(kernel);
      side.use(kernel);
    },
    decide(tiles, functions) {
      const length = tiles.starts.length * tileColumns;
      const values = new Float64Array(memory.buffer, judged, length);
      const answers = functions.map(() => new Float64Array(length));
      const supports: number[] = [];
      for (let row = 0; row < cache.size; row++) if (functions.some(({ coefficients }) => coefficients[row] !== 0)) supports.push(row);
      const spans = spansOf(tiles.starts);
      for (let first = 0; first < supports.length; first += batchRows) {
        const batch = supports.slice(first, first + batchRows);
        sums.load(cache, batch);
        for (const [at, { coefficients }] of functions.entries()) {
          const answer = answers[at] as Float64Array;
          values.set(answer);
          // Taken away with the opposite sign: added.
          const changes = batch.map((row) => -(coefficients[row] as number));
          for (const { tile, column, length: columnsOf } of spans) {
            sums.subtract(changes, { column, length: columnsOf, values: judged + tile * tileColumns * 8 });
          }
          answer.set(values);
        }
      }
      return functions.map(({ offset }, at) => Float64Array.from(tiles.lanes, (lane) => (answers[at]?.[lane] as number) + offset));
    },
  };
}

/** Neighbouring tiles as one run of columns. */
function spansOf(starts: Uint32Array): readonly { readonly tile: number; readonly column: number; readonly length: number }[] {
  const spans: { tile: number; column: number; length: number }[] = [];
  for (const [tile, column] of starts.entries()) {
    const last = spans.at(-1);
    if (last !== undefined && last.column + last.length === column) last.length += tileColumns;
    else spans.push({ tile, column, length: tileColumns });
  }
  return spans;
}
