import type { ChildProcess } from "node:child_process";
import { bufferOf, type CopiedMessage, newStore, type OpenedStore, openMessage } from "./copied-message.ts";

/** A message on its way between processes: its stores, each as a head and its bytes in pieces, then the payload. */
export type Frame =
  | { readonly frame: "store"; readonly memory: boolean; readonly bytes: number }
  | { readonly frame: "piece"; readonly bytes: Uint8Array }
  /** `kind`: the message's own, for who passes it on unread. */
  | { readonly frame: "payload"; readonly kind: string; readonly bytes: Uint8Array };

const pieceBytes = 2 ** 20;

/** Pieces are views of the stores, so that a large data set is never copied as a whole. */
export function* messageFrames(kind: string, { payload, stores }: CopiedMessage): Generator<Frame> {
  for (const { memory, bytes } of stores) {
    yield { frame: "store", memory, bytes: bytes.length };
    for (let at = 0; at < bytes.length; at += pieceBytes) yield { frame: "piece", bytes: bytes.subarray(at, at + pieceBytes) };
  }
  yield { frame: "payload", kind, bytes: payload };
}

/** Puts frames together; gives the message with its last one. */
export function frameReader(): (frame: Frame) => { readonly message: unknown } | undefined {
  let stores: OpenedStore[] = [];
  let filled = 0;
  return (frame) => {
    if (frame.frame === "store") {
      stores.push(newStore(frame));
      filled = 0;
    } else if (frame.frame === "piece") {
      new Uint8Array(bufferOf(stores.at(-1) as OpenedStore)).set(frame.bytes, filled);
      filled += frame.bytes.length;
    } else {
      const opened = stores;
      stores = [];
      return { message: openMessage(frame.bytes, opened) };
    }
    return undefined;
  };
}

/** What a process is sent, in order. */
export interface Outbox {
  /** The next frame is asked for when the one before is on its way. */
  send(frames: Iterable<object>): void;
  /** Calls back once all that was sent is on its way. */
  whenSent(done: () => void): void;
}

/** Of a child, or of the process itself: to its parent. What can't be sent any more is dropped: the other side's end is told by its exit. */
export function outbox(to: Pick<ChildProcess, "send"> | NodeJS.Process): Outbox {
  const waiting: (Iterator<object> | (() => void))[] = [];
  let sending = false;

  function next(): void {
    while (!sending) {
      const first = waiting[0];
      if (first === undefined) return;
      if (typeof first === "function") {
        waiting.shift();
        first();
        continue;
      }
      const frame = first.next();
      if (frame.done === true) {
        waiting.shift();
        continue;
      }
      sending = true;
      to.send?.(frame.value, undefined, undefined, () => {
        sending = false;
        next();
      });
    }
  }

  return {
    send(frames) {
      waiting.push(frames[Symbol.iterator]());
      next();
    },
    whenSent(done) {
      waiting.push(done);
      next();
    },
  };
}
