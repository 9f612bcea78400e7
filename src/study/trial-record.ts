import type { TrialRecord } from "../core/records.ts";
import type { Proposal } from "../core/sampler.ts";

/** The row of a proposal. */
export function trialRecord(
  number: number,
  group: number,
  { proposal, at }: { readonly proposal: Proposal; readonly at: string },
): TrialRecord {
  const { params, by, why, parent = null, repeatOf, budget = null, note = null } = proposal;
  const record = { number, group, params, by, why, parent, budget, note, proposedAt: at };
  return repeatOf === undefined ? record : { ...record, repeatOf };
}
