import type { StudySnapshot } from "../core/snapshot.ts";
import type { AccuracyTable } from "./accuracy-table.ts";
import { noBestText } from "./best-trial.ts";
import { fairEstimate } from "./fair-estimate.ts";
import { greek } from "./greek.ts";
import { latexText } from "./latex-text.ts";
import { formatCellSeconds, formatParam, formatValue } from "./number-format.ts";
import { bestOfTable, costParts, measureLabel, readingNotes, scalingLabel, titleParts } from "./study-lines.ts";
import { tableFormat } from "./table-text.ts";

/**
 * Lets one file serve two ways: inside a document (`\@nodocument` is \relax from \begin{document} on) it is the table
 * alone; compiled by itself it brings the smallest document around it.
 */
const begin = [
  "% LaTeX without packages: \\input this file in a document, or compile it as it is.",
  "\\expandafter\\let\\expandafter\\hpoinside\\csname @nodocument\\endcsname",
  "\\def\\hpoclose{}",
  "\\ifx\\hpoinside\\relax\\else\\documentclass{article}\\begin{document}\\def\\hpoclose{\\end{document}}\\fi",
];

/** The table as a plain `tabular`, with its title and foot as comments and the best value bold. */
export function tableLatex(snapshot: StudySnapshot, table: AccuracyTable): string {
  const { rows, columns, cells, best } = table;
  const format = tableFormat(table);
  const names = [rows, columns].filter((axis) => axis !== null).map((axis) => latexText(greek(axis.param)));
  const labels = columns === null ? [measureLabel(table)] : columns.values.map((value) => formatParam(value, 17));
  const width = labels.length;
  const lines = cells.map((row, i) => {
    const label = rows === null ? "" : latexText(formatParam(rows.values[i], 17));
    const texts = row.map((cell, j) => {
      if (cell === null) return "--";
      const value = latexText(formatValue(cell.value, format)).replaceAll("{-}", "$-$");
      return `${best?.row === i && best.column === j ? `\\textbf{${value}}` : value} (${formatCellSeconds(cell.seconds)})`;
    });
    return `${[label, ...texts].join(" & ")} \\\\`;
  });
  const title = [...titleParts(snapshot, table), scalingLabel(snapshot)].filter((part) => part !== "").join(" · ");
  const found = bestOfTable(snapshot, table);
  const fair = fairEstimate(snapshot, table.metric);
  const foot = [
    found === null ? noBestText(snapshot) : `best ${found}`,
    ...(fair === null ? [] : [fair]),
    ...costParts(snapshot),
    ...readingNotes(snapshot, table),
  ];
  return [
    ...begin,
    `% ${title}`,
    `\\begin{tabular}{l|${"r".repeat(width)}}`,
    `${[names.join(" $\\backslash$ "), ...labels.map(latexText)].join(" & ")} \\\\`,
    "\\hline",
    ...lines,
    "\\end{tabular}",
    `% ${foot.join(" · ")}`,
    "\\hpoclose",
    "",
  ].join("\n");
}
