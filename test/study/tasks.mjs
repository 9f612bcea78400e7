const counts = new Map();

/** Throws another message each of the first `times` calls with an id. */
export function failsWithCount({ id, times }) {
  const count = (counts.get(id) ?? 0) + 1;
  counts.set(id, count);
  if (count <= times) throw new Error(`failure ${count}`);
  return "ended";
}

export function failsAlike() {
  throw new Error("always this");
}

export function untilAborted(_input, { signal }) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}
