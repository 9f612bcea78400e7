import type { Dataset } from "../core/dataset.ts";
import type { ArenaRegion, SolverLimits, SolverPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { growTo } from "../core/shared-memory.ts";

/** A part of the data set's memory, held by one shared solve. */
export interface ArenaLease {
  readonly sharedOffset: number;
  readonly slotsOffset: number;
  /** Scratch of each slot, a multiple of 64 bytes, so that every slot's is aligned. */
  readonly slotBytes: number;
  /** Whether an earlier plan has filled the region, and nothing was written to it since. */
  holds(region: ArenaRegion): boolean;
  /** To be told before a region is written to. */
  filling(region: ArenaRegion): void;
  /** To be told when a region was filled whole. */
  filled(region: ArenaRegion): void;
  /** Idempotent. Regions stay. */
  release(): void;
}

/** The memory behind the data, lent to one shared solve at a time. Keeps in mind which regions are filled. */
export interface SolverArenas {
  /** What a plan may take. */
  readonly limits: SolverLimits;
  /** undefined while another solve holds the arena. Regions of solvers with different names are strangers. */
  take(plan: SolverPlan, solver: string): ArenaLease | undefined;
}

/** wasm32 ends at 4 GiB. */
const addressableBytes = 4 * 1024 ** 3;

export function solverArenas(data: Dataset, slots: number, memoryBytes: number): SolverArenas {
  let held = false;
  /** Filled regions, by what tells their contents and place. */
  const regions = new Map<string, ArenaRegion>();
  return {
    limits: { memoryBytes: Math.min(memoryBytes, addressableBytes - align(data.dataEnd)), slots },
    take(plan, solver) {
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
      const keyOf = ({ key, offset, bytes }: ArenaRegion): string => JSON.stringify([solver, key, offset, bytes]);
      const named = new Set(plan.stages.flatMap(({ fills }) => (fills === undefined ? [] : [keyOf(fills)])));
      // The plan may write anywhere but to the regions that it names.
      for (const [key, { offset }] of regions) if (!named.has(key) && offset < end - sharedOffset) regions.delete(key);
      return {
        sharedOffset,
        slotsOffset,
        slotBytes,
        holds: (region) => regions.has(keyOf(region)),
        filling({ offset, bytes }) {
          for (const [key, one] of regions) if (one.offset < offset + bytes && offset < one.offset + one.bytes) regions.delete(key);
        },
        filled: (region) => void regions.set(keyOf(region), region),
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
