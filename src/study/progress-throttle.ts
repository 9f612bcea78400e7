import type { RunProgress } from "../core/snapshot.ts";

/** Calls `listener` at most every `intervalMs` for changes, and never after `end` or `cancel`; `failed` is told what it throws. */
export function progressThrottle(
  listener: ((progress: RunProgress) => void) | undefined,
  options: { readonly intervalMs: number; readonly failed: (error: unknown) => void },
): { change(read: () => RunProgress): void; end(read: () => RunProgress): void; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const cancel = (): void => {
    over = true;
    clearTimeout(timer);
  };
  return {
    change(read) {
      if (listener === undefined || timer !== undefined || over) return;
      timer = setTimeout(() => {
        timer = undefined;
        try {
          listener(read());
        } catch (error) {
          options.failed(error);
        }
      }, options.intervalMs);
    },
    end(read) {
      cancel();
      listener?.(read());
    },
    cancel,
  };
}
