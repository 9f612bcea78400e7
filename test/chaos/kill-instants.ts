import { type Rng, rng } from "#hpo/math/rng";
import type { Instant, WorkerInstant } from "./killed-command.ts";

/** How long an undisturbed run takes, and the pieces of work that it begins. */
interface Life {
  readonly wallMs: number;
  readonly work: number;
}

/**
 * One to four instants, drawn: over the whole life of a process by the clock, and as much again where files are made, from its first byte in the
 * database on, among pieces of work, and while it closes.
 */
export function killInstants(seed: number, life: Life): Instant[] {
  const stream = rng(seed);
  return Array.from({ length: 1 + stream.below(4) }, () => drawnInstant(stream, life));
}

function drawnInstant(stream: Rng, { wallMs, work }: Life): Instant {
  const kind = stream.below(10);
  const count = 1 + stream.below(Math.max(1, work));
  const at = (after: Instant["after"], ms: number): Instant => ({ after, count, ms });
  if (kind < 3) return at("start", stream.uniform() * wallMs);
  if (kind === 3) return at("bundle", stream.below(4));
  if (kind < 6) return at("database", stream.uniform() * 40);
  if (kind < 9 && work > 0) return at("work", stream.uniform() * 12);
  if (kind < 9) return at("database", stream.uniform() * 200);
  return at("end", stream.uniform() * 30);
}

/** When a worker process is killed in the first start, drawn over all of its work. */
export function workerInstant(seed: number, work: number): WorkerInstant {
  const stream = rng(seed).fork("worker");
  return { count: 1 + stream.below(Math.max(1, work)), ms: stream.below(5) };
}

/** An instant at which a command is asked to end, once, twice or three times in a row. */
export function askedInstant(seed: number, life: Life): Instant {
  const stream = rng(seed).fork("asked");
  const [first, second] = stream.below(2) === 0 ? (["SIGINT", "SIGTERM"] as const) : (["SIGTERM", "SIGINT"] as const);
  return { ...drawnInstant(stream, life), signals: [first, second, first].slice(0, 1 + stream.below(3)) };
}
