import type { Splitter } from "../../core/splitter.ts";
import { inputOfRows } from "../../splitters/split-input.ts";

/** An outer fold of a nested cross-validation: its rows, and what tells it from others. */
export interface OuterFold {
  readonly outer: Splitter;
  /** From 0. */
  readonly fold: number;
  readonly folds: number;
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * A splitter that divides the training rows of an outer fold as `inner` divides a data set of these rows alone. So a study with it is a search that
 * never sees the outer fold's test rows. Declared by both splitters and the fold.
 */
export function foldsWithin(inner: Splitter, place: OuterFold): Splitter {
  const { train } = place;
  const globally = (rows: Uint32Array): Uint32Array => Uint32Array.from(rows, (row) => train[row] as number);
  return Object.freeze({
    name: inner.name,
    label: `${inner.label} in ${placeLabel(place)}`,
    options: Object.freeze({ ...inner.options, ...placeOptions(place) }),
    needs: inner.needs,
    ...traitsOf(inner),
    ...(inner.repeats === undefined ? {} : { repeats: inner.repeats }),
    count: (input) => inner.count(inputOfRows(input, train)),
    *split(input, rng) {
      for (const one of inner.split(inputOfRows(input, train), rng)) {
        yield Object.freeze({ train: globally(one.train), test: globally(one.test) });
      }
    },
  } satisfies Splitter);
}

/** The outer fold itself, as the one split of a study. */
export function outerSplit(place: OuterFold): Splitter {
  const { train, test, outer } = place;
  return Object.freeze({
    name: "outerFold",
    label: placeLabel(place),
    options: Object.freeze(placeOptions(place)),
    needs: Object.freeze([]),
    ...traitsOf(outer),
    count: () => 1,
    split: () => [Object.freeze({ train, test })],
  } satisfies Splitter);
}

function placeLabel({ fold, folds }: OuterFold): string {
  return `outer fold ${fold + 1} of ${folds}`;
}

function placeOptions({ outer, fold }: OuterFold): Readonly<Record<string, string | number>> {
  return { outer: JSON.stringify({ name: outer.name, options: outer.options }), outerFold: fold };
}

/** What follows from the kind of its folds. */
function traitsOf({ ordered, replacement }: Splitter): Pick<Splitter, "ordered" | "replacement"> {
  return { ...(ordered === undefined ? {} : { ordered }), ...(replacement === undefined ? {} : { replacement }) };
}
