import type { DataFile } from "./data-file.ts";
import type { DataSource } from "./data-source.ts";

/** A text file as a source: rows are told by their line. */
export interface LineSource extends DataSource {
  /** Row `row`, the next one, begins at `line`. */
  note(row: number, line: number): void;
}

/** Lines are kept as steps, since row and line run on together but for blank lines, comments and line ends within quotes. */
export function lineSource(file: DataFile): LineSource {
  const firstRows: number[] = [];
  const shifts: number[] = [];
  return {
    reader: file.reader,
    file: file.file,
    note(row, line) {
      if (shifts.at(-1) === line - row) return;
      firstRows.push(row);
      shifts.push(line - row);
    },
    place(row) {
      const step = firstRows.findLastIndex((first) => first <= row);
      return { line: row + (shifts[step] ?? 2) };
    },
  };
}
