// What is wrong with a text that somebody or something will read: each oracle is a reader of that format, or says what its readers act on.
import { parse } from "csv-parse/sync";
import { marked, type Token } from "marked";

/** What a terminal acts on, and what hides or turns text round. */
const acted = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/** Our own: colours, bold and dim, on and off again. */
const colour = new RegExp(String.raw`${String.fromCodePoint(0x1b)}\[(?:0|1|2|22|31|32|33|36|39)m`, "gu");

/** Nothing but lines of text, with our own colours where there are some. */
export function terminalProblems(text: string, { coloured = false }: { readonly coloured?: boolean } = {}): string[] {
  const bare = (coloured ? text.replaceAll(colour, "") : text).replaceAll("\n", "");
  const found = acted.exec(bare);
  const forged = text.split("\n").find((line) => /^(hpo: all is well|best {2}99\.99)/u.test(line));
  return [
    ...(found === null ? [] : [`the terminal gets U+${found[0].codePointAt(0)?.toString(16)} in ${near(bare, found.index)}`]),
    ...(forged === undefined ? [] : [`a line is forged: ${forged}`]),
  ];
}

/** Every record has the same fields; no field is a formula; what is a number stays one. */
export function csvProblems(text: string, records: number | null): string[] {
  let rows: string[][];
  try {
    rows = parse(text, { relax_column_count: false });
  } catch (error) {
    return [`the CSV can't be read: ${String(error)}`];
  }
  const problems = terminalProblems(text);
  if (records !== null && rows.length !== records + 1) problems.push(`the CSV has ${rows.length - 1} records, must have ${records}`);
  for (const field of rows.flat()) {
    const number = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf)$/u.test(field);
    if (!number && /^\s*[=+\-@＝＋－＠]/u.test(field)) problems.push(`the CSV has a formula: ${JSON.stringify(field)}`);
  }
  return problems;
}

/** Tokens that a Markdown of ours has. */
const blocks: ReadonlySet<string> = new Set(["paragraph", "space", "table", "list", "list_item", "text", "escape", "strong"]);

/** One table between two paragraphs, with a list of failures at most, whose texts are texts. */
export function markdownProblems(text: string): string[] {
  const tokens = marked.lexer(text);
  const shape = tokens.map(({ type }) => type).filter((type) => type !== "space");
  const problems = /^paragraph,table,paragraph(,list)?$/u.test(shape.join()) ? [] : [`the Markdown is ${shape.join(", ")}`];
  const visit = (token: Token): void => {
    if (!blocks.has(token.type)) problems.push(`the Markdown has a ${token.type}: ${token.raw.slice(0, 80)}`);
    if (token.type === "strong" && !/^\*\*[-∞\d.]+(e[+-]\d+)?\*\*$/u.test(token.raw))
      problems.push(`the Markdown has a bold ${token.raw.slice(0, 80)}`);
    if (token.type === "table") {
      const { header, rows } = token as unknown as { header: { tokens: Token[] }[]; rows: { tokens: Token[] }[][] };
      for (const row of rows) if (row.length !== header.length) problems.push("a row of the table has other cells than its head");
      for (const cell of [...header, ...rows.flat()]) for (const inner of cell.tokens) visit(inner);
    }
    const inner = "items" in token ? (token.items as Token[]) : "tokens" in token ? (token.tokens ?? []) : [];
    for (const one of inner) visit(one);
  };
  for (const token of tokens) visit(token);
  const html = marked.parse(text, { async: false });
  const tag = /<(?!\/?(?:p|table|thead|tbody|tr|th|td|ul|li|strong)\b)[a-z!/][^>]*>|<[a-z]+ (?!align="(?:left|right)")[^>]*>/iu.exec(html);
  if (tag !== null) problems.push(`the HTML of the Markdown has ${tag[0]}`);
  return [...problems, ...terminalProblems(text)];
}

/** Control sequences that a table of ours may have. */
const sequences: ReadonlySet<string> = new Set(
  (
    "textbackslash textasciicircum textasciitilde char textquoteright textquoteleft times cdot pm infty dots ss ae AE o O oe OE l L " +
    "backslash textbf hline begin end expandafter let hpoinside csname endcsname def hpoclose ifx relax else documentclass fi " +
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega " +
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega u r H v c"
  ).split(" "),
);

/** No control sequence but ours, every special character escaped, as many cells in each line. */
export function texProblems(text: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith("\\begin{tabular}"));
  const end = lines.lastIndexOf("\\end{tabular}");
  const problems: string[] = [];
  const body = lines.slice(start + 1, end);
  const columns = (lines[start] ?? "").replace(/^.*\|/u, "").length;
  for (const line of body) {
    for (const [, name = ""] of line.matchAll(/\\([a-zA-Z]+)/gu)) if (!sequences.has(name)) problems.push(`the LaTeX has \\${name}`);
    const plain = line.replaceAll(/\\(?:[a-zA-Z]+|[{}#$%&_\\`'^~=."])/gu, "");
    if (/[#%_~^]|[^\x20-\x7e]/u.test(plain)) problems.push(`the LaTeX has a special character in ${line}`);
    if (line !== "\\hline" && plain.split("&").length !== columns) problems.push(`the LaTeX has another number of cells in ${line}`);
    if (balance(plain) !== 0 || plain.split("$").length % 2 === 0) problems.push(`the LaTeX does not balance in ${line}`);
  }
  const outside = [...lines.slice(0, start), ...lines.slice(end + 1)].filter((line) => line !== "" && !line.startsWith("% "));
  if (start < 0 || end < start || outside.length !== 4) problems.push(`the LaTeX has other lines around its table: ${outside.join(" ")}`);
  return [...problems, ...terminalProblems(text)];
}

function balance(text: string): number {
  let depth = 0;
  for (const character of text) depth += character === "{" ? 1 : character === "}" ? -1 : 0;
  return depth;
}

/** One JSON value in which `said` stands as it is, without a character that a terminal acts on. */
export function jsonProblems(text: string, said: string | null): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [`the JSON can't be read: ${String(error)}`];
  }
  const problems = terminalProblems(text);
  if (said !== null && !holds(value, said)) problems.push(`the JSON does not say ${JSON.stringify(said)}`);
  return problems;
}

function holds(value: unknown, said: string): boolean {
  if (value === said) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.keys(value).includes(said) || Object.values(value).some((one) => holds(one, said));
}

function near(text: string, at: number): string {
  return JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
}
