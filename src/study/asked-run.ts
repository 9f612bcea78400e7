import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Json } from "../core/json.ts";
import type { RunEnd, RunRecord } from "../core/records.ts";
import type { Batch, LeaseHolder } from "../core/store.ts";
import { slowWrites } from "./commit-queue.ts";

/** The run's row of what is asked and told. */
export interface AskedRun {
  /** Whoever asks holds the study's lease. */
  readonly holder: LeaseHolder;
  /** The batch with the run's row, where the last one is more than 0.1 s old. */
  withRow(batch: Batch, longestWriteMs: number): Batch;
  /** The row at the end. */
  ended(state: "complete" | "stopped", end: RunEnd, longestWriteMs: number): RunRecord;
}

export function askedRun({ codeHash, environment }: { readonly codeHash: string; readonly environment: Json }): AskedRun {
  const holder: LeaseHolder = { id: randomUUID(), pid: process.pid, host: hostname(), since: new Date().toISOString() };
  const began = performance.now();
  /** When the row was written last. */
  let written = Number.NEGATIVE_INFINITY;
  const row = (longestWriteMs: number): RunRecord => ({
    id: holder.id,
    startedAt: holder.since,
    endedAt: null,
    state: null,
    wallSeconds: (performance.now() - began) / 1000,
    workers: 0,
    codeHash,
    environment,
    end: null,
    notes: slowWrites(longestWriteMs),
  });
  const run: AskedRun = {
    holder,
    withRow(batch, longestWriteMs) {
      const now = performance.now();
      if (batch.run === undefined && now - written < 100) return batch;
      written = now;
      return { ...batch, run: batch.run ?? row(longestWriteMs) };
    },
    ended: (state, end, longestWriteMs) => ({ ...row(longestWriteMs), endedAt: new Date().toISOString(), state, end }),
  };
  return Object.freeze(run);
}
