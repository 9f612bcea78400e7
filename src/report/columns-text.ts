import { pad, textWidth, truncate } from "./plain-text.ts";

export interface TextColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be cut down to this width where the lines are too long; columns without it are never cut. */
  readonly least?: number;
}

/** Lines of columns two spaces apart under their titles, cut to `width`: the widest column that may be cut gives way first. */
export function columnsText(columns: readonly TextColumn[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map((column, i) => rows.reduce((most, row) => Math.max(most, textWidth(row[i] ?? "")), textWidth(column.title)));
  const gaps = 2 * (columns.length - 1);
  let excess = widths.reduce((sum, one) => sum + one, gaps) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      if (column.least === undefined || (widths[i] as number) <= column.least) continue;
      if (widest < 0 || (widths[i] as number) > (widths[widest] as number)) widest = i;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] as number) - 1;
    excess -= 1;
  }
  return [columns.map((column) => column.title), ...rows].map((row) => {
    const cells = columns.map((column, i) => pad(truncate(row[i] ?? "", widths[i] as number), widths[i] as number, column.align));
    return truncate(cells.join("  ").trimEnd(), width);
  });
}
