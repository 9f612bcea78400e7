/**
 * Tasks that end within so many milliseconds are told together: reading a thread's CPU time, a message and a turn of the
 * event loop each take longer than a small task does.
 */
export const chunkMs = 5;

/**
 * The CPU seconds of tasks that ran one after another, of which only the sum was read: shared by their wall seconds, never
 * more than those. null where the sum is not known.
 */
export function shareCpu(wallSeconds: readonly number[], cpuSeconds: number | null): (number | null)[] {
  if (cpuSeconds === null) return wallSeconds.map(() => null);
  const wall = wallSeconds.reduce((sum, one) => sum + one, 0);
  const share = wall > 0 ? Math.min(1, cpuSeconds / wall) : 0;
  return wallSeconds.map((one) => one * share);
}
