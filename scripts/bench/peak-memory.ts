// How much memory was resident at most, and whether a stated limit was kept.
import { readFileSync, writeFileSync } from "node:fs";

/** Bytes of "1GB", "512MB" or "1e9"; a gigabyte is 10⁹ bytes. */
export function readBytes(text: string): number {
  const [, number = "", unit = ""] = /^([\d.e+]+)\s*(GB|MB|)$/iu.exec(text) ?? [];
  const bytes = Number(number) * (unit === "" ? 1 : unit.toUpperCase() === "GB" ? 1e9 : 1e6);
  if (!(bytes > 0)) throw new RangeError(`bench: --memory must be an amount such as 1GB or 512MB; got ${text}.`);
  return bytes;
}

/** Bytes resident now, after garbage is gone where Node was started with --expose-gc; the peak is counted from here on, where Linux can. */
export function startPeak(): number {
  (globalThis as { readonly gc?: () => void }).gc?.();
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Then the peak is that of the whole process, which is no less.
  }
  return process.memoryUsage.rss();
}

/**
 * Most resident bytes of this process. The kernel's own count is taken where it is there: `maxRSS` of a process that a large one
 * started begins at the size of that one.
 */
export function peakBytes(): number {
  let status = "";
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    // Not Linux.
  }
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
  return kilobytes * 1024;
}
