/** What ended a solve before its tolerance was met, as `LadderAnswer` names it: the iteration limit, or rounding, which left no step to make. */
export type EndedBy = (typeof endings)[number];

export const endings = ["limited", "stuck"] as const;

export function endedBy(by: EndedBy, maxIterations: number): string {
  return by === "limited" ? `the iteration limit (${maxIterations})` : "rounding of large values";
}

export function cureOf(by: EndedBy): string {
  return by === "limited" ? "raise maxIterations or the tolerance" : "scale the features, or raise the tolerance";
}
