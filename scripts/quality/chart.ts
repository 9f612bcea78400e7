// Curves with bands and points in panels, as one SVG. d3-scale and d3-shape do the scales, the ticks and the paths; both are pure functions, so no browser is needed.
import { scaleLinear, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";

/** A value after so many trials, and the quartiles around it; null where only the value is known. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly q25: number | null;
  readonly q75: number | null;
}

export type Mark = "circle" | "square" | "diamond" | "triangle" | "cross";

/** How a sampler looks in every panel. */
export interface ChartStyle {
  readonly label: string;
  readonly colour: string;
  readonly width: number;
  /** As SVG's stroke-dasharray; "" is a whole line. */
  readonly dash: string;
}

export interface Curve {
  readonly style: ChartStyle;
  readonly points: readonly ChartPoint[];
}

/** Points of somebody else, in the colour of our curve of that name. */
export interface Dots {
  readonly label: string;
  readonly colour: string;
  readonly mark: Mark;
  readonly points: readonly ChartPoint[];
}

export interface Panel {
  readonly title: string;
  readonly scale: "log" | "linear";
  /** Of y; on a logarithmic axis all values below the lower end lie on it. */
  readonly domain: readonly [number, number];
  readonly curves: readonly Curve[];
  readonly dots: readonly Dots[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xDomain: readonly [number, number];
  /** Default logarithmic, as for trials. */
  readonly xScale?: "log" | "linear";
  readonly panels: readonly Panel[];
}

const panelWidth = 400;
const panelHeight = 250;
const margin = { left: 58, right: 20, top: 28, bottom: 40 };
const head = 64;
const columns = 2;
const ink = "#333";

/** The SVG, two panels a row, with one legend for all of them above. */
export function chartSvg(chart: Chart): string {
  const width = columns * panelWidth;
  const height = head + Math.ceil(chart.panels.length / columns) * panelHeight;
  const panels = chart.panels.map((panel, at) => {
    const [x, y] = [(at % columns) * panelWidth, head + Math.floor(at / columns) * panelHeight];
    return `<g transform="translate(${x},${y})">${panelSvg(panel, chart, at)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="${ink}">`,
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    legend(chart),
    ...panels,
    "</svg>\n",
  ].join("\n");
}

function panelSvg({ title, scale, domain, curves, dots }: Panel, chart: Chart, at: number): string {
  const [left, right, top, bottom] = [margin.left, panelWidth - margin.right, margin.top, panelHeight - margin.bottom];
  const x = chart.xScale === "linear" ? scaleLinear([...chart.xDomain], [left, right]) : scaleLog([...chart.xDomain], [left, right]);
  const y = scale === "log" ? scaleLog([...domain], [bottom, top]) : scaleLinear([...domain], [bottom, top]);
  const height = (value: number): number => y(Math.min(domain[1], Math.max(domain[0], value)));
  const shown = <T extends { readonly x: number }>(points: readonly T[]): T[] =>
    points.filter((point) => point.x >= chart.xDomain[0] && point.x <= chart.xDomain[1]);
  const path = line<ChartPoint>(
    (point) => x(point.x),
    (point) => height(point.y),
  ).digits(1);
  const band = area<ChartPoint>(
    (point) => x(point.x),
    (point) => height(point.q25 ?? point.y),
    (point) => height(point.q75 ?? point.y),
  ).digits(1);
  const yTicks = scale === "log" ? logTicks(domain) : y.ticks(5);
  const wholeTicks = chart.xScale === "linear" ? x.ticks(6) : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  const xTicks = wholeTicks.filter((tick) => tick >= chart.xDomain[0] && tick <= chart.xDomain[1]);
  return [
    `<text x="${left}" y="${top - 9}" font-weight="bold">${escaped(title)}</text>`,
    ...yTicks.map((tick) => {
      const place = y(tick).toFixed(1);
      return `<path d="M${left},${place}H${right}" stroke="#e4e4e4"/><text x="${left - 6}" y="${place}" dy="0.32em" text-anchor="end">${number(tick)}</text>`;
    }),
    ...xTicks.map((tick) => {
      const place = x(tick).toFixed(1);
      return `<path d="M${place},${bottom}v4" stroke="${ink}"/><text x="${place}" y="${bottom + 16}" text-anchor="middle">${tick}</text>`;
    }),
    `<path d="M${left},${top}V${bottom}H${right}" fill="none" stroke="${ink}"/>`,
    `<text x="${(left + right) / 2}" y="${bottom + 33}" text-anchor="middle">${escaped(chart.xLabel)}</text>`,
    at % columns === 0
      ? `<text transform="translate(12,${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(chart.yLabel)}</text>`
      : "",
    ...curves
      .filter(({ points }) => points.some(({ q25, q75 }) => q25 !== null || q75 !== null))
      .map(({ style, points }) => `<path d="${band(shown(points)) ?? ""}" fill="${style.colour}" fill-opacity="0.14"/>`),
    ...curves.map(({ style, points }) => `<path d="${path(shown(points)) ?? ""}" fill="none" ${stroke(style)}/>`),
    ...dots.flatMap(({ colour, mark, points }) =>
      shown(points).map((point) => {
        const place = x(point.x).toFixed(1);
        const whisker =
          point.q25 === null || point.q75 === null
            ? ""
            : `<path d="M${place},${height(point.q25).toFixed(1)}V${height(point.q75).toFixed(1)}" stroke="${colour}"/>`;
        return `${whisker}${markSvg(mark, colour, [x(point.x), height(point.y)])}`;
      }),
    ),
  ].join("\n");
}

/** Two rows: curves, then dots. */
function legend({ panels }: Chart): string {
  const curves = new Map(panels.flatMap((panel) => panel.curves.map(({ style }) => [style.label, style] as const)));
  const dots = new Map(panels.flatMap((panel) => panel.dots.map((one) => [one.label, one] as const)));
  let x = margin.left;
  const first = [...curves.values()].map((style) => {
    const item = `<path d="M${x},18h26" ${stroke(style)}/><text x="${x + 32}" y="22">${escaped(style.label)}</text>`;
    x += 52 + 7 * style.label.length;
    return item;
  });
  x = margin.left;
  const second = [...dots.values()].map(({ label, colour, mark }) => {
    const item = `${markSvg(mark, colour, [x + 13, 42])}<text x="${x + 32}" y="46">${escaped(label)}</text>`;
    x += 52 + 7 * label.length;
    return item;
  });
  return [...first, ...second].join("\n");
}

function stroke({ colour, width, dash }: ChartStyle): string {
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

const outlines: Readonly<Record<Mark, string>> = {
  circle: "m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
  square: "m-3.6,-3.6h7.2v7.2h-7.2z",
  diamond: "m0,-5l5,5l-5,5l-5,-5z",
  triangle: "m0,-5l4.6,8.2h-9.2z",
  cross: "m-3.6,-3.6l7.2,7.2m0,-7.2l-7.2,7.2",
};

function markSvg(mark: Mark, colour: string, [x, y]: readonly [number, number]): string {
  return `<path d="M${x.toFixed(1)},${y.toFixed(1)}${outlines[mark]}" fill="#fff" stroke="${colour}" stroke-width="1.6"/>`;
}

/** Powers of ten, at most seven of them; with 2 and 5 between where the axis has fewer than three. */
function logTicks([low, high]: readonly [number, number]): readonly number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const step = Math.max(1, Math.ceil((last - first + 1) / 7));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at).filter((power) => power % step === 0);
  if (powers.length > 2) return powers.map((power) => 10 ** power);
  return scaleLog([low, high], [0, 1])
    .ticks()
    .filter((tick) => /^[125]/u.test(tick.toExponential()));
}

/** 0.01 to 1000 in digits, else as a power of ten. */
function number(value: number): string {
  const power = Math.round(Math.log10(value));
  if (value === 0 || (value >= 0.005 && value <= 1000) || Math.abs(value - 10 ** power) > 1e-9 * value)
    return String(Number(value.toPrecision(3)));
  return `10${[...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)] ?? "").join("")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
