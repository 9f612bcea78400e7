import fc from "fast-check";
import { oddJson } from "./odd-values.ts";

/** One change of a tree of JSON, somewhere. */
export type TreeChange = readonly [place: number, kind: number, value: unknown, at: number];

export const treeChange: fc.Arbitrary<TreeChange> = fc.tuple(
  fc.noShrink(fc.nat()),
  fc.constantFrom(0, 1, 2, 3, 3, 3, 4, 5, 6),
  oddJson,
  fc.noShrink(fc.nat()),
);

interface Place {
  readonly node: Record<string, unknown>;
  readonly key: string;
}

function placesOf(tree: unknown): Place[] {
  const places: Place[] = [];
  const open: unknown[] = [tree];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== "object" || node === null) continue;
    for (const key of Object.keys(node)) {
      places.push({ node: node as Record<string, unknown>, key });
      open.push((node as Record<string, unknown>)[key]);
    }
  }
  return places;
}

/** The tree with one place replaced, removed, added to, nudged, doubled or swapped with another. */
export function changedTree(tree: unknown, [place, kind, value, at]: TreeChange): unknown {
  const places = placesOf(tree);
  const { node, key } = places[place % Math.max(1, places.length)] ?? { node: {}, key: "" };
  if (places.length === 0 || (kind === 0 && place % 50 === 0)) return value;
  const old = node[key];
  const other = places[at % places.length] as Place;
  if (kind === 0) node[key] = value;
  else if (kind === 1 && Array.isArray(node)) node.splice(Number(key), 1);
  else if (kind === 1) delete node[key];
  else if (kind === 2 && Array.isArray(node)) node.splice(Number(key), 0, value);
  else if (kind === 2) own(node, ["x", "__proto__", "constructor", "toString"][at % 4] as string, value);
  else if (kind === 3) node[key] = nudged(old, at);
  else if (kind === 4 && Array.isArray(node)) node.push(old);
  else if (kind === 5) [node[key], other.node[other.key]] = [other.node[other.key], old];
  else node[key] = typeof old === "object" ? "an object" : String(old);
  return tree;
}

function own(node: object, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true });
}

function nudged(value: unknown, at: number): unknown {
  if (typeof value === "number") return [value + 1, value - 1, -value, value / 2, 0, value * 1e6][at % 6];
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return value === null ? 0 : value;
  if (value === "") return "x";
  const where = at % value.length;
  return value.slice(0, where) + String.fromCharCode(32 + (at % 95)) + value.slice(where + (at % 3));
}

/** A tree with two places swapped may hold itself: JSON can't, and so neither can what is read. */
export function asJson(tree: unknown): string | undefined {
  try {
    return JSON.stringify(tree);
  } catch {
    return undefined;
  }
}
