import picocolors from "picocolors";
import type { Examination } from "../store/sqlite/doctor/examine-database.ts";
import type { Export } from "../store/sqlite/doctor/export-database.ts";
import type { Repair } from "../store/sqlite/doctor/repair-database.ts";
import { plainText, wrap } from "./plain-text.ts";
import type { TextOptions } from "./table-text.ts";

/** Whether something was found that keeps hpo from going on, or that was lost. */
export function isSick({ findings }: Examination): boolean {
  return findings.some(({ kind }) => kind === "damage" || kind === "trouble");
}

/** What the doctor found, worst first, and what helps. */
export function examinationText(examination: Examination, options: TextOptions = {}): string {
  const { database, bytes, schema, studies, freeBytes, findings } = examination;
  const colours = picocolors.createColors(options.colour === true);
  const width = Math.max(40, options.width ?? 100);
  const facts = [
    ...(schema === null ? [] : [`schema ${schema}`]),
    ...(studies === null ? [] : [`${studies} ${studies === 1 ? "study" : "studies"}`]),
    size(bytes),
    ...(freeBytes === null ? [] : [`${size(freeBytes)} free on its disk`]),
  ];
  const lines = [plainText(database), `  ${facts.join(" · ")}`];
  const paint = { damage: colours.red, trouble: colours.yellow, leftover: colours.dim, note: colours.dim };
  for (const kind of ["damage", "trouble", "leftover", "note"] as const) {
    for (const { text } of findings.filter((one) => one.kind === kind)) {
      const [first = "", ...more] = wrap(plainText(text), width - 12);
      lines.push("", `  ${paint[kind](kind.padEnd(8))}  ${first}`, ...more.map((line) => `${" ".repeat(12)}${line}`));
    }
  }
  return `${[...lines, "", ...wrap(advice(examination), width)].join("\n")}\n`;
}

function advice(examination: Examination): string {
  const { database, findings } = examination;
  const cured = (cure: string, kinds: readonly string[]): number =>
    findings.filter((one) => one.cure === cure && kinds.includes(one.kind)).length;
  const command = `hpo doctor --db ${plainText(database)}`;
  const bad = ["damage", "trouble"];
  const repair = cured("repair", bad);
  if (!isSick(examination)) {
    return cured("repair", ["leftover"]) === 0
      ? "It is sound."
      : `It is sound. What an ended process left goes with the next run, or now by \`${command} --repair\`.`;
  }
  return [
    ...(repair > 0 ? [`\`${command} --repair\` mends ${repair} of these, after it has made a copy.`] : []),
    ...(cured("export", bad) > 0 ? [`\`${command} --export NEW.sqlite\` saves what can be read into a new database.`] : []),
    ...(cured("other", bad) > 0 ? ["What else is told needs what its sentence says."] : []),
  ].join(" ");
}

export function repairText({ copy, done }: Repair): string {
  return `${[`As it was it lies in ${plainText(copy)}.`, ...done].join("\n")}\n\n`;
}

export function exportText({ database, studies, rows, lost }: Export): string {
  const saved = studies.map(
    ({ name, trials, of, readable }) =>
      `  ${plainText(name)}: ${trials} of ${of} trials${readable ? "" : ", whose rows only SQL can read: what the study declares is damaged"}`,
  );
  const end = lost === 0 ? "nothing was lost" : `at least ${lost} could not be read, or belonged to one that could not`;
  return `${[`${plainText(database)} holds what could be read:`, ...saved, `${rows} rows were saved; ${end}.`].join("\n")}\n`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
