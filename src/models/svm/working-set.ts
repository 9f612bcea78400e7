/** The rows of a two-class problem, by local index: what decides which of them may move. */
export interface MovableRows {
  /** Local rows, padding included, and how many of them are of the first class (y = +1). */
  readonly size: number;
  readonly sizeA: number;
  /** a = y α. */
  readonly coefficients: Float64Array;
  readonly weights: Float64Array;
  /** 0 for a training row, −∞ outside. */
  readonly outside: Float32Array;
  /** The negative gradient f, right for training rows. */
  readonly gradient: Float64Array;
}

/** How far a problem is from its end. */
export interface Extremes {
  /** max f over rows that may go up and min f over rows that may go down. */
  readonly highest: number;
  readonly lowest: number;
  /** f of every training row is a number. */
  readonly finite: boolean;
}

/**
 * Chooses rows by how much they violate the optimality conditions: with ρ the middle between the extremes, a row that may go up violates by
 * f − ρ, one that may go down by ρ − f. Ties go to the lowest local index.
 */
export interface WorkingSet {
  measure(C: number): Extremes;
  /**
   * At most `most` rows, ascending: half of them the worst violators of both sides, then free rows, then others that violate by
   * more than −margin. After `measure`; counts the rounds in which rows were far from ρ.
   */
  choose(most: number, margin: number): Uint32Array;
  /** Training rows that are free or were near ρ in one of the last rounds, ascending. */
  active(): Uint32Array;
  /** Counts the rounds of every row anew. */
  forget(): void;
}

/** Bits of a row that may move. */
const mayRise = 1;
const mayFall = 2;
const free = mayRise | mayFall;
/** A row that was far from ρ in so many rounds is not active. */
const farRounds = 4;

export function workingSet(rows: MovableRows): WorkingSet {
  const { size, sizeA, coefficients, weights, outside, gradient } = rows;
  const moves = new Uint8Array(size);
  /** By how much a row violates; −∞ outside the training set. */
  const violation = new Float64Array(size);
  const far = new Uint8Array(size);
  const chosen = new Uint8Array(size);
  const candidates = new Int32Array(size);
  const values = new Float64Array(size);
  let extremes: Extremes = { highest: -Infinity, lowest: Infinity, finite: true };

  /** Marks the `most` rows of the largest violation among those that `takes` lets through; returns how many. */
  function pick(most: number, takes: (local: number) => boolean): number {
    let count = 0;
    for (let local = 0; local < size; local++) {
      if (chosen[local] === 1 || !takes(local)) continue;
      candidates[count] = local;
      values[count++] = violation[local] as number;
    }
    if (count <= most) {
      for (let at = 0; at < count; at++) chosen[candidates[at] as number] = 1;
      return count;
    }
    if (most <= 0) return 0;
    const least = values.subarray(0, count).sort()[count - most] as number;
    let taken = 0;
    for (let at = 0; at < count; at++) {
      const local = candidates[at] as number;
      if (!((violation[local] as number) > least)) continue;
      chosen[local] = 1;
      taken++;
    }
    for (let at = 0; taken < most; at++) {
      const local = candidates[at] as number;
      if (violation[local] !== least) continue;
      chosen[local] = 1;
      taken++;
    }
    return most;
  }

  return {
    measure(C) {
      let [highest, lowest, sum] = [-Infinity, Infinity, 0];
      for (let local = 0; local < size; local++) {
        const bound = C * (weights[local] as number);
        moves[local] = 0;
        if (outside[local] !== 0 || !((weights[local] as number) > 0)) continue;
        const a = coefficients[local] as number;
        const f = gradient[local] as number;
        sum += f - f;
        if (a < (local < sizeA ? bound : 0)) {
          moves[local] = mayRise;
          if (f > highest) highest = f;
        }
        if (a > (local < sizeA ? 0 : -bound)) {
          (moves[local] as number) |= mayFall;
          if (f < lowest) lowest = f;
        }
      }
      extremes = { highest, lowest, finite: sum === 0 };
      return extremes;
    },
    choose(most, margin) {
      const { highest, lowest } = extremes;
      const middle = (highest + lowest) / 2;
      for (let local = 0; local < size; local++) {
        chosen[local] = 0;
        const f = gradient[local] as number;
        const may = moves[local] as number;
        const value = may === free ? Math.abs(f - middle) : may === mayRise ? f - middle : may === mayFall ? middle - f : -Infinity;
        violation[local] = value;
        far[local] = value < -margin ? Math.min(farRounds, (far[local] as number) + 1) : 0;
      }
      const rises = (local: number): boolean =>
        moves[local] === mayRise || (moves[local] === free && (gradient[local] as number) >= middle);
      const quarter = Math.ceil(most / 4);
      let count = pick(quarter, (local) => (violation[local] as number) > 0 && rises(local));
      count += pick(quarter, (local) => (violation[local] as number) > 0 && !rises(local));
      count += pick(most - count, (local) => moves[local] === free);
      count += pick(most - count, (local) => (violation[local] as number) > -margin);
      const list = new Uint32Array(count);
      for (let local = 0, at = 0; at < count; local++) if (chosen[local] === 1) list[at++] = local;
      return list;
    },
    active() {
      const list: number[] = [];
      for (let local = 0; local < size; local++) if (moves[local] !== 0 && (far[local] as number) < farRounds) list.push(local);
      return Uint32Array.from(list);
    },
    forget: () => void far.fill(0),
  };
}
