/** Which repeat of its configuration each trial is, asked for trial by trial in the order of their numbers: 0 where it repeats none, else counted from 1. */
export function repeatCounter(): (trial: { readonly repeatOf?: number | undefined }) => number {
  /** By first trial. */
  const repeats = new Map<number, number>();
  return ({ repeatOf }) => {
    if (repeatOf === undefined) return 0;
    const repeat = (repeats.get(repeatOf) ?? 0) + 1;
    repeats.set(repeatOf, repeat);
    return repeat;
  };
}
