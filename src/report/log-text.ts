import type { LogRecord } from "../core/task-log.ts";
import { plainText } from "./plain-text.ts";

/** Colours and other styles. */
const escape = "\u001b";
const styles = new RegExp(`${escape}\\[[\\d;]*m`, "g");
const endOfStyle = `${escape}[0m`;

/** A line that a task wrote, for a terminal that shows other things, too: styles end with it, and anything else that would act is written out. */
export function harmlessLine(line: string): string {
  const texts = line.split(styles).map((text) => text.split("\t").map(plainText).join("\t"));
  const found = line.match(styles) ?? [];
  return found.length === 0 ? (texts[0] ?? "") : texts.map((text, i) => text + (found[i] ?? endOfStyle)).join("");
}

/**
 * What a task wrote, as lines for a terminal: styles are left out, anything else that a terminal would act on is written out, and of a line that was
 * written over itself by carriage returns only the last state is shown.
 */
export function logLines({ head, dropped, tail }: LogRecord): string[] {
  if (dropped === 0) return textLines(head + tail);
  const missing = `[… ${dropped.toLocaleString("en-US")} characters were not kept …]`;
  return [...textLines(head), missing, ...textLines(tail)];
}

function textLines(text: string): string[] {
  const lines = text.replace(styles, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => {
    const last = line.replace(/\r+$/, "");
    return plainText(last.slice(last.lastIndexOf("\r") + 1).replaceAll("\t", "    "));
  });
}
