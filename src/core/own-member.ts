/**
 * A member by a name that comes from data; undefined where the object has none of its own. Metrics and parameters may be called "toString" or "constructor",
 * which every object has from its prototype.
 */
export function ownMember<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
