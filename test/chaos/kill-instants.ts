import { rng } from "#hpo/math/rng";
import type { Instant } from "./killed-command.ts";

/**
 * One to four instants, drawn: over the whole life of a process by the clock, and as much again where files are made, from its first byte in the
 * database on, among pieces of work, and while it closes. `wallMs`: how long an undisturbed run takes; `work`: pieces of work that it begins.
 */
export function killInstants(seed: number, { wallMs, work }: { readonly wallMs: number; readonly work: number }): Instant[] {
  const stream = rng(seed);
  const instant = (): Instant => {
    const kind = stream.below(10);
    const count = 1 + stream.below(Math.max(1, work));
    const at = (after: Instant["after"], ms: number): Instant => ({ after, count, ms });
    if (kind < 3) return at("start", stream.uniform() * wallMs);
    if (kind === 3) return at("bundle", stream.below(4));
    if (kind < 6) return at("database", stream.uniform() * 40);
    if (kind < 9 && work > 0) return at("work", stream.uniform() * 12);
    if (kind < 9) return at("database", stream.uniform() * 200);
    return at("end", stream.uniform() * 30);
  };
  return Array.from({ length: 1 + stream.below(4) }, instant);
}
