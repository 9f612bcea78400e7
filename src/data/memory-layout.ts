import { pageBytes } from "../core/shared-memory.ts";

/** Hands out 64-byte aligned places in a memory, one after another. */
export interface MemoryLayout {
  reserve(bytes: number): number;
  /** First free byte, aligned. */
  end(): number;
}

/** The first page stays free: a WebAssembly module that imports the memory may put its constants there. */
export function memoryLayout(): MemoryLayout {
  let next = pageBytes;
  return {
    reserve(bytes) {
      const offset = next;
      next = Math.ceil((next + bytes) / 64) * 64;
      return offset;
    },
    end: () => next,
  };
}
