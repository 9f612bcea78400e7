import { derivedBytes } from "../data/derived-data.ts";
import type { TransformedFold } from "./transformed-fold.ts";

/** What steps of pipelines left of a fold, kept for the trials to come. One a study's run. */
export interface PrefixShelf {
  /** What is there, as the one that was used last. */
  find(key: string): TransformedFold | undefined;
  /** Whether somebody is at it. */
  fitting(key: string): boolean;
  /** true where a fit may begin; it is taken for begun. false: what is in use has no room for another. */
  begin(key: string): boolean;
  /** The end of a fit; undefined where it failed or was given up. */
  end(key: string, fold: TransformedFold | undefined): void;
  /** While something is in use it stays. */
  use(key: string): void;
  release(key: string): void;
}

interface Kept {
  readonly fold: TransformedFold;
  readonly bytes: number;
  users: number;
}

/**
 * At most `limit` bytes, but for what is in use: the least recently used goes first, and is fitted again, with equal bits, when it is asked for. A fit
 * waits while what is in use and in the making would leave no room for it, unless that is nothing.
 */
export function prefixShelf(limit: number): PrefixShelf {
  /** Least recently used first. */
  const kept = new Map<string, Kept>();
  const begun = new Set<string>();
  let bytes = 0;
  let used = 0;
  /** Of the largest so far: what a fit is expected to take. */
  let largest = 0;

  function shrink(newest?: string): void {
    for (const [key, one] of kept) {
      if (bytes <= limit) return;
      if (one.users > 0 || key === newest) continue;
      kept.delete(key);
      bytes -= one.bytes;
    }
  }

  return {
    find(key) {
      const one = kept.get(key);
      if (one === undefined) return undefined;
      kept.delete(key);
      kept.set(key, one);
      return one.fold;
    },
    fitting: (key) => begun.has(key),
    begin(key) {
      const idle = used === 0 && begun.size === 0;
      if (!idle && used + (begun.size + 1) * largest > limit) return false;
      begun.add(key);
      return true;
    },
    end(key, fold) {
      begun.delete(key);
      if (fold === undefined) return;
      const one = { fold, bytes: derivedBytes(fold.train) + derivedBytes(fold.test), users: 0 };
      bytes += one.bytes - (kept.get(key)?.bytes ?? 0);
      kept.set(key, one);
      largest = Math.max(largest, one.bytes);
      // Whoever asked for it has not taken it yet.
      shrink(key);
    },
    use(key) {
      const one = kept.get(key);
      if (one === undefined) throw new RangeError(`prefixShelf: there is no ${key}.`);
      if (one.users++ === 0) used += one.bytes;
    },
    release(key) {
      const one = kept.get(key);
      if (one !== undefined && --one.users === 0) used -= one.bytes;
      shrink();
    },
  };
}
