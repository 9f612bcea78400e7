import stringWidth from "string-width";
import { textChunks } from "./text-chunks.ts";

/**
 * Control characters, bidirectional overrides, invisible characters and lone surrogates: what a name written by a
 * stranger could use to move the cursor, hide text or forge a line. Joiners that scripts and emoji need stay.
 */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

const short: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** The same text on one line, with everything that a terminal would act on written out (`\x1b`, `\n`, `\u202e`). */
export function plainText(text: string): string {
  return text.replace(unsafe, (character) => short.get(character) ?? codeEscape(character));
}

/** A text of several lines, each of them plain; those after the first are indented, so that none passes for another message. */
export function plainLines(text: string): string {
  return text
    .split("\n")
    .map((line, i) => plainText(i === 0 || line === "" || /^\s/.test(line) ? line : `  ${line}`))
    .join("\n");
}

/** Our own colours, bold and dim, on and off, behind the escape character. */
const ownColours = /^\[(?:[0-2]|22|3[1-6]|39)m/;

/**
 * The last look before a terminal: a text of lines in which nothing but our own colours acts on it. The parts of a report are plain by then; this holds for what a
 * forged database has where no text is awaited, too.
 */
export function terminalText(text: string, { colour = false }: { readonly colour?: boolean } = {}): string {
  return text.replace(unsafe, (character, at: number) =>
    character === "\n" || (colour && character === "\u001b" && ownColours.test(text.slice(at + 1, at + 5)))
      ? character
      : plainText(character),
  );
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\u{${code.toString(16)}}`;
}

/** JSON in which no control character stands as itself; NaN and ±∞ become null. */
export function jsonText(value: unknown, indent: number = 0): string {
  const text = JSON.stringify(value, null, indent) ?? "null";
  return text.replace(unsafe, (character) =>
    character === "\n"
      ? character
      : Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** One column a character: no need to look at graphemes. */
const narrow = /^[\x20-\x7e\u0370-\u03ff–…·±×]*$/;

/** Terminal columns of a text without escape sequences. */
export function textWidth(text: string): number {
  return narrow.test(text) ? text.length : textChunks(text).reduce((sum, chunk) => sum + stringWidth(chunk), 0);
}

/** At most `width` terminal columns of a text without escape sequences; "…" stands for what is left out. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 0) return "";
  let kept = "";
  let used = 0;
  for (const chunk of textChunks(text)) {
    for (const { segment } of new Intl.Segmenter().segment(chunk)) {
      const wide = textWidth(segment);
      if (used + wide > width - 1) return `${kept}…`;
      kept += segment;
      used += wide;
    }
  }
  return `${kept}…`;
}

/** Pads to `width` terminal columns. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

/** Joins parts with `separator` into lines of at most `width` columns; a part longer than that has its own line, cut. */
export function joinParts(parts: readonly string[], width: number, separator: string = " · "): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of parts) {
    if (part === "") continue;
    const longer = line === "" ? part : line + separator + part;
    if (line === "" || textWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = part;
    }
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => truncate(one, width));
}

/** Breaks a sentence at spaces into lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  return joinParts(text.split(" "), width, " ");
}
