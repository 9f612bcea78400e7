import picocolors from "picocolors";
import { nestedIn } from "../core/nested-names.ts";
import type { StudySummary } from "../core/snapshot.ts";
import { columnsText } from "./columns-text.ts";
import { plainText } from "./plain-text.ts";
import type { TextOptions } from "./table-text.ts";

/** One line a study, and one for the searches of its nested cross-validation together. */
export function studyList(studies: readonly StudySummary[], options: TextOptions = {}): string {
  if (studies.length === 0) return "No study yet. Start one with: hpo run study.ts\n";
  const colours = picocolors.createColors(options.colour === true);
  const known = new Set(studies.map(({ name }) => name));
  const parentOf = ({ name }: StudySummary): string | null => {
    const parent = nestedIn(name);
    return parent !== null && known.has(parent) ? parent : null;
  };
  const rows = studies
    .filter((study) => parentOf(study) === null)
    .flatMap((study) => {
      const folds = studies.filter((one) => parentOf(one) === study.name && !one.name.includes("/test-"));
      return [line(study), ...(folds.length === 0 ? [] : [line(together(folds))])];
    });
  const columns = [
    { title: "study", least: 12 },
    { title: "state" },
    { title: "complete", align: "right" as const },
    { title: "failed", align: "right" as const },
    { title: "created (UTC)" },
  ];
  const [head = "", ...lines] = columnsText(columns, rows, Math.max(40, options.width ?? 100));
  return `${[colours.dim(head), ...lines].join("\n")}\n`;
}

function line(study: StudySummary): string[] {
  return [
    plainText(study.name),
    study.state,
    `${study.complete}/${study.trials}`,
    study.failed === 0 ? "–" : String(study.failed),
    formatTime(study.createdAt),
  ];
}

/** The searches of a nested cross-validation, in one line below their study. */
function together(folds: readonly StudySummary[]): StudySummary {
  const sum = (of: (study: StudySummary) => number): number => folds.reduce((total, study) => total + of(study), 0);
  const worst = (["running", "failed", "stopped", "new"] as const).find((state) => folds.some((study) => study.state === state));
  const [first] = folds.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)) as [StudySummary];
  return {
    name: `  /outer-1 … ${folds.length}`,
    state: worst ?? "complete",
    complete: sum(({ complete }) => complete),
    trials: sum(({ trials }) => trials),
    failed: sum(({ failed }) => failed),
    createdAt: first.createdAt,
  };
}

/** "2026-01-31 12:00" of an ISO 8601 time. */
export function formatTime(iso: string | null): string {
  if (iso === null) return "–";
  return plainText(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? iso.slice(0, 16).replace("T", " ") : iso);
}
