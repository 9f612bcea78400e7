import { existsSync } from "node:fs";
import { HpoError } from "../core/hpo-error.ts";
import type { StudySnapshot } from "../core/snapshot.ts";
import { type AccuracyTable, accuracyTable } from "../report/accuracy-table.ts";
import { bestTrial, repeatsOf } from "../report/best-trial.ts";
import { bestJson, bestReport } from "../report/best-report.ts";
import { jsonText } from "../report/plain-text.ts";
import { studyList } from "../report/study-list.ts";
import { studyJson, studyPage } from "../report/study-page.ts";
import { tableCsv } from "../report/table-csv.ts";
import { tableJson } from "../report/table-json.ts";
import { tableLatex } from "../report/table-latex.ts";
import { tableMarkdown } from "../report/table-markdown.ts";
import { tableText } from "../report/table-text.ts";
import { trialsCsv, trialsJson, trialsText } from "../report/trials-table.ts";
import { trialJson, trialPage } from "../report/trial-page.ts";
import { engine, readTrialFolds, readTrialParts } from "./engine.ts";
import { printData, textLayout } from "./terminal.ts";
import { showPath } from "../core/options.ts";

export const tableFormats = ["text", "md", "csv", "tex", "json"] as const;
export const trialFormats = ["table", "csv", "json"] as const;

export interface ReadFlags {
  readonly db: string;
  readonly json?: boolean;
}

export interface ShowFlags extends ReadFlags {
  readonly trial?: number;
}

export interface TableFlags extends ReadFlags {
  readonly rows?: string;
  readonly columns?: string;
  readonly metric?: string;
  readonly where?: Readonly<Record<string, string>>;
  readonly format: (typeof tableFormats)[number];
}

export interface TrialsFlags extends ReadFlags {
  readonly format: (typeof trialFormats)[number];
}

/** `hpo list` */
export async function listCommand(flags: ReadFlags): Promise<void> {
  requireDatabase(flags.db);
  const studies = (await engine()).listStudies({ database: flags.db });
  await printData(flags.json === true ? `${jsonText(studies, 2)}\n` : studyList(studies, textLayout()));
}

/** `hpo show STUDY`, and with `--trial N` one of its trials */
export async function showCommand(study: string, flags: ShowFlags): Promise<void> {
  const snapshot = await read(study, flags);
  const { trial } = flags;
  if (trial !== undefined) {
    const parts = await readTrialParts(study, trial, flags.db);
    return printData(flags.json === true ? trialJson(snapshot, trial, parts) : trialPage(snapshot, trial, { ...parts, ...textLayout() }));
  }
  if (flags.json === true) return printData(studyJson(snapshot));
  const best = bestTrial(snapshot);
  const folds = best === null ? {} : await readTrialFolds(study, repeatsOf(snapshot, best), flags.db);
  await printData(studyPage(snapshot, { ...textLayout(), ...folds }));
}

/** `hpo best STUDY` */
export async function bestCommand(study: string, flags: ReadFlags): Promise<void> {
  const snapshot = await read(study, flags);
  await printData(flags.json === true ? bestJson(snapshot) : bestReport(snapshot, textLayout()));
}

/** `hpo table STUDY` */
export async function tableCommand(study: string, flags: TableFlags): Promise<void> {
  const snapshot = await read(study, flags);
  const table = accuracyTable(snapshot, {
    ...(flags.rows === undefined ? {} : { rows: flags.rows }),
    ...(flags.columns === undefined ? {} : { columns: flags.columns }),
    ...(flags.metric === undefined ? {} : { metric: flags.metric }),
    ...(flags.where === undefined ? {} : { where: flags.where }),
  });
  await printData(tableFormat[flags.format](snapshot, table));
}

/** `hpo trials STUDY` */
export async function trialsCommand(study: string, flags: TrialsFlags): Promise<void> {
  const snapshot = await read(study, flags);
  if (flags.format === "csv") await printData(trialsCsv(snapshot));
  else await printData(flags.format === "json" ? trialsJson(snapshot) : trialsText(snapshot, textLayout()));
}

const tableFormat: Readonly<Record<TableFlags["format"], (snapshot: StudySnapshot, table: AccuracyTable) => string>> = {
  text: (snapshot, table) => tableText(snapshot, table, textLayout()),
  md: tableMarkdown,
  csv: (_, table) => tableCsv(table),
  tex: tableLatex,
  json: tableJson,
};

async function read(study: string, flags: ReadFlags): Promise<StudySnapshot> {
  requireDatabase(flags.db);
  return (await engine()).readStudy(study, { database: flags.db });
}

/** Reading must not make a database, and a missing one is told before the engine is loaded. */
export function requireDatabase(file: string): void {
  if (existsSync(file)) return;
  throw new HpoError(
    "STUDY_NOT_FOUND",
    `There is no database ${showPath(file)} in this folder (${showPath(process.cwd())}); run a study first with \`hpo run study.ts\`, change to its folder, or name the file with --db.`,
    { data: { database: file } },
  );
}
