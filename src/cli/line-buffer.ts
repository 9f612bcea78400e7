import { harmlessLine } from "../report/log-text.ts";

/** Makes whole lines of what several slots print piece by piece. */
export interface LineBuffer {
  /** `slot` is undefined for this process. */
  add(text: string, slot?: number): void;
  /** Gives out what never got its line end. */
  flush(): void;
}

/** A line this long is given out without waiting for its end. */
const longest = 65_536;

/**
 * Collects text by slot and gives `write` whole lines, each with its "\n". Of a line that was written over itself by
 * carriage returns (a progress bar), only the last state is given out; what else would move the cursor or clear the screen is written out.
 */
export function lineBuffer(write: (lines: string) => void): LineBuffer {
  const begun = new Map<number | undefined, string>();
  return {
    add(text, slot) {
      const lines = ((begun.get(slot) ?? "") + text).split("\n");
      const rest = lastState(lines.pop() ?? "");
      if (rest.length > longest) lines.push(rest);
      begun.set(slot, rest.length > longest ? "" : rest);
      if (lines.length > 0) write(`${lines.map(shown).join("\n")}\n`);
    },
    flush() {
      const lines = [...begun.values()].map(shown).filter((line) => line !== "");
      begun.clear();
      if (lines.length > 0) write(`${lines.join("\n")}\n`);
    },
  };
}

function shown(line: string): string {
  return harmlessLine(lastState(line).replace(/\r$/, ""));
}

/** What stands on a line after its carriage returns; one at the end waits for what comes. */
function lastState(line: string): string {
  const end = line.endsWith("\r") ? line.length - 1 : line.length;
  return line.slice(line.lastIndexOf("\r", end - 1) + 1);
}
