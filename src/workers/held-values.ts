import type { SharedValue } from "../core/executor.ts";
import type { ToSlot } from "./slot-messages.ts";

/** The shared values that a slot's host has been given. */
export interface HeldValues {
  holds(id: string): boolean;
  /** Posts the value, unless the host has it. Throws where it can't be copied; then the host does not have it. */
  share(value: SharedValue): void;
  forget(id: string): void;
}

export function heldValues(post: (message: ToSlot) => void): HeldValues {
  const held = new Set<string>();
  return Object.freeze({
    holds: (id: string) => held.has(id),
    share({ id, value }: SharedValue) {
      if (held.has(id)) return;
      post({ kind: "share", id, value });
      held.add(id);
    },
    forget(id: string) {
      if (held.delete(id)) post({ kind: "forget", id });
    },
  });
}
