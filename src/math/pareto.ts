/**
 * Dominance among points, all objectives minimised: a dominates b where it is nowhere larger and somewhere smaller.
 * Points are row-major, n × m, without NaN; ±∞ is ordered as any number, and equal points do not dominate each other.
 *
 * Sources: M. T. Jensen, "Reducing the run-time complexity of multiobjective EAs", IEEE Trans. Evolutionary Computation 7(5), 2003,
 * doi 10.1109/TEVC.2003.817234 (two objectives); X. Zhang, Y. Tian, R. Cheng, Y. Jin, "An efficient approach to nondominated sorting",
 * IEEE Trans. Evolutionary Computation 19(2), 2015, doi 10.1109/TEVC.2014.2308305 (ENS-BS, three and more); K. Deb, A. Pratap, S. Agarwal,
 * T. Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans. Evolutionary Computation 6(2), 2002,
 * doi 10.1109/4235.996017 (ranks, crowding distance).
 */

/** Whether the point that begins at `a` dominates the one that begins at `b`. O(m). */
export function dominates(points: Float64Array, a: number, b: number, objectives: number): boolean {
  let smaller = false;
  for (let j = 0; j < objectives; j++) {
    const left = points[a + j] as number;
    const right = points[b + j] as number;
    if (left > right) return false;
    if (left < right) smaller = true;
  }
  return smaller;
}

/**
 * The front that each point belongs to: 0 where no point dominates it, else one more than the highest front among those
 * that do. O(n log n) for one and two objectives, O(m n²) at worst for more.
 */
export function nonDominatedRanks(points: Float64Array, objectives: number): Int32Array {
  const count = points.length / objectives;
  const ranks = new Int32Array(count);
  // No point dominates one before it in this order, so each goes into a front that stands.
  const order = lexicographicOrder(points, objectives);
  const fronts: number[][] = [];
  for (let place = 0; place < count; place++) {
    const point = order[place] as number;
    // What a front dominates, all fronts before it dominate too: the first that does not is found by halves.
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (frontDominates(points, objectives, fronts[middle] as number[], point)) low = middle + 1;
      else high = middle;
    }
    ranks[point] = low;
    if (low === fronts.length) fronts.push([point]);
    else (fronts[low] as number[]).push(point);
  }
  return ranks;
}

/** With two objectives the last point taken into a front has its least second one, so it alone decides. */
function frontDominates(points: Float64Array, objectives: number, front: readonly number[], point: number): boolean {
  const first = objectives <= 2 ? front.length - 1 : 0;
  for (let i = front.length - 1; i >= first; i--) {
    if (dominates(points, (front[i] as number) * objectives, point * objectives, objectives)) return true;
  }
  return false;
}

/** The points that no other dominates, ascending. Cost as for `nonDominatedRanks`. */
export function paretoFront(points: Float64Array, objectives: number): number[] {
  const front: number[] = [];
  for (const [point, rank] of nonDominatedRanks(points, objectives).entries()) if (rank === 0) front.push(point);
  return front;
}

/** Ascending by the first objective, then the second …, then the index. */
export function lexicographicOrder(points: Float64Array, objectives: number): Int32Array {
  const order = new Int32Array(points.length / objectives);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => {
    for (let j = 0; j < objectives; j++) {
      const left = points[a * objectives + j] as number;
      const right = points[b * objectives + j] as number;
      if (left !== right) return left < right ? -1 : 1;
    }
    return a - b;
  });
}

/**
 * Deb's crowding distance of each of `members` (indexes of points, mostly one front), in their order: the sum over objectives of
 * the gap between its two neighbours, as a share of the members' range; ∞ for the ends of a range. An objective in which all
 * are equal counts nothing; neighbours at ±∞ count as no gap at all where both are the same, else as ∞. O(m k log k).
 */
export function crowdingDistances(points: Float64Array, objectives: number, members: ArrayLike<number>): Float64Array {
  const count = members.length;
  const distances = new Float64Array(count);
  const order = new Int32Array(count);
  const column = new Float64Array(count);
  const at = (place: number): number => column[place] as number;
  for (let j = 0; j < objectives; j++) {
    for (let i = 0; i < count; i++) {
      order[i] = i;
      column[i] = points[(members[i] as number) * objectives + j] as number;
    }
    order.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : a - b));
    const first = order[0];
    const last = order[count - 1];
    if (first === undefined || last === undefined) continue;
    // Halves, so that the widest ranges do not overflow.
    const range = at(last) / 2 - at(first) / 2;
    if (range === 0 || Number.isNaN(range)) continue;
    distances[first] = Infinity;
    distances[last] = Infinity;
    for (let i = 1; i < count - 1; i++) {
      const below = at(order[i - 1] as number);
      const above = at(order[i + 1] as number);
      if (below === above) continue;
      const gap = above / 2 - below / 2;
      (distances[order[i] as number] as number) += gap === Infinity ? Infinity : gap / range;
    }
  }
  return distances;
}
