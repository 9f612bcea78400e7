import type { Params, Space } from "../../core/space.ts";
import { gridParams, spaceSize } from "../../space/space-grid.ts";
import { encode } from "../../space/unit-cube.ts";
import { type FeatureSpace, type FeaturePoint, featuresAt, emptyPoint, keyOf } from "./feature-space.ts";

/** In finite spaces of at most so many configurations each one is judged. */
const mostCells = 2000;

export interface Cell {
  readonly unit: Float64Array;
  readonly point: FeaturePoint;
  readonly key: string;
}

/** What follows from a space and is only kept. */
const listed = new WeakMap<Space, readonly Cell[] | null>();

/** Every configuration of a small finite space, in the order of its grid; null of any other. */
export function cellsOf(space: FeatureSpace): readonly Cell[] | null {
  const known = listed.get(space.space);
  if (known !== undefined) return known;
  const size = spaceSize(space.space);
  const cells =
    size === null || size > mostCells
      ? null
      : Array.from({ length: size }, (_, index) => {
          const unit = encode(space.space, gridParams(space.space, index));
          const point = emptyPoint(space);
          featuresAt(space, unit, point);
          return { unit, point, key: keyOf(point) };
        });
  listed.set(space.space, cells);
  return cells;
}

/** The first configuration of a finite space that `isOpen`, among `most` from the place `start` of its grid on, round the end; undefined where none is. */
export function openCell(
  space: Space,
  { start, most }: { readonly start: number; readonly most: number },
  isOpen: (params: Params) => boolean,
): Params | undefined {
  const size = spaceSize(space) ?? 0;
  for (let step = 0; step < Math.min(size, most); step++) {
    const params = gridParams(space, (start + step) % size);
    if (isOpen(params)) return params;
  }
  return undefined;
}
