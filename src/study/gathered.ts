/** Calls `take`, which must not throw, once for all that comes in one turn, in order, after whoever brought it. */
export function gathered<T>(take: (all: readonly T[]) => void): (one: T) => void {
  let all: T[] = [];
  return (one) => {
    all.push(one);
    if (all.length > 1) return;
    queueMicrotask(() => {
      const taken = all;
      all = [];
      take(taken);
    });
  };
}
