import fc from "fast-check";
import { openPart, sealPart } from "#hpo/validation/part-envelope";
import { describe, expect, it } from "vitest";

const seconds = fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const envelope = fc.record({
  bytes: fc.uint8Array({ maxLength: 200 }),
  cpuRate: fc.option(seconds),
  own: fc.array(fc.record({ request: fc.nat(), fold: fc.nat(), fitSeconds: seconds, predictSeconds: seconds }), { maxLength: 5 }),
});

describe("sealPart() and openPart()", () => {
  it("give back what was sealed", () => {
    fc.assert(
      fc.property(envelope, (given) => {
        expect(openPart(sealPart(given))).toEqual(given);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("tell bytes that are not whole", () => {
    fc.assert(
      fc.property(envelope, fc.nat(), (given, cut) => {
        const sealed = sealPart(given);
        expect(openPart(sealed.subarray(0, cut % sealed.length))).toBeUndefined();
        expect(openPart(Uint8Array.of(...sealed, 0))).toBeUndefined();
      }),
      { seed: 2, numRuns: 200 },
    );
    const sealed = sealPart({ bytes: Uint8Array.of(1), own: [], cpuRate: 1 });
    expect(openPart(sealed.with(0, 0))).toBeUndefined();
    expect(openPart(sealed.with(13, 0))).toBeUndefined();
    expect(openPart(new Uint8Array(0))).toBeUndefined();
  });
});
