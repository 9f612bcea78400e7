import { greekCommand } from "./greek.ts";
import { textChunks } from "./text-chunks.ts";

const specials: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "\\": "\\textbackslash{}",
    "{": "\\{",
    "}": "\\}",
    "#": "\\#",
    $: "\\$",
    "%": "\\%",
    "&": "\\&",
    _: "\\_",
    "^": "\\textasciicircum{}",
    "~": "\\textasciitilde{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': "\\char34{}",
    "'": "\\textquoteright{}",
    "`": "\\textquoteleft{}",
    "[": "{[}",
    "]": "{]}",
    "-": "{-}",
    "–": "--",
    "—": "---",
    "×": "$\\times$",
    "·": "$\\cdot$",
    "±": "$\\pm$",
    "∞": "$\\infty$",
    "…": "\\dots{}",
    ß: "\\ss{}",
    æ: "\\ae{}",
    Æ: "\\AE{}",
    ø: "\\o{}",
    Ø: "\\O{}",
    œ: "\\oe{}",
    Œ: "\\OE{}",
    ł: "\\l{}",
    Ł: "\\L{}",
  }),
);

/** Combining accents that LaTeX's base fonts can set over a letter. */
const accents: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
  }),
);

/** Text that LaTeX sets as it is without any package; a letter that its base fonts lack becomes its code ("U+4E2D"). */
export function latexText(text: string): string {
  let written = "";
  for (const chunk of textChunks(text)) {
    for (const { segment } of new Intl.Segmenter().segment(chunk)) written += latexSegment(segment);
  }
  return written;
}

function latexSegment(segment: string): string {
  const known = latexCharacter(segment);
  if (known !== undefined) return known;
  const [letter = "", accent = "", ...more] = [...segment.normalize("NFD")];
  const command = accents.get(accent);
  if (/^[A-Za-z]$/.test(letter) && command !== undefined && more.length === 0) return `\\${command}{${letter}}`;
  return [...segment].map((character) => latexCharacter(character) ?? codePoint(character)).join("");
}

function latexCharacter(character: string): string | undefined {
  const special = specials.get(character);
  if (special !== undefined) return special;
  const command = greekCommand(character);
  if (command !== undefined) return `$${command}$`;
  return /^[\x20-\x7e]$/.test(character) ? character : undefined;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
