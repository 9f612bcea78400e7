import { canonicalJson, type Json } from "../core/json.ts";
import type { StudyDeclaration } from "../core/records.ts";
import type { StudySpec } from "../core/study-spec.ts";

/** What only some studies declare of their search; left out by the others, whose declarations stay as they are. `warmStart` as `warmStart()` gives it. */
export function searchDeclaration(
  { rules, enqueue, constraints, selection }: StudySpec,
  warmStart: Json | undefined,
): Partial<StudyDeclaration> {
  return {
    ...(rules.forbid.length === 0 ? {} : { forbid: plain(rules.forbid) }),
    ...(rules.limits.length === 0 ? {} : { limits: plain(rules.limits) }),
    ...(enqueue.length === 0 ? {} : { enqueue: plain(enqueue) }),
    ...(constraints.length === 0 ? {} : { constraints: plain(constraints) }),
    ...(selection === null ? {} : { select: plain(selection) }),
    ...(warmStart === undefined ? {} : { warmStart }),
  };
}

function plain(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}
