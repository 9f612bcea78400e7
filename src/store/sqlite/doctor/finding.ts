/** One thing that the doctor found in a database, or beside it. */
export interface Finding {
  /**
   * "damage": something that was stored can't be read, or contradicts itself. "trouble": hpo can't go on with it as it is. "leftover": what an ended
   * process left, harmless. "note": good to know.
   */
  readonly kind: "damage" | "trouble" | "leftover" | "note";
  /** A sentence. */
  readonly text: string;
  /** What helps: `--repair`, `--export`, or something outside of hpo, which the sentence names. */
  readonly cure: "repair" | "export" | "other";
}

/** Collects findings. */
export interface Findings {
  readonly list: readonly Finding[];
  add(kind: Finding["kind"], cure: Finding["cure"], text: string): void;
}

export function findings(): Findings {
  const list: Finding[] = [];
  return { list, add: (kind, cure, text) => void list.push({ kind, cure, text }) };
}

/** "1 trial", "3 trials". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
