import picocolors from "picocolors";
import type { RunProgress } from "../core/snapshot.ts";
import { formatSeconds } from "./duration.ts";
import { formatEstimate, formatParams } from "./number-format.ts";
import { joinParts, pad, plainText, textWidth, truncate } from "./plain-text.ts";

export interface LiveOptions {
  /** Terminal columns; at least 40 are taken. */
  readonly width: number;
  readonly colour?: boolean;
  /** Terminal rows: slots that do not fit are counted. Default: no limit. */
  readonly height?: number;
}

type Colours = ReturnType<typeof picocolors.createColors>;

/** The live view: a bar with the counts, the best so far, and one line a slot. Pure; no line is wider than `width`. */
export function liveView(progress: RunProgress, options: LiveOptions): string[] {
  const width = Math.max(40, options.width);
  const colours = picocolors.createColors(options.colour === true);
  const lines = [...headLines(progress, width, colours), bestSoFar(progress, width, colours)];
  // Plans that differ from group to group: the newest is what goes on.
  const note = progress.notes.at(-1);
  if (note !== undefined) lines.push(colours.dim(`plan  ${truncate(plainText(note), width - 6)}`));
  if (progress.stopping)
    lines.push(colours.yellow(truncate("stopping: running parts are being finished; Ctrl-C again cuts them off", width)));
  const room = Math.max(1, (options.height ?? Number.POSITIVE_INFINITY) - lines.length - 1);
  const { slots } = progress;
  const shown = slots.length <= room ? slots.length : Math.max(1, room - 1);
  const digits = String(slots.length).length;
  const busy = slots.filter((slot) => slot.label !== null).length;
  for (const [i, slot] of slots.slice(0, shown).entries()) lines.push(slotLine(pad(String(i + 1), digits, "right"), slot, width, colours));
  if (shown < slots.length) lines.push(colours.dim(truncate(` ${" ".repeat(digits)}  … ${slots.length} slots, ${busy} busy`, width)));
  return lines;
}

function headLines(progress: RunProgress, width: number, colours: Colours): string[] {
  const name = truncate(plainText(progress.study), progress.total === null ? width : Math.max(12, width - 49));
  const counts = [doneLabel(progress), `${progress.running} running`, `${progress.failed} failed`];
  const pace = [rateLabel(progress.rate), timeLabel(progress)].filter((part) => part !== "");
  const barRoom = Math.min(40, width - textWidth(name) - 2 - 7);
  const lines: string[] = [];
  if (progress.total !== null && progress.total > 0 && barRoom >= 8) {
    const share = Math.min(1, (progress.done + progress.failed) / progress.total);
    const full = Math.floor(share * barRoom);
    const bar = `${colours.green("█".repeat(full))}${colours.dim("░".repeat(barRoom - full))}`;
    lines.push(`${colours.bold(name)}  ${bar} ${pad(`${Math.floor(share * 100)} %`, 5, "right")}`);
  } else lines.push(colours.bold(name));
  for (const line of joinParts([...counts, ...pace], width - 6)) {
    lines.push(`      ${progress.failed > 0 ? line.replace(`${progress.failed} failed`, colours.red(`${progress.failed} failed`)) : line}`);
  }
  return lines;
}

function bestSoFar(progress: RunProgress, width: number, colours: Colours): string {
  const { best } = progress;
  if (best === null) return colours.dim("best  none yet");
  const value = `${plainText(best.metric)} ${formatEstimate(best.value, best.standardError, best.unit)}`;
  const line = [value, formatParams(best.params), `trial ${best.trial}`].filter((part) => part !== "").join(" · ");
  return `${colours.bold("best")}  ${truncate(line, width - 6)}`;
}

function slotLine(number: string, slot: RunProgress["slots"][number], width: number, colours: Colours): string {
  const used = number.length + 3;
  if (slot.label === null) return ` ${colours.dim(`${number}  waiting`)}`;
  const seconds = formatSeconds(slot.seconds);
  const room = Math.min(width, 100) - used - seconds.length - 2;
  return ` ${colours.dim(number)}  ${pad(truncate(plainText(slot.label), room), room)}  ${colours.dim(seconds)}`;
}

/** Trials that are solved together end together: until the first does, the parts that have ended show that work goes on. */
function doneLabel({ done, total, tasksDone }: RunProgress): string {
  const trials = total === null ? `${done} done` : `${done}/${total} done`;
  return done > 0 || tasksDone === 0 ? trials : `${trials}, ${tasksDone} ${tasksDone === 1 ? "part" : "parts"} of the work`;
}

function rateLabel(rate: number | null): string {
  if (rate === null || !Number.isFinite(rate) || rate <= 0) return "";
  if (rate >= 1) return `${rate.toFixed(rate < 10 ? 1 : 0)} trials/s`;
  if (rate * 60 >= 1) return `${(rate * 60).toFixed(rate * 60 < 10 ? 1 : 0)} trials/min`;
  return `${(rate * 3600).toFixed(1)} trials/h`;
}

function timeLabel(progress: RunProgress): string {
  const elapsed = formatSeconds(progress.elapsedSeconds);
  return progress.secondsLeft === null || progress.running === 0 ? elapsed : `${elapsed}, ${formatSeconds(progress.secondsLeft)} left`;
}

/** One line for a log: "landsat-svm  12/25 done · 2 running · 0 failed · 8.1 trials/s · 1.5 s, 1.6 s left · best 92.43 ± 0.31 % (γ=4 C=10)". */
export function plainLine(progress: RunProgress): string {
  const { best } = progress;
  const params = best === null ? "" : formatParams(best.params);
  const found =
    best === null
      ? ""
      : `best ${plainText(best.metric)} ${formatEstimate(best.value, best.standardError, best.unit)}${params === "" ? "" : ` (${params})`}`;
  const parts = [
    doneLabel(progress),
    `${progress.running} running`,
    `${progress.failed} failed`,
    rateLabel(progress.rate),
    timeLabel(progress),
    found,
    progress.stopping ? "stopping" : "",
  ];
  return `${plainText(progress.study)}  ${parts.filter((part) => part !== "").join(" · ")}`;
}
