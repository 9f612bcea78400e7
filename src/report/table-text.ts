import picocolors from "picocolors";
import type { ParamValue } from "../core/space.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import type { AccuracyTable, TableCell } from "./accuracy-table.ts";
import { noBestText } from "./best-trial.ts";
import { fairEstimate } from "./fair-estimate.ts";
import { greek } from "./greek.ts";
import { formatCellSeconds, formatParam, formatValue, type NumberFormat, numberFormat } from "./number-format.ts";
import { joinParts, pad, textWidth, truncate, wrap } from "./plain-text.ts";
import { bestOfTable, costParts, measureLabel, readingNotes, scalingLabel, titleParts } from "./study-lines.ts";
import { troubleLines } from "./trouble-lines.ts";

export interface TextOptions {
  /** Terminal columns, at least 40. Default: 100. */
  readonly width?: number;
  readonly colour?: boolean;
}

/** The widest label of a row or column; longer ones are cut. */
const labelLimit = 24;

/** A table for a terminal, at most `width` columns wide; columns that do not fit follow below in further blocks. */
export function tableText(snapshot: StudySnapshot, table: AccuracyTable, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 100);
  const colours = picocolors.createColors(options.colour === true);
  const scaling = scalingLabel(snapshot);
  const title = titleParts(snapshot, table);
  const whole = joinParts([...title, scaling], width);
  const scalingInTitle = whole.length === 1 || scaling === "";
  const [head = "", ...rest] = scalingInTitle ? whole : joinParts(title, width);
  const lines = [colours.bold(head), ...rest, ...body(table, width, colours), ""];
  lines.push(...foot(snapshot, table, { width, colours, scaling: scalingInTitle ? "" : scaling }));
  return `${lines.join("\n")}\n`;
}

type Colours = ReturnType<typeof picocolors.createColors>;

function foot(
  snapshot: StudySnapshot,
  table: AccuracyTable,
  context: { readonly width: number; readonly colours: Colours; readonly scaling: string },
): string[] {
  const { width, colours, scaling } = context;
  const best = bestOfTable(snapshot, table);
  const found = best === null ? `none yet: ${noBestText(snapshot)}` : best;
  const cost = costParts(snapshot).join(" · ");
  // The gap between the two gives way before the line is broken.
  const gap = Math.min(6, width - textWidth(`best  ${found}${cost}`));
  const lines: string[] = [];
  const label = (name: string) => colours.bold(name);
  if (gap >= 3) lines.push(`${label("best")}  ${found}${" ".repeat(gap)}${cost}`);
  else {
    lines.push(...joinParts(found.split("  "), width - 6, "  ").map((line, i) => `${i === 0 ? label("best") : "    "}  ${line}`));
    lines.push(...joinParts(costParts(snapshot), width - 6).map((line) => `      ${line}`));
  }
  const fair = fairEstimate(snapshot, table.metric);
  if (fair !== null) lines.push(...wrap(fair, width - 6).map((line, i) => `${i === 0 ? label("fair") : "    "}  ${line}`));
  lines.push(
    ...joinParts([scaling, ...readingNotes(snapshot, table)], width - 6).map((line, i) => `${i === 0 ? "note" : "    "}  ${line}`),
  );
  lines.push(...troubleLines(snapshot, { width, colours }));
  return lines;
}

function body(table: AccuracyTable, width: number, colours: Colours): string[] {
  const { rows, columns } = table;
  const rowLabels = rows === null ? [""] : axisLabels(rows.values);
  const columnLabels = columns === null ? [measureLabel(table)] : axisLabels(columns.values);
  const corner = [rows, columns].map((axis) => (axis === null ? "" : truncate(greek(axis.param), labelLimit)));
  const cornerLabel = columns === null ? (corner[0] ?? "") : `${corner[0] ?? ""} \\ ${corner[1] ?? ""}`.trimStart();
  const texts = cellTexts(table);
  const widths = columnLabels.map((label, column) => Math.max(textWidth(label), ...texts.map((row) => textWidth(row[column] ?? ""))));
  const labelWidth = Math.max(textWidth(cornerLabel), ...rowLabels.map((label) => textWidth(label)));
  const lines: string[] = [];
  for (const block of blocks(widths, width - labelWidth - 1)) {
    if (lines.length > 0) lines.push("");
    const header = block.map((column) => `  ${pad(columnLabels[column] ?? "", widths[column] ?? 0, "right")}`).join("");
    lines.push(colours.dim(` ${pad(cornerLabel, labelWidth)}${header}`.trimEnd()));
    for (const [row, label] of rowLabels.entries()) {
      const cells = block.map((column) => {
        const text = pad(texts[row]?.[column] ?? "–", widths[column] ?? 0, "right");
        const isBest = table.best?.row === row && table.best.column === column;
        return isBest ? ` ${colours.bold(colours.green(marked(text)))}` : `  ${text}`;
      });
      lines.push(` ${pad(label, labelWidth)}${cells.join("")}`);
    }
  }
  return lines;
}

/** The best cell has an asterisk directly before its number, in the gap between columns where the cell is full. */
function marked(text: string): string {
  const spaced = ` ${text}`;
  const start = spaced.search(/\S/);
  return `${spaced.slice(0, start - 1)}*${spaced.slice(start)}`;
}

/** Columns that stand side by side: as many as fit, at least one. */
function blocks(widths: readonly number[], room: number): number[][] {
  const found: number[][] = [[]];
  let used = 0;
  for (const [column, width] of widths.entries()) {
    const last = found.at(-1) as number[];
    if (last.length > 0 && used + width + 2 > room) {
      found.push([column]);
      used = width + 2;
    } else {
      last.push(column);
      used += width + 2;
    }
  }
  return found;
}

/** "90.80 (0.11)", with points and brackets under each other in each column. */
function cellTexts(table: AccuracyTable): string[][] {
  const format = tableFormat(table);
  const columns = table.cells[0]?.length ?? 0;
  const secondsWidths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...table.cells.map((row) => formatCellSeconds(row[column]?.seconds ?? 0).length)),
  );
  return table.cells.map((row) => row.map((cell, column) => (cell === null ? "–" : cellText(cell, format, secondsWidths[column] ?? 0))));
}

function cellText(cell: TableCell, format: NumberFormat, secondsWidth: number): string {
  return `${formatValue(cell.value, format)} ${pad(`(${formatCellSeconds(cell.seconds)})`, secondsWidth + 2, "right")}`;
}

/** One way of writing numbers for the whole table. */
export function tableFormat(table: AccuracyTable): NumberFormat {
  const values = table.cells.flatMap((row) => row.map((cell) => cell?.value ?? Number.NaN));
  return numberFormat(values, table.unit);
}

/** Labels of an axis: rounded where that keeps them apart. */
export function axisLabels(values: readonly (ParamValue | undefined)[]): string[] {
  const short = values.map((value) => formatParam(value));
  const labels = new Set(short).size === short.length ? short : values.map((value) => formatParam(value, 17));
  const cut = labels.map((label) => truncate(label, labelLimit));
  return new Set(cut).size === cut.length ? cut : cut.map((label, i) => `${truncate(label, labelLimit - 5)}#${i + 1}`);
}
