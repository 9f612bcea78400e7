/** Reads what `canonicalJson` wrote: `{"$number":"NaN"}` and the like become numbers again. */
export function storedJson<T>(text: string): T {
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
