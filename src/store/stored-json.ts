/** We write some ten; what goes deeper would exhaust the stack of what walks it. */
const deepest = 200;

/** Reads what `canonicalJson` wrote: `{"$number":"NaN"}` and the like become numbers again. @throws SyntaxError */
export function storedJson<T>(text: string): T {
  if (text.length > 2 * deepest && depthOf(text) > deepest) throw new SyntaxError("JSON is nested too deeply");
  const value: unknown = JSON.parse(text);
  return (text.includes('{"$number":"') ? revive(value) : value) as T;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && first[0] === "$number" && /^(NaN|-?Infinity)$/.test(String(first[1]))) {
    return Number(first[1]);
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, revive(member)]));
}

/** How deep its lists and objects go. */
function depthOf(text: string): number {
  let [depth, most, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const one = text.charAt(at);
    if (one === '"') quoted = !quoted;
    else if (quoted) at += one === "\\" ? 1 : 0;
    else if (one === "[" || one === "{") most = Math.max(most, ++depth);
    else if (one === "]" || one === "}") depth--;
  }
  return most;
}
