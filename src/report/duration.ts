import ms from "ms";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";

/** Seconds for people: `3 ms`, `0.12 s`, `3.1 s`, `45 s`, `2 min 5 s`, `1 h 3 min`, `2 d 4 h`; "–" where they are not known. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  const positive = Math.max(0, seconds);
  if (positive === 0) return "0 s";
  if (positive < 0.0005) return "<1 ms";
  if (positive < 0.0995) return `${Math.round(positive * 1000)} ms`;
  if (positive < 0.995) return `${positive.toFixed(2)} s`;
  if (positive < 9.95) return `${positive.toFixed(1)} s`;
  const whole = Math.round(positive);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(positive / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(positive / 3600);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/**
 * Seconds of a duration written as `500ms`, `30s`, `30m` or `2h` (decimals are fine: `1.5h`). A unit is needed.
 * @throws HpoError USAGE
 */
export function parseDuration(option: string, text: string): number {
  const milliseconds = /^\d+(\.\d+)?(ms|s|m|h)$/.test(text) ? ms(text as ms.StringValue) : Number.NaN;
  if (Number.isFinite(milliseconds) && milliseconds > 0) return milliseconds / 1000;
  throw new HpoError(
    "USAGE",
    `${option} must be a duration above 0 with its unit, such as 500ms, 30s, 30m or 2h; got ${showValue(text)}.`,
    {
      data: { option, value: text },
    },
  );
}
