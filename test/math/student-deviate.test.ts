import { readFileSync } from "node:fs";
import { studentDeviate } from "#hpo/math/student-deviate";
import { expect, it } from "vitest";

interface Row {
  readonly degrees: number;
  readonly deviate: number;
  readonly t: number;
}
const oracle = JSON.parse(readFileSync(new URL("../oracle/student_deviate_oracle.json", import.meta.url), "utf8")) as { rows: Row[] };

it("is near the deviate with the same tail, and not beyond it where that matters", () => {
  for (const { degrees, deviate, t } of oracle.rows) {
    const found = studentDeviate(t, degrees);
    expect(found).toBeLessThan(deviate + (deviate <= 1 ? 0.01 : 0));
    if (degrees >= 9) expect(found).toBeGreaterThan(deviate - 0.08);
    if (degrees >= 83) expect(found).toBeGreaterThan(deviate - 0.001);
    expect(studentDeviate(-t, degrees)).toBe(-found);
  }
  expect(studentDeviate(0, 5)).toBe(0);
  expect(studentDeviate(Infinity, 5)).toBe(Infinity);
  expect(studentDeviate(Number.NaN, 5)).toBeNaN();
});
