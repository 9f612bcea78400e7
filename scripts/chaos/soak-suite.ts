// An hour of six processes on one database, each of another kind, that begin a study every two seconds: what they hold must not grow.
//
//   npm run chaos -- soak --record            an hour, with its curves in docs/figures/soak.svg
//   npm run chaos -- soak --scale 0.25        a quarter of an hour
import { heapGrowth, peaks, soak, type Soak, type SoakKind, soakKinds, type SoakSample } from "../../test/chaos/soak.ts";
import { slope } from "../../test/chaos/flat.ts";
import { type Chart, type ChartPoint, chartSvg, type ChartStyle, type Panel } from "../quality/chart.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

const hour = 3600;
const every = 2;
const megabyte = 2 ** 20;
/** Of the heap over the second half, of the peaks of memory from the first half to the last quarter. */
const mostGrowth = 0.1;
/** SQLite's own limit of the log after it was emptied is 16 MB, ours 32 MB before it is emptied by force. */
const mostWal = 64 * megabyte;

export async function soakSuite({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  const seconds = hour * scale;
  say(`${soakKinds.length} processes for ${Math.round(seconds)} s`);
  const one = await soak({ seconds, every });
  const problems = [...one.problems];
  const figures = soakKinds.map((kind) => kindLine(kind, one, problems));
  const wal = Math.max(...one.logs.map(({ walBytes }) => walBytes));
  if (wal > mostWal) problems.push(`the write-ahead log grew to ${megabytes(wal)} MB`);
  const trials = soakKinds.reduce((sum, kind) => sum + (of(kind, one).at(-1)?.trials ?? 0), 0);
  return {
    counts: { seconds: Math.round(seconds), processes: soakKinds.length, studies: one.samples.length, trials },
    figures: [
      ...figures,
      `largest write-ahead log ${megabytes(wal)} MB, beside a database of ${megabytes(one.logs.at(-1)?.databaseBytes ?? 0)} MB at the end`,
    ],
    problems,
    pictures: { "soak.svg": picture(one, seconds) },
  };
}

function of(kind: SoakKind, { samples }: Soak): readonly SoakSample[] {
  return samples.filter((sample) => sample.kind === kind);
}

function kindLine(kind: SoakKind, one: Soak, problems: string[]): string {
  const samples = of(kind, one);
  const heap = heapGrowth(samples);
  const own = peaks(samples);
  const grown = (heap.perStudy * samples.length) / 2;
  if (grown > mostGrowth * heap.mean) problems.push(`${kind}: its heap grew by ${megabytes(grown)} MB over the second half`);
  if (own.after > (1 + mostGrowth) * own.before)
    problems.push(
      `${kind}: it held ${megabytes(own.after)} MB in the last quarter, and ${megabytes(own.before)} MB at most in the first half`,
    );
  const files = samples.slice(1).map((sample) => sample.files);
  if ((files.at(-1) ?? 0) > (files[0] ?? 0))
    problems.push(`${kind}: ${files[0]} files open after its second study, ${files.at(-1)} after its last`);
  return (
    `${kind}: ${samples.length} studies; heap ${megabytes(heap.mean)} MB, ${(heap.perStudy / 1024).toFixed(2)} KB a study; memory of its own at most ` +
    `${megabytes(own.before)} MB in the first half, ${megabytes(own.after)} MB in the last quarter; ${files.at(-1) ?? 0} files open`
  );
}

function megabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(1);
}

/** The colours of M. Okabe and K. Ito. */
const styles: Readonly<Record<SoakKind, ChartStyle>> = {
  run: { label: "run", colour: "#000", width: 1.6, dash: "" },
  tpe: { label: "tpe", colour: "#D55E00", width: 1.6, dash: "6 3" },
  threads: { label: "threads", colour: "#009E73", width: 1.6, dash: "" },
  svm: { label: "svm", colour: "#CC79A7", width: 1.6, dash: "6 3" },
  ask: { label: "ask", colour: "#0072B2", width: 1.6, dash: "" },
  read: { label: "read", colour: "#7f7f7f", width: 1.6, dash: "2 3" },
};

function picture(one: Soak, seconds: number): string {
  const kinds = (value: (sample: SoakSample) => number): Panel["curves"] =>
    soakKinds.map((kind) => ({
      style: styles[kind],
      points: thinned(of(kind, one).map((sample) => point(sample.seconds, value(sample)))),
    }));
  const log = thinned(one.logs.map(({ seconds: at, walBytes }) => point(at, walBytes / megabyte)));
  const database = thinned(one.logs.map(({ seconds: at, databaseBytes }) => point(at, databaseBytes / megabyte)));
  const chart: Chart = {
    title: `${Math.round(seconds / 60)} minutes of six processes on one database`,
    xLabel: "minutes",
    yLabel: "",
    xDomain: [0, seconds / 60],
    xScale: "linear",
    panels: [
      panel(
        "memory of its own, MB",
        kinds(({ own }) => own / megabyte),
      ),
      panel(
        "heap in use, MB",
        kinds(({ heapUsed }) => heapUsed / megabyte),
      ),
      panel(
        "open files",
        kinds(({ files }) => files),
      ),
      panel("write-ahead log, MB", [{ style: { ...styles.run, label: "log" }, points: log }]),
      panel(
        "trials a second",
        soakKinds.filter((kind) => kind !== "read").map((kind) => ({ style: styles[kind], points: thinned(rates(of(kind, one))) })),
      ),
      panel("database, MB", [{ style: { ...styles.read, label: "database" }, points: database }]),
    ],
  };
  return chartSvg(chart);
}

function point(seconds: number, y: number): ChartPoint {
  return { x: seconds / 60, y, q25: null, q75: null };
}

/** Over half a minute each. */
function rates(samples: readonly SoakSample[]): readonly ChartPoint[] {
  const found: ChartPoint[] = [];
  for (let from = 0, to = 0; to < samples.length; to++) {
    const [first, last] = [samples[from] as SoakSample, samples[to] as SoakSample];
    if (last.seconds - first.seconds < 30) continue;
    const window = samples.slice(from, to + 1);
    found.push(point(last.seconds, slope(window.map(({ seconds, trials }) => [seconds, trials]))));
    from = to;
  }
  return found;
}

/** At most 160 points: what a picture can show. The largest of those that share a place is kept. */
function thinned(points: readonly ChartPoint[]): readonly ChartPoint[] {
  const step = Math.ceil(points.length / 160);
  return Array.from({ length: Math.ceil(points.length / step) || 0 }, (_, at) =>
    points.slice(at * step, (at + 1) * step).reduce((most, one) => (one.y > most.y ? one : most)),
  );
}

function panel(title: string, curves: Panel["curves"]): Panel {
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ y }) => y)));
  return { title, scale: "linear", domain: [0, most * 1.05], curves, dots: [] };
}
