import { markdownTable } from "markdown-table";
import type { StudySnapshot } from "../core/snapshot.ts";
import type { AccuracyTable } from "./accuracy-table.ts";
import { fairEstimate } from "./fair-estimate.ts";
import { nestedText } from "./nested-report.ts";
import { greek } from "./greek.ts";
import { formatCellSeconds, formatParam, formatValue } from "./number-format.ts";
import { bestOfTable, costParts, endedLines, measureLabel, readingNotes, scalingLabel, titleParts } from "./study-lines.ts";
import { tableFormat } from "./table-text.ts";

/** The table in GitHub's Markdown, with its title and foot as paragraphs; the best value is bold. */
export function tableMarkdown(snapshot: StudySnapshot, table: AccuracyTable): string {
  const { rows, columns, cells, best } = table;
  const format = tableFormat(table);
  const names = [rows, columns].filter((axis) => axis !== null).map((axis) => escapeMarkdown(greek(axis.param)));
  const header = [
    names.join(" \\\\ "),
    ...(columns === null ? [measureLabel(table)] : columns.values.map((value) => formatParam(value, 17))).map(escapeMarkdown),
  ];
  const body = cells.map((row, i) => [
    rows === null ? "" : escapeMarkdown(formatParam(rows.values[i], 17)),
    ...row.map((cell, j) => {
      if (cell === null) return "–";
      const value = formatValue(cell.value, format);
      return `${best?.row === i && best.column === j ? `**${value}**` : value} (${formatCellSeconds(cell.seconds)})`;
    }),
  ]);
  const title = [...titleParts(snapshot, table), scalingLabel(snapshot)].filter((part) => part !== "").join(" · ");
  const found = bestOfTable(snapshot, table);
  const estimates = [fairEstimate(snapshot, table.metric), nestedText(snapshot, table.metric)].filter((text) => text !== null);
  const notes = readingNotes(snapshot, table);
  const paragraphs = [
    escapeParagraph(title),
    markdownTable([header, ...body], { align: ["l", ...header.slice(1).map(() => "r")], stringLength: (text) => [...text].length }),
    `${found === null ? "No trial is complete" : `Best: ${escapeMarkdown(found)}`} · ${escapeMarkdown([...estimates, ...costParts(snapshot), ...notes].join(" · "))}`,
  ];
  const failures = endedLines(snapshot, "failed").map((line) => `- failed: ${escapeMarkdown(line)}`);
  if (failures.length > 0) paragraphs.push(failures.join("\n"));
  return `${paragraphs.join("\n\n")}\n`;
}

/** The same at the start of a paragraph, where a text must not begin a list, a heading or code. */
function escapeParagraph(text: string): string {
  return escapeMarkdown(text)
    .replace(/^\s+/, (space) => "&nbsp;".repeat(space.length))
    .replace(/^(\d{0,9})([-+=.)])/, "$1\\$2");
}

/** Text that a Markdown renderer shows as it is, in a table's cell too. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/[\\`*_{}[\]|#~$!@]/g, (character) => `\\${character}`)
      // Some renderers take any space of Unicode for one that ends a list.
      .replace(/[^\S ]/g, (space) => `&#${space.charCodeAt(0)};`)
      .replace(/(https?|ftp|www)([:.])/gi, "$1&#8203;$2")
  );
}
