/** Hands out 64-byte aligned pieces of memory, one after another, from `start`. */
export interface Scratch {
  take(bytes: number): number;
  /** Bytes from `start` to the end of the last piece. */
  used(): number;
}

export function scratch(start: number): Scratch {
  let next = start;
  return {
    take(bytes) {
      const at = next;
      next += Math.ceil(bytes / 64) * 64;
      return at;
    },
    used: () => next - start,
  };
}
