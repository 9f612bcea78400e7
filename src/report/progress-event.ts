import type { RunProgress, RunSummary } from "../core/snapshot.ts";
import { jsonText } from "./plain-text.ts";

/** What a run tells a program that reads its progress. */
export type ProgressEvent =
  | { readonly event: "start"; readonly file: string }
  | { readonly event: "progress"; readonly progress: RunProgress }
  | { readonly event: "message"; readonly message: string }
  | { readonly event: "output"; readonly slot: number | null; readonly text: string }
  | { readonly event: "end"; readonly summary: RunSummary };

/** One line of newline-delimited JSON: `{"event":"progress","study":…,"done":…}`. NaN is null. */
export function ndjsonEvent(event: ProgressEvent): string {
  if (event.event === "progress") return jsonText({ event: "progress", ...event.progress });
  return jsonText(event.event === "end" ? { event: "end", ...event.summary } : event);
}
