import type { HpoError } from "hpo";

/** Longer sentences are read by nobody: what came must be cut. */
const longest = 1000;

/** What is wrong with how an error speaks; undefined where it is one clear sentence. */
export function sentenceProblem({ code, message }: Pick<HpoError, "code" | "message">): string | undefined {
  const shown = `${code}: ${message.length > 400 ? `${message.slice(0, 400)}… (${message.length})` : message}`;
  if (!/^[A-Z]+(_[A-Z]+)*$/u.test(code)) return `the code is no stable code: ${shown}`;
  if (message.trim().length < 10) return `the message says nothing: ${shown}`;
  if (message.length > longest) return `the message has more than ${longest} characters: ${shown}`;
  if (/\n/u.test(message)) return `the message has several lines: ${shown}`;
  if (!/[.?)]$/u.test(message)) return `the message does not end as a sentence: ${shown}`;
  if (/\bundefined\b(?!; leave it out)|\[object |^\s+at /mu.test(message)) return `the message shows the program's insides: ${shown}`;
  return undefined;
}

/** The sentence without what came, so that those from one place of the code are one. */
export function sentenceKind(message: string): string {
  return message
    .replace(/"(?:[^"\\]|\\.)*"?/gu, "…")
    .replace(/\/[^\s;,)]+/gu, "…")
    .replace(/-?\d[\d.e+-]*/gu, "#")
    .slice(0, 160);
}
