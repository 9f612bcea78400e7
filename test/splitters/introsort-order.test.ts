import { expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { introsortOrder } from "#hpo/splitters/introsort-order";
import { splitsOracle } from "./split-rows.ts";

it("leaves equal values in the order in which NumPy's argsort leaves them", () => {
  for (const { values, order } of splitsOracle.argsort) expect([...introsortOrder(Float64Array.from(values))]).toEqual(order);
});

it("sorts what drives its pivots to the depth limit", () => {
  // Killer sequence for a median of three with the middle in the middle: organ pipes and interleaved halves.
  const patterns = [
    Float64Array.from({ length: 5000 }, (_, i) => (i < 2500 ? i : 5000 - i)),
    Float64Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? i : 5000 - i)),
    Float64Array.from({ length: 5000 }, () => 1),
    rng("sort").shuffle(Float64Array.from({ length: 5000 }, (_, i) => i % 700)),
    killer(3000),
  ];
  for (const values of patterns) {
    const order = introsortOrder(values);
    expect(new Set(order).size).toBe(values.length);
    expect([...order].map((index) => values[index])).toEqual([...values].sort((a, b) => a - b));
  }
});

it("orders nothing and one", () => {
  expect([...introsortOrder(new Float64Array(0))]).toEqual([]);
  expect([...introsortOrder(Float64Array.of(3))]).toEqual([0]);
});

/** M. D. McIlroy's adversary ("A killer adversary for quicksort", 1999), run against a plain median-of-three quicksort. */
function killer(length: number): Float64Array {
  const gas = length;
  const value = new Float64Array(length).fill(gas);
  const items = Array.from({ length }, (_, i) => i);
  let solid = 0;
  let candidate = 0;
  const less = (a: number, b: number): boolean => {
    if (value[a] === gas && value[b] === gas) value[a === candidate ? a : b] = solid++;
    if (value[a] === gas) candidate = a;
    else if (value[b] === gas) candidate = b;
    return (value[a] as number) < (value[b] as number);
  };
  const swap = (i: number, j: number): void => {
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  };
  const at = (i: number): number => items[i] as number;
  let low = 0;
  let high = length - 1;
  while (high - low > 15) {
    const middle = low + ((high - low) >> 1);
    if (less(at(middle), at(low))) swap(middle, low);
    if (less(at(high), at(middle))) swap(high, middle);
    if (less(at(middle), at(low))) swap(middle, low);
    const pivot = at(middle);
    let i = low;
    let j = high - 1;
    swap(middle, j);
    for (;;) {
      do i++;
      while (i < high && less(at(i), pivot));
      do j--;
      while (j > low && less(pivot, at(j)));
      if (i >= j) break;
      swap(i, j);
    }
    swap(i, high - 1);
    if (i - low < high - i) low = i + 1;
    else high = i - 1;
  }
  return value;
}
