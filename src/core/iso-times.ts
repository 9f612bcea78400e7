/**
 * Writes moments, in milliseconds since 1970, as ISO 8601 with milliseconds, as `Date.toISOString` does. Remembers the last two: trials that take
 * microseconds would spend more on the text than on their work.
 */
export function isoTimes(): (ms: number) => string {
  let last = { ms: Number.NaN, text: "" };
  let before = last;
  return (moment) => {
    const ms = Math.trunc(moment);
    if (ms === last.ms) return last.text;
    if (ms === before.ms) return before.text;
    before = last;
    last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
}

/** When that began which ended at a moment after so many seconds, as ISO 8601. Remembers the last moment, as `isoTimes` does. */
export type IsoStarts = (endedAt: string, seconds: number) => string;

export function isoStarts(): IsoStarts {
  const isoTime = isoTimes();
  let last = { text: "", ms: Number.NaN };
  return (endedAt, seconds) => {
    if (endedAt !== last.text) last = { text: endedAt, ms: Date.parse(endedAt) };
    return isoTime(last.ms - seconds * 1000);
  };
}
