import type { PartResult } from "../core/estimator.ts";
import type { Task, TaskResult } from "../core/executor.ts";
import type { EvaluationRecord, SharedWorkRecord } from "../core/records.ts";
import type { PartEnvelope } from "./part-envelope.ts";
import type { PartInput } from "./part-task.ts";

/** Own seconds of one request and fold over all parts, with a CPU time at each part's own rate. */
export function ownTime(
  parts: Iterable<PartEnvelope>,
  { request, fold }: { readonly request: number; readonly fold: number },
  judgingSeconds: number,
): EvaluationRecord["time"] {
  let fitSeconds = 0;
  let predictSeconds = judgingSeconds;
  let cpuSeconds: number | null = judgingSeconds;
  for (const part of parts) {
    for (const own of part.own) {
      if (own.request !== request || own.fold !== fold) continue;
      fitSeconds += own.fitSeconds;
      predictSeconds += own.predictSeconds;
      cpuSeconds = cpuSeconds === null || part.cpuRate === null ? null : cpuSeconds + (own.fitSeconds + own.predictSeconds) * part.cpuRate;
    }
  }
  return { fitSeconds, predictSeconds, wallSeconds: fitSeconds + predictSeconds, cpuSeconds };
}

/** The envelope with the own seconds of another one besides, at the mean CPU rate of both: the sums stay what they were. */
export function withOwnOf(envelope: PartEnvelope, other: PartEnvelope): PartEnvelope {
  const merged = new Map<string, PartResult["own"][number]>();
  for (const one of [...envelope.own, ...other.own]) {
    const key = `${one.request}/${one.fold}`;
    const { fitSeconds = 0, predictSeconds = 0 } = merged.get(key) ?? {};
    merged.set(key, { ...one, fitSeconds: fitSeconds + one.fitSeconds, predictSeconds: predictSeconds + one.predictSeconds });
  }
  const [first, second] = [secondsOf(envelope.own), secondsOf(other.own)];
  const sum = first + second;
  const { cpuRate } = envelope;
  const mean = cpuRate === null || other.cpuRate === null ? null : sum === 0 ? cpuRate : (first * cpuRate + second * other.cpuRate) / sum;
  return { bytes: envelope.bytes, own: [...merged.values()], cpuRate: mean };
}

/** CPU seconds a wall second; null where CPU time could not be measured. */
export function cpuRateOf({ wallSeconds, cpuSeconds }: Extract<TaskResult, { ok: true }>): number | null {
  if (cpuSeconds === null) return null;
  return wallSeconds === 0 ? 1 : cpuSeconds / wallSeconds;
}

/** The part's time less what belongs to single requests. */
export function sharedRow(
  task: Task,
  result: Extract<TaskResult, { ok: true }>,
  details: Pick<SharedWorkRecord, "group" | "trials" | "endedAt">,
): SharedWorkRecord {
  const { part } = task.input as PartInput;
  const value = result.value as PartResult;
  const wallSeconds = Math.max(0, result.wallSeconds - secondsOf(value.own));
  const rate = cpuRateOf(result);
  const cpuSeconds = rate === null ? null : wallSeconds * rate;
  const { counts, warnings } = value;
  return { ...details, key: task.key, label: part.label, wallSeconds, cpuSeconds, counts, warnings, bytes: null };
}

function secondsOf(own: PartResult["own"]): number {
  return own.reduce((sum, one) => sum + one.fitSeconds + one.predictSeconds, 0);
}
