/** The greatest distance from first to last item of a range that is sorted by insertion. */
const SMALL = 15;

/**
 * The order that sorts `values` ascending, with equal values in the order that NumPy's default `argsort` leaves them in
 * (introsort: median of three, insertion sort up to 16 items). It is not stable; scikit-learn's group folds depend on
 * it wherever groups have equal sizes, and that is its only use. O(n log n).
 *
 * Source: D. Musser, "Introspective sorting and selection algorithms", Software: Practice and Experience 27(8), 1997;
 * the choices of pivot and stack order are NumPy 1.24's. Below the depth limit, which only hostile input reaches, equal
 * values keep their index order instead.
 */
export function introsortOrder(values: Float64Array): Uint32Array {
  const order = Uint32Array.from(values, (_, index) => index);
  const value = (at: number): number => values[order[at] as number] as number;
  const swap = (a: number, b: number): void => {
    const held = order[a] as number;
    order[a] = order[b] as number;
    order[b] = held;
  };
  const stack: { low: number; high: number; depth: number }[] = [
    { low: 0, high: values.length - 1, depth: 2 * (31 - Math.clz32(Math.max(values.length, 1))) },
  ];
  for (let range = stack.pop(); range !== undefined; range = stack.pop()) {
    let { low, high, depth } = range;
    if (depth < 0) {
      order.subarray(low, high + 1).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
      continue;
    }
    while (high - low > SMALL) {
      const middle = low + ((high - low) >> 1);
      if (value(middle) < value(low)) swap(middle, low);
      if (value(high) < value(middle)) swap(high, middle);
      if (value(middle) < value(low)) swap(middle, low);
      const pivot = value(middle);
      let i = low;
      let j = high - 1;
      swap(middle, j);
      for (;;) {
        do i++;
        while (value(i) < pivot);
        do j--;
        while (pivot < value(j));
        if (i >= j) break;
        swap(i, j);
      }
      swap(i, high - 1);
      depth--;
      // The larger part waits, so that the stack stays short.
      if (i - low < high - i) {
        stack.push({ low: i + 1, high, depth });
        high = i - 1;
      } else {
        stack.push({ low, high: i - 1, depth });
        low = i + 1;
      }
    }
    for (let i = low + 1; i <= high; i++) {
      const item = order[i] as number;
      const key = values[item] as number;
      let j = i;
      for (; j > low && key < value(j - 1); j--) order[j] = order[j - 1] as number;
      order[j] = item;
    }
  }
  return order;
}
