import { HpoError } from "../core/hpo-error.ts";
import { examinationText, exportText, isSick, repairText } from "../report/examination-text.ts";
import { jsonText } from "../report/plain-text.ts";
import { exitCodes } from "./exit-code.ts";
import { requireDatabase } from "./read-commands.ts";
import { printData, textLayout } from "./terminal.ts";

export interface DoctorFlags {
  readonly db: string;
  readonly json?: boolean;
  readonly repair?: boolean;
  readonly export?: string;
}

/** `hpo doctor`: looks at a database; with `--repair` mends it, with `--export` saves what can be read. The exit code says whether all is well now. */
export async function doctorCommand(flags: DoctorFlags): Promise<number> {
  requireDatabase(flags.db);
  const json = flags.json === true;
  if (flags.export !== undefined) {
    if (flags.repair === true)
      throw new HpoError("USAGE", "--export saves what can be read into a new database and takes no --repair; repair in a second step.");
    const { exportDatabase } = await import("../store/sqlite/doctor/export-database.ts");
    const saved = exportDatabase(flags.db, flags.export);
    await printData(json ? `${jsonText(saved, 2)}\n` : exportText(saved));
    return saved.lost === 0 && saved.studies.every(({ readable }) => readable) ? exitCodes.fine : exitCodes.failed;
  }
  const { examineDatabase } = await import("../store/sqlite/doctor/examine-database.ts");
  let mended = "";
  let repair = null;
  if (flags.repair === true) {
    const { repairDatabase } = await import("../store/sqlite/doctor/repair-database.ts");
    repair = repairDatabase(flags.db);
    mended = repairText(repair);
  }
  const examination = examineDatabase(flags.db);
  await printData(json ? `${jsonText({ ...examination, repair }, 2)}\n` : `${mended}${examinationText(examination, textLayout())}`);
  return isSick(examination) ? exitCodes.failed : exitCodes.fine;
}
