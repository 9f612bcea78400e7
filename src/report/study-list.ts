import picocolors from "picocolors";
import type { StudySummary } from "../core/snapshot.ts";
import { columnsText } from "./columns-text.ts";
import { plainText } from "./plain-text.ts";
import type { TextOptions } from "./table-text.ts";

/** One line a study. */
export function studyList(studies: readonly StudySummary[], options: TextOptions = {}): string {
  if (studies.length === 0) return "No study yet. Start one with: hpo run study.ts\n";
  const colours = picocolors.createColors(options.colour === true);
  const rows = studies.map((study) => [
    plainText(study.name),
    study.state,
    `${study.complete}/${study.trials}`,
    study.failed === 0 ? "–" : String(study.failed),
    formatTime(study.createdAt),
  ]);
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

/** "2026-01-31 12:00" of an ISO 8601 time. */
export function formatTime(iso: string | null): string {
  if (iso === null) return "–";
  return plainText(/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? iso.slice(0, 16).replace("T", " ") : iso);
}
