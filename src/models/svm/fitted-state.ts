import type { Kernel } from "./kernel.ts";
import type { SvmLayout } from "./layout.ts";
import type { SvmModelState } from "./model-state.ts";
import { pairRanges } from "./pair-of-classes.ts";
import type { Curve } from "./platt.ts";

/** The decision between two classes. */
export interface PairFunction {
  readonly first: number;
  readonly second: number;
  /** a = y α by local row of the pair. */
  readonly coefficients: Float64Array;
  readonly offset: number;
  readonly curve: Curve | null;
}

export interface FittedMachine {
  readonly kernel: Kernel;
  readonly layout: SvmLayout;
  readonly features: { readonly width: number; readonly stride: number; readonly values: Float32Array | Float64Array };
  readonly classes: readonly string[];
  readonly rank: ArrayLike<number>;
  readonly probabilities: boolean;
  readonly warnings: readonly string[];
}

/** Everything that a machine knows whose pairs are solved. Support vectors of a class are in the order of the data, whatever the layout's. */
export function fittedState(functions: readonly PairFunction[], machine: FittedMachine): SvmModelState {
  const { kernel, layout, features, classes, rank, probabilities, warnings } = machine;
  const byClass = supportPositions(functions, layout);
  const positions = byClass.flat();
  const width = kernel.kind === "precomputed" ? 0 : features.width;
  const { values, stride } = features;
  const vectors = new Float32Array(positions.length * width);
  for (let place = 0; place < positions.length; place++) {
    const row = (layout.order[positions[place] as number] as number) * stride;
    vectors.set(values.subarray(row, row + width), place * width);
  }
  const starts = byClass.map((_, code) => byClass.slice(0, code).reduce((sum, { length }) => sum + length, 0));
  return {
    kernel,
    width: features.width,
    classes,
    rank: Array.from(rank),
    vectors,
    rows: Uint32Array.from(positions, (at) => layout.order[at] as number),
    counts: byClass.map(({ length }) => length),
    probabilities,
    pairs: functions.map(({ first, second, coefficients, offset, curve }) => ({
      first,
      second,
      // One at a time: with many classes nearly all of it is zeros.
      get coefficients() {
        const { startA, sizeA, startB } = pairRanges(layout, [first, second]);
        const all = new Float64Array(positions.length);
        const place = (code: number, shift: number): void => {
          const own = byClass[code] as readonly number[];
          const start = starts[code] as number;
          for (let at = 0; at < own.length; at++) all[start + at] = coefficients[(own[at] as number) + shift] as number;
        };
        place(first, -startA);
        place(second, sizeA - startB);
        return all;
      },
      // JSON has no −0.
      offset: offset + 0,
      curve: curve === null ? null : { slope: curve.slope + 0, offset: curve.offset + 0 },
    })),
    warnings,
  };
}

/** Positions of the support vectors of each class, in the order of the data. */
function supportPositions(functions: readonly PairFunction[], layout: SvmLayout): readonly (readonly number[])[] {
  const { order, starts, sizes, size } = layout;
  const supports = new Uint8Array(size);
  for (const { first, second, coefficients } of functions) {
    const { startA, sizeA, startB } = pairRanges(layout, [first, second]);
    for (let local = 0; local < coefficients.length; local++) {
      if (coefficients[local] !== 0) supports[local < sizeA ? startA + local : startB + local - sizeA] = 1;
    }
  }
  return starts.map((start, code) => {
    const found: number[] = [];
    for (let at = start; at < start + (sizes[code] as number); at++) if (supports[at] === 1) found.push((order[at] as number) * size + at);
    // Row and position as one number: sorting plain numbers needs no calls.
    return Array.from(Float64Array.from(found).sort(), (key) => key % size);
  });
}
