import type { Space } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { dimensions } from "../../space/dimensions.ts";
import { discretePart } from "../../space/discrete-part.ts";
import { gridParams, spaceSize } from "../../space/space-grid.ts";
import { unitScale } from "../../space/unit-scale.ts";
import { sobolPoints } from "../sobol.ts";

/** With so many combinations of the discrete parameters or fewer, the starts go through all of them in turn. */
const fewCells = 64;

/**
 * Where the starts lie in the unit cube, by their number from 0: scrambled Sobol points. What is discrete is fixed for a start; where there are few
 * combinations, start k has the one at place k (mod their count) of a shuffled list, else Sobol's sequence spreads them, every branch alike.
 */
export function startPoints(space: Space, stream: Rng): (index: number) => Float64Array {
  const axes = dimensions(space);
  const coordinate = sobolPoints(axes.length, stream.fork("sobol"), true);
  const rest = discretePart(space);
  const count = spaceSize(rest) ?? Infinity;
  const cells = count <= fewCells ? stream.fork("cells").shuffle(Array.from({ length: count }, (_, cell) => cell)) : [];
  return (index) => {
    const own = stream.fork("start", index);
    const unit = Float64Array.from(axes, (_, d) => coordinate(index, d, own));
    if (cells.length === 0) return unit;
    const cell = gridParams(rest, cells[index % cells.length] as number);
    for (const [d, { name, parameter }] of axes.entries()) {
      const value = Object.hasOwn(cell, name) ? cell[name] : undefined;
      if (value !== undefined) unit[d] = unitScale(parameter).toUnit(value);
    }
    return unit;
  };
}
