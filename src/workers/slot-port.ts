import type { MessagePort } from "node:worker_threads";
import { copiedMessage } from "./copied-message.ts";
import { type Frame, frameReader } from "./message-frames.ts";
import type { FromSlot, PassedOn, ToSlot } from "./slot-messages.ts";

/** A slot's side of its connection. */
export interface SlotPort {
  /** Throws where the message can't be copied. */
  post(message: FromSlot): void;
  listen(receive: (message: ToSlot) => void): void;
}

/** To the thread that the executor runs in. */
export function threadPort(port: MessagePort): SlotPort {
  return {
    post: (message) => port.postMessage(message),
    listen: (receive) => port.on("message", receive),
  };
}

/** To another process, by way of this one's main thread, which passes messages on unread. */
export function processPort(port: MessagePort): SlotPort {
  const read = frameReader();
  return {
    post(message) {
      const copied = copiedMessage(message);
      port.postMessage({ kind: message.kind, copied } satisfies PassedOn, [copied.payload.buffer]);
    },
    listen(receive) {
      port.on("message", (frame: Frame) => {
        const whole = read(frame);
        if (whole !== undefined) receive(whole.message as ToSlot);
      });
    },
  };
}
