/** setTimeout's limit; a longer wait would fire at once. */
const longestMs = 2 ** 31 - 1;

/**
 * Calls `late` once, `seconds` from now, unless the returned function is called before. What has arrived meanwhile is
 * read first, so that a busy event loop never makes a finished task late. null, and more than 24 days, mean never.
 */
export function deadline(seconds: number | null, late: () => void): () => void {
  if (seconds === null || !(seconds * 1000 <= longestMs)) return () => undefined;
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(late);
  }, seconds * 1000);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
