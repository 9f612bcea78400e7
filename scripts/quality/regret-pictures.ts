// The pictures of docs/search.md: how good the best trial is after so many trials, ours as curves and the peers' stored figures as points.
import type { PeerQuality } from "../bench/peer-quality.ts";
import { quantile } from "../bench/table-cells.ts";
import { type Chart, type ChartPoint, type ChartStyle, chartSvg, type Curve, type Dots, type Mark, type Panel } from "./chart.ts";
import type { Samples } from "./quality-suite.ts";
import { checkpoints } from "./search-runs.ts";

/** The colours of M. Okabe and K. Ito, which people with any kind of colour vision tell apart; dashes do so without colour. */
const styles: readonly ChartStyle[] = [
  { label: "random", colour: "#7f7f7f", width: 1.6, dash: "2 3" },
  { label: "nsga2", colour: "#009E73", width: 1.8, dash: "9 3 2 3" },
  { label: "cmaes", colour: "#009E73", width: 1.8, dash: "9 3 2 3" },
  { label: "tpe", colour: "#D55E00", width: 1.8, dash: "6 3" },
  { label: "gp", colour: "#56B4E9", width: 5, dash: "" },
  { label: "ehvi", colour: "#56B4E9", width: 5, dash: "" },
  { label: "auto", colour: "#000", width: 1.6, dash: "" },
];

/** Under the peers' names, with our name for the same method. */
const peerMarks: readonly { readonly sampler: string; readonly ours: string; readonly mark: Mark }[] = [
  { sampler: "random", ours: "random", mark: "cross" },
  { sampler: "nsga2", ours: "nsga2", mark: "square" },
  { sampler: "cmaes", ours: "cmaes", mark: "square" },
  { sampler: "tpe (5.0 default: multivariate)", ours: "tpe", mark: "diamond" },
  { sampler: "tpe", ours: "tpe", mark: "diamond" },
  { sampler: "gp", ours: "gp", mark: "circle" },
];

/** Before, all samplers begin alike. */
const from = 5;

const regret = { xLabel: "trials", yLabel: "regret" };

/** A file for each picture of which something was run. */
export function regretPictures(samples: Samples, peers: PeerQuality | null): Readonly<Record<string, string>> {
  const functionPanels = (names: readonly string[]): readonly Panel[] =>
    names.map((name) => regretPanel(name, samples, functionDots(name, peers)));
  const charts: Readonly<Record<string, Omit<Chart, "xDomain">>> = {
    "regret-smooth.svg": {
      ...regret,
      title: "Regret over trials on smooth functions",
      panels: functionPanels(["sphere5", "rosen5", "branin", "hartmann6"]),
    },
    "regret-basins.svg": {
      ...regret,
      title: "Regret over trials on functions of many basins",
      panels: functionPanels(["rastrigin5", "ackley10", "levy10", "styblinski5"]),
    },
    "regret-mixed.svg": {
      ...regret,
      title: "Regret over trials in mixed, branched and finite spaces",
      panels: [
        ...functionPanels(["mixed", "conditional"]),
        { ...regretPanel("svm_grid_50x288", samples, tableDots("svm_grid_50x288", peers)), title: "svm_grid_50x288, normalised" },
        { ...regretPanel("nasbench201_3tasks", samples, []), title: "nasbench201_3tasks, normalised" },
      ],
    },
    "hypervolume.svg": {
      title: "Hypervolume over trials for two objectives",
      xLabel: "trials",
      yLabel: "hypervolume",
      panels: ["zdt1", "zdt2", "zdt1-abs", "zdt2-abs"].map((name) => hypervolumePanel(name, samples, peers)),
    },
  };
  const drawn = Object.entries(charts).flatMap(([file, chart]) => {
    const last = Math.max(...chart.panels.flatMap((panel) => panel.curves.flatMap(({ points }) => points.map(({ x }) => x))));
    return last <= from ? [] : [[file, chartSvg({ ...chart, xDomain: [from, last * 1.04] })] as const];
  });
  return Object.fromEntries(drawn);
}

function regretPanel(name: string, samples: Samples, dots: readonly Dots[]): Panel {
  const curves = curvesOf(name, samples, (trials) => String(trials));
  const values = curves
    .flatMap(({ points }) => points.flatMap(({ y, q25, q75 }) => [y, q25 ?? y, q75 ?? y]))
    .filter((y) => y > 0 && y < Infinity);
  const high = Math.max(...values);
  // A curve that gets below a hundred-millionth of the largest regret runs along the bottom.
  const low = Math.max(Math.min(...values), high * 1e-8);
  return { title: name, scale: "log", domain: [low / 1.3, high * 1.3], curves, dots };
}

function hypervolumePanel(name: string, samples: Samples, peers: PeerQuality | null): Panel {
  const curves = curvesOf(name, samples, (trials) => `${trials} (1.1, 1.1)`);
  const dots = peerMarks.flatMap(({ sampler, ours, mark }) => {
    const cells = Object.entries(peers?.multi[name]?.[sampler] ?? {});
    const points = cells.flatMap(([figure, { median }]): ChartPoint[] => {
      const [, trials] = /^hypervolume@(\d+) ref \(1\.1, 1\.1\)$/u.exec(figure) ?? [];
      return trials === undefined ? [] : [{ x: Number(trials), y: median, q25: null, q75: null }];
    });
    return points.length === 0 ? [] : [dotsOf(ours, mark, points)];
  });
  return { title: name, scale: "linear", domain: [0, 0.9], curves, dots };
}

function curvesOf(name: string, samples: Samples, figure: (trials: number) => string): readonly Curve[] {
  return styles.flatMap((style) => {
    const own = samples.get(`${style.label} on ${name}`);
    const points = checkpoints
      .filter((trials) => trials >= from)
      .flatMap((trials): ChartPoint[] => {
        const values = own?.[figure(trials)];
        return values === undefined
          ? []
          : [{ x: trials, y: quantile(values, 0.5), q25: quantile(values, 0.25), q75: quantile(values, 0.75) }];
      });
    return points.length === 0 ? [] : [{ style, points }];
  });
}

function functionDots(name: string, peers: PeerQuality | null): readonly Dots[] {
  return peerMarks.flatMap(({ sampler, ours, mark }) => {
    const cells = Object.entries(peers?.single[name]?.samplers[sampler] ?? {});
    const points = cells.map(([trials, { median, q25, q75 }]) => ({ x: Number(trials), y: median, q25, q75 }));
    return points.length === 0 ? [] : [dotsOf(ours, mark, points)];
  });
}

function tableDots(name: "svm_grid_50x288", peers: PeerQuality | null): readonly Dots[] {
  return peerMarks.flatMap(({ sampler, ours, mark }) => {
    const cells = Object.entries(peers?.[name].samplers[sampler] ?? {});
    const points = cells.flatMap(([figure, y]): ChartPoint[] => {
      const [, trials] = /^mean normalised regret@(\d+)$/u.exec(figure) ?? [];
      return trials === undefined ? [] : [{ x: Number(trials), y, q25: null, q75: null }];
    });
    return points.length === 0 ? [] : [dotsOf(ours, mark, points)];
  });
}

function dotsOf(ours: string, mark: Mark, points: readonly ChartPoint[]): Dots {
  const colour = styles.find(({ label }) => label === ours)?.colour ?? "#000";
  return { label: `Optuna's ${ours}`, colour, mark, points };
}
