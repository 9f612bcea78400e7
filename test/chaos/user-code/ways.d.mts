/** By kind and name; each is called in place of an objective, with the trial. */
export const kinds: Readonly<Record<string, Readonly<Record<string, (trial: unknown) => unknown>>>>;
