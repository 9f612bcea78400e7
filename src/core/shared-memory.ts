/**
 * A shared WebAssembly memory, described structurally: the project compiles without the browser's type library.
 * WebAssembly refuses a plain SharedArrayBuffer as its memory, so data that kernels work on lives in one of these.
 */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Grows by 64 KiB pages; returns the old size in pages. Arrays made before stay valid for the old bytes. */
  grow(pages: number): number;
}

/** 64 KiB. */
export const pageBytes = 65536;

/** wasm32 ends at 4 GiB. */
const maximumPages = 65536;

interface WebAssemblyGlobal {
  readonly Memory: new (options: { initial: number; maximum: number; shared: boolean }) => SharedMemory;
}

/** A new memory of at least `bytes` bytes, zero-filled, that can grow to 4 GiB. Only what is touched takes real memory. */
export function sharedMemory(bytes: number): SharedMemory {
  const { Memory } = (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly;
  const memory = new Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)), maximum: maximumPages, shared: true });
  memories.set(memory.buffer, memory);
  return memory;
}

/** Makes the memory at least `bytes` long. Throws a RangeError where it can't be had. */
export function growTo(memory: SharedMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return;
  storeOf(memory);
  memory.grow(Math.ceil(missing / pageBytes));
  storeOf(memory);
}

/** The memory by its buffers: growing makes a new one, and arrays made before keep the old. */
const memories = new WeakMap<SharedArrayBuffer, SharedMemory>();

/** What buffers over the same bytes have in common: the memory, where this thread made it or asked about itself before, else the buffer. */
export function storeOf(shared: SharedMemory | SharedArrayBuffer): SharedMemory | SharedArrayBuffer {
  if (!isSharedMemory(shared)) return memories.get(shared) ?? shared;
  memories.set(shared.buffer, shared);
  return shared;
}

export function isSharedMemory(value: object): value is SharedMemory {
  return value instanceof (globalThis as unknown as { WebAssembly: WebAssemblyGlobal }).WebAssembly.Memory;
}
