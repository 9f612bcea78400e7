import { expect } from "vitest";

/** Expects what JSON keeps whole, frozen at every depth. */
export function expectFrozenData(value: unknown): void {
  // NaN, undefined, functions and class instances do not survive JSON.
  expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
  const visit = (inner: unknown): void => {
    if (typeof inner !== "object" || inner === null) return;
    expect(Object.isFrozen(inner)).toBe(true);
    Object.values(inner).forEach(visit);
  };
  visit(value);
}

/** Freezes at every depth; returns its argument. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
