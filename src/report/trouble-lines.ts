import type picocolors from "picocolors";
import type { StudySnapshot } from "../core/snapshot.ts";
import { plainText, truncate, wrap } from "./plain-text.ts";
import { endedLines } from "./study-lines.ts";

/** What ended the study where that is not its trials, then failed trials and warnings, a few of each, behind their labels: the end of a foot. */
export function troubleLines(
  snapshot: StudySnapshot,
  { width, colours }: { readonly width: number; readonly colours: ReturnType<typeof picocolors.createColors> },
): string[] {
  return [
    ...endLines(snapshot).flatMap((line) => labelled("end", line, width)),
    ...endedLines(snapshot, "failed").flatMap((line) => labelled("failed", line, width).map((one) => coloured(one, "failed", colours.red))),
    ...snapshot.warnings
      .slice(0, 3)
      .flatMap((line) => labelled("warning", plainText(line), width).map((one) => coloured(one, "warning", colours.yellow))),
  ];
}

/** Of the newest run; that nothing was left to do, or that people stopped it, needs no words. */
function endLines({ runs, state }: StudySnapshot): string[] {
  const end = runs.at(-1)?.end ?? null;
  return end === null || state === "running" || quiet.has(end.by) ? [] : [plainText(end.reason)];
}

const quiet: ReadonlySet<string> = new Set(["trials", "sampler", "stop", "cut"]);

/** A sentence behind its label, at most two lines. */
function labelled(label: string, sentence: string, width: number): string[] {
  const room = width - label.length - 2;
  const lines = wrap(sentence, room);
  const shown = lines.length <= 2 ? lines : [lines[0] as string, truncate(lines.slice(1).join(" "), room)];
  return shown.map((line, i) => `${i === 0 ? label : " ".repeat(label.length)}  ${line}`);
}

function coloured(line: string, label: string, colour: (text: string) => string): string {
  return line.startsWith(label) ? colour(label) + line.slice(label.length) : line;
}
