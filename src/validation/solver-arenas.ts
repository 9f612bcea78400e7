import type { Dataset } from "../core/dataset.ts";
import type { SolverLimits, SolverPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { growTo } from "../core/shared-memory.ts";

/** A part of the data set's memory, held by one shared solve. */
export interface ArenaLease {
  readonly sharedOffset: number;
  readonly slotsOffset: number;
  /** Scratch of each slot, a multiple of 64 bytes, so that every slot's is aligned. */
  readonly slotBytes: number;
  /** Idempotent. */
  release(): void;
}

/** The memory behind the data, lent to one shared solve at a time. */
export interface SolverArenas {
  /** What a plan may take. */
  readonly limits: SolverLimits;
  /** undefined while another solve holds the arena. */
  take(plan: SolverPlan): ArenaLease | undefined;
}

/** wasm32 ends at 4 GiB. */
const addressableBytes = 4 * 1024 ** 3;

export function solverArenas(data: Dataset, slots: number, memoryBytes: number): SolverArenas {
  let held = false;
  return {
    limits: { memoryBytes: Math.min(memoryBytes, addressableBytes - align(data.dataEnd)), slots },
    take(plan) {
      if (held) return undefined;
      const slotBytes = align(plan.slotBytes);
      const sharedOffset = align(data.dataEnd);
      const slotsOffset = align(sharedOffset + plan.sharedBytes);
      const end = slotsOffset + slots * slotBytes;
      try {
        growTo(data.memory, end);
      } catch (cause) {
        const megabytes = Math.ceil(end / 1024 ** 2);
        throw new HpoError(
          "MODEL_UNSUPPORTED",
          `The shared solve of ${data.name} needs ${megabytes} MB of memory, which could not be had; use fewer workers or fewer rows.`,
          { cause },
        );
      }
      held = true;
      let released = false;
      return {
        sharedOffset,
        slotsOffset,
        slotBytes,
        release() {
          if (!released) held = false;
          released = true;
        },
      };
    },
  };
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
