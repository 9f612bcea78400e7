import { showValue } from "../core/options.ts";

/** Nobody mistypes longer names, and comparing them takes their lengths' product. */
const longestName = 200;

/** " Did you mean x?" for the known name nearest to a mistyped one, else empty. O(names × length²). */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > longestName) return "";
  let best: string | undefined;
  let least = Math.ceil(name.length / 3) + 1;
  for (const candidate of known) {
    // As many edits as the lengths differ by are needed in any case.
    if (Math.abs(candidate.length - name.length) >= least) continue;
    const edits = candidate.toLowerCase() === name.toLowerCase() ? 0 : distance(name, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best === undefined ? "" : ` Did you mean ${showValue(best)}?`;
}

/** At most twelve names, for a message. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => showValue(name));
  return names.length > shown.length ? `${shown.join(", ")} … (${names.length} in all)` : shown.join(", ");
}

/** Levenshtein's distance (V. I. Levenshtein, 1966), one row of the table at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
