import type { SharedMemory } from "../../core/shared-memory.ts";
import { batchRows, takeRowCache } from "./row-cache.ts";
import { type Scratch, scratch } from "./scratch.ts";
import { takeShrunkRows } from "./shrunk-rows.ts";
import { takeWorkingBlock, type WorkingBlock, workingBlock } from "./working-block.ts";

/** What large problems of one slot work with, one at a time. */
export interface LargeWorkspace {
  readonly width: number;
  readonly block: WorkingBlock;
  readonly cachePlace: { readonly panel: number; readonly staging: number; readonly values: number; readonly bytes: number };
  /** Where rows are copied when a problem shrinks, and how many there is room for. */
  readonly shrunkAt: number;
  readonly shrunkMost: number;
  /** Addresses and coefficients of a batch of kernel rows. */
  readonly addressesAt: number;
  readonly changesAt: number;
}

export interface WorkspaceShape {
  readonly width: number;
  /** Local rows of the largest problem. */
  readonly size: number;
  /** Rows of a working set: a multiple of 16. */
  readonly workingRows: number;
  readonly cacheBytes: number;
}

function takeWorkspace(space: Scratch, { width, size, workingRows: most, cacheBytes }: WorkspaceShape) {
  takeWorkingBlock(space, most, width);
  const shrunkMost = Math.ceil(size / 2);
  const shrunk = space.take(0);
  takeShrunkRows(space, shrunkMost, width);
  const [addressesAt, changesAt] = [space.take(batchRows * 4), space.take(batchRows * 8)];
  const [panel, staging, values] = takeRowCache(space, width, cacheBytes);
  return { shrunkAt: shrunk, shrunkMost, addressesAt, changesAt, cachePlace: { panel, staging, values, bytes: cacheBytes } };
}

/** Takes the scratch of a workspace. */
export function takeLargeWorkspace(space: Scratch, shape: WorkspaceShape): void {
  takeWorkspace(space, shape);
}

export function largeWorkspace(memory: SharedMemory, space: Scratch, shape: WorkspaceShape): LargeWorkspace {
  const start = space.take(0);
  const { shrunkAt, shrunkMost, addressesAt, changesAt, cachePlace } = takeWorkspace(space, shape);
  return {
    width: shape.width,
    block: workingBlock(memory, scratch(start), { most: shape.workingRows, width: shape.width }),
    cachePlace,
    shrunkAt,
    shrunkMost,
    addressesAt,
    changesAt,
  };
}
