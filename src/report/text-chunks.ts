/** Breaking a text into what people take for letters costs V8 O(length²), so that long texts are broken piece by piece. */
const longest = 200;

/** Marks, joiners and variation selectors: what belongs to the letter before it. */
const joined = /^[\p{M}\u200c\u200d]$/u;

/** The text in pieces of about two hundred code units, cut before a letter where there is one near. */
export function textChunks(text: string): readonly string[] {
  if (text.length <= longest) return [text];
  const chunks: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + longest);
    for (let back = 0; back < 50 && to < text.length && !isStart(text, to); back++) to--;
    chunks.push(text.slice(from, to));
    from = to;
  }
  return chunks;
}

function isStart(text: string, at: number): boolean {
  const low = text.charCodeAt(at);
  if (low >= 0xdc00 && low <= 0xdfff) return false;
  return !joined.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) && !/[\u200d]/.test(text[at - 1] ?? "");
}
