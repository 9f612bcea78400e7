import type { Params } from "../../core/space.ts";
import { gridIndex } from "../../space/grid-index.ts";
import { gridParams } from "../../space/space-grid.ts";
import { type History, isListed } from "./history.ts";
import { codesOf, paramsOf, type TreeSpace } from "./tree-space.ts";

/** So many kernels are looked at for one proposal, at most, when all open configurations are judged. */
const mostKernels = 400_000;
/** How many steps through the grid look for an open configuration. */
const mostSteps = 100_000;

/** The codes of every configuration of a small finite space, in the order of its grid; null in place of those that rules forbid. */
const listed = new WeakMap<TreeSpace, readonly (Float64Array | null)[]>();

function listOf(tree: TreeSpace, size: number): readonly (Float64Array | null)[] {
  const known = listed.get(tree);
  if (known !== undefined) return known;
  const list = Array.from({ length: size }, (_, cell) => {
    const params = gridParams(tree.space, cell);
    return tree.feasible(params) ? codesOf(tree, params) : null;
  });
  listed.set(tree, list);
  return list;
}

/** Which configurations may still be proposed: those that rules allow and, in a finite space, that have not finished and do not run. */
export class OpenCells {
  readonly #history: History;
  readonly #running: ReadonlySet<number>;

  constructor(history: History, pending: readonly Params[]) {
    this.#history = history;
    this.#running = new Set(history.size === null ? [] : pending.map((params) => gridIndex(history.tree.space, params)));
  }

  has(codes: Float64Array): boolean {
    const { tree, size } = this.#history;
    if (size === null && !tree.ruled) return true;
    const params = paramsOf(tree, codes);
    return tree.feasible(params) && (size === null || this.#isFree(gridIndex(tree.space, params)));
  }

  #isFree(cell: number): boolean {
    return !this.#running.has(cell) && !this.#history.cells.has(cell);
  }

  /** All of them, where they are few enough to be judged one by one; null otherwise. */
  list(): readonly Float64Array[] | null {
    const { tree, size, count } = this.#history;
    if (!isListed(size)) return null;
    const open = listOf(tree, size).filter((codes, cell): codes is Float64Array => codes !== null && this.#isFree(cell));
    return open.length * (count + 1) > mostKernels ? null : open;
  }

  /** The first after `codes` in the order of the grid, round the end; undefined where there is none (or none in 100,000 steps). */
  after(codes: Float64Array): Float64Array | undefined {
    const { tree, size } = this.#history;
    if (size === null) return undefined;
    const start = gridIndex(tree.space, paramsOf(tree, codes));
    for (let step = 1; step <= Math.min(size, mostSteps); step++) {
      const cell = (start + step) % size;
      if (!this.#isFree(cell)) continue;
      const params = gridParams(tree.space, cell);
      if (tree.feasible(params)) return codesOf(tree, params);
    }
    return undefined;
  }
}
