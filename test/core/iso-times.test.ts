import { isoTimes } from "#hpo/core/iso-times";
import { rng } from "#hpo/math/rng";
import { expect, it } from "vitest";

it("isoTimes() writes every moment as Date does, whatever was asked before", () => {
  const isoTime = isoTimes();
  const stream = rng(1);
  const start = Date.parse("2026-02-28T23:59:59.990Z");
  for (let i = 0; i < 500; i++) {
    const moment = start + stream.below(30) + (stream.below(2) === 0 ? 0 : stream.uniform());
    expect(isoTime(moment)).toBe(new Date(moment).toISOString());
  }
  expect(isoTime(-0.5)).toBe("1970-01-01T00:00:00.000Z");
});
