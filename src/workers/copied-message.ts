/**
 * Messages between processes: as between threads, but for what only threads can share. Shared buffers and memories are copied, and stand on the other
 * side as shared ones of its own, so that what is handed on there to threads is not copied again.
 */
import { Deserializer, Serializer } from "node:v8";
import { isSharedMemory, type SharedMemory, sharedMemory, storeOf } from "../core/shared-memory.ts";

export interface CopiedMessage {
  /** All but the bytes of shared memory. */
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly stores: readonly CopiedStore[];
}

/** A shared buffer or memory. Of a memory, as much as arrays of the message reach: what lies behind them is somebody's scratch. */
export interface CopiedStore {
  readonly memory: boolean;
  /** In place: they are to be read before they change. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** What `copiedMessage` was given, of the stores made for it. */
export type OpenedStore = SharedArrayBuffer | SharedMemory;

/** Throws where a value can't be copied. */
export function copiedMessage(value: unknown): CopiedMessage {
  const first = new MessageWriter(new Map());
  const payload = first.write(value);
  if (!first.bare) return { payload, stores: first.stores() };
  const standIns: StandIns = new Map();
  const second = new MessageWriter(standIns);
  const whole = second.write(withStandIns(value, standIns));
  if (second.bare) throw new TypeError("Shared memory within an object of a class could not be cloned.");
  return { payload: whole, stores: second.stores() };
}

/** An empty store of so many bytes. */
export function newStore({ memory, bytes }: { readonly memory: boolean; readonly bytes: number }): OpenedStore {
  return memory ? sharedMemory(bytes) : new SharedArrayBuffer(bytes);
}

/** The message again. Throws where the payload is not one. */
export function openMessage(payload: Uint8Array, stores: readonly OpenedStore[]): unknown {
  return new MessageReader(payload, stores).read();
}

export function bufferOf(store: OpenedStore): SharedArrayBuffer {
  return store instanceof SharedArrayBuffer ? store : store.buffer;
}

/** Views that stand for the bare buffers and memories of a message: V8 writes views as it is told, and those not at all. */
type StandIns = Map<ArrayBufferView, SharedArrayBuffer | SharedMemory>;

/** Kinds of views by their place in the list, which goes no further than a version of Node: both sides are the same. */
const viewKinds = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const;
const bufferKind = viewKinds.length;
const memoryKind = bufferKind + 1;

type ViewKind = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView;

/** Members of V8's serializer that its types leave out. */
interface ViewHooks {
  _setTreatArrayBufferViewsAsHostObjects(yes: boolean): void;
}

class MessageWriter extends Serializer {
  /** Shared memory that is no view's was met, which V8 can write but never read. */
  bare = false;
  readonly #standIns: StandIns;
  /** Each with its place and the bytes that the message reaches. */
  readonly #reached = new Map<OpenedStore, { readonly place: number; bytes: number }>();

  constructor(standIns: StandIns) {
    super();
    this.#standIns = standIns;
    (this as unknown as ViewHooks)._setTreatArrayBufferViewsAsHostObjects(true);
  }

  write(value: unknown): Uint8Array<ArrayBuffer> {
    this.writeHeader();
    this.writeValue(value);
    const buffer = this.releaseBuffer();
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  }

  stores(): CopiedStore[] {
    return [...this.#reached].map(([store, { bytes }]) => ({
      memory: isSharedMemory(store),
      bytes: new Uint8Array(bufferOf(store), 0, bytes),
    }));
  }

  _getSharedArrayBufferId(): number {
    this.bare = true;
    return 0;
  }

  _writeHostObject(object: ArrayBufferView): void {
    const standsFor = this.#standIns.get(object);
    if (standsFor !== undefined) {
      const bare = standsFor instanceof SharedArrayBuffer;
      this.writeUint32(bare ? bufferKind : memoryKind);
      this.writeUint32(bare ? this.#place(storeOf(standsFor), standsFor.byteLength) : this.#place(standsFor, 0));
      return;
    }
    if (!ArrayBuffer.isView(object)) throw new TypeError(`${Object.prototype.toString.call(object)} could not be cloned.`);
    const kind = viewKinds.findIndex((one) => object instanceof one);
    if (kind === -1) throw new TypeError(`${Object.prototype.toString.call(object)} could not be cloned.`);
    const { buffer, byteOffset, byteLength } = object;
    this.writeUint32(kind);
    this.writeDouble(byteOffset);
    this.writeDouble(object instanceof DataView ? byteLength : (object as Uint8Array).length);
    const shared = buffer instanceof SharedArrayBuffer;
    this.writeUint32(shared ? 1 : 0);
    if (shared) this.writeUint32(this.#place(storeOf(buffer), byteOffset + byteLength));
    else this.writeValue(buffer);
  }

  #place(store: OpenedStore, end: number): number {
    const reached = this.#reached.get(store) ?? { place: this.#reached.size, bytes: 0 };
    reached.bytes = Math.max(end, reached.bytes);
    this.#reached.set(store, reached);
    return reached.place;
  }
}

class MessageReader extends Deserializer {
  readonly #stores: readonly OpenedStore[];

  constructor(payload: Uint8Array, stores: readonly OpenedStore[]) {
    super(payload);
    this.#stores = stores;
  }

  read(): unknown {
    this.readHeader();
    return this.readValue();
  }

  _readHostObject(): unknown {
    const kind = this.readUint32();
    if (kind === bufferKind) return bufferOf(this.#store());
    if (kind === memoryKind) return this.#store();
    const offset = this.readDouble();
    const length = this.readDouble();
    const buffer = this.readUint32() === 1 ? bufferOf(this.#store()) : (this.readValue() as ArrayBuffer);
    return new (viewKinds[kind] as unknown as ViewKind)(buffer, offset, length);
  }

  #store(): OpenedStore {
    const store = this.#stores[this.readUint32()];
    if (store === undefined) throw new RangeError("A message names shared memory that did not come with it.");
    return store;
  }
}

/** The value with a view in place of each bare buffer and memory; objects of classes are left as they are. */
function withStandIns(value: unknown, standIns: StandIns): unknown {
  const copies = new Map<unknown, unknown>();

  function copied<Copy>(one: unknown, copy: Copy, fill: (copy: Copy) => void): Copy {
    // First, since it may hold itself.
    copies.set(one, copy);
    fill(copy);
    return copy;
  }

  function copyOf(one: unknown): unknown {
    if (typeof one !== "object" || one === null) return one;
    if (copies.has(one)) return copies.get(one);
    if (one instanceof SharedArrayBuffer || isSharedMemory(one)) {
      // So that views of a memory are known to be its own.
      storeOf(one);
      return copied(one, new DataView(bufferOf(one), 0, 0), (view) => standIns.set(view, one));
    }
    if (Array.isArray(one)) {
      return copied(one, new Array<unknown>(one.length), (copy) => one.forEach((member, at) => (copy[at] = copyOf(member))));
    }
    if (one instanceof Map) {
      return copied(one, new Map(), (copy) => {
        for (const [key, member] of one) copy.set(copyOf(key), copyOf(member));
      });
    }
    if (one instanceof Set) {
      return copied(one, new Set(), (copy) => {
        for (const member of one) copy.add(copyOf(member));
      });
    }
    if (Object.prototype.toString.call(one) !== "[object Object]") return one;
    // Without a prototype, a member of any name is a member.
    return copied(one, Object.create(null) as Record<string, unknown>, (copy) => {
      for (const [key, member] of Object.entries(one)) copy[key] = copyOf(member);
    });
  }

  return copyOf(value);
}
