import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Chart, chartSvg } from "../../scripts/quality/chart.ts";
import { regretPictures } from "../../scripts/quality/regret-pictures.ts";

const style = { label: "ours", colour: "#000", width: 1, dash: "" };
const at = (x: number, y: number) => ({ x, y, q25: y / 10, q75: y * 10 });
const chart = (of: Partial<Chart["panels"][number]> = {}): Chart => ({
  title: "a < b & c",
  xLabel: "trials",
  yLabel: "regret",
  xDomain: [1, 100],
  panels: [
    {
      title: "panel",
      scale: "log",
      domain: [1e-4, 1],
      curves: [{ style, points: [at(1, 1), at(10, 1e-2), at(100, 1e-9)] }],
      dots: [],
      ...of,
    },
  ],
});

/** The points of the path that is drawn as a line and not filled. */
const lineOf = (svg: string): readonly (readonly number[])[] => {
  const [, path_ = ""] = /<path d="(M[^"]*)" fill="none" stroke="#000" stroke-width="1"/u.exec(svg) ?? [];
  return path_
    .slice(1)
    .split("L")
    .map((pair) => pair.split(",").map(Number));
};

describe("chartSvg()", () => {
  it("puts equal factors at equal distances on logarithmic axes, and what lies below the axis on it", () => {
    const [first, second, third] = lineOf(chartSvg(chart())) as [number[], number[], number[]];
    const [left, middle, right] = [first, second, third].map(([x]) => x) as [number, number, number];
    expect(middle - left).toBeCloseTo(right - middle, 0);
    const [top, half, bottom] = [first, second, third].map(([, y]) => y) as [number, number, number];
    // 1e-2 lies half way from 1 to 1e-4, and 1e-9 is drawn at 1e-4.
    expect(half - top).toBeCloseTo(bottom - half, 0);
  });

  it("puts equal differences at equal distances on a linear axis", () => {
    const points = [at(1, 0), at(10, 0.25), at(100, 1)];
    const [first, second, third] = lineOf(chartSvg(chart({ scale: "linear", domain: [0, 1], curves: [{ style, points }] }))) as [
      number[],
      number[],
      number[],
    ];
    expect(((first[1] as number) - (second[1] as number)) / ((first[1] as number) - (third[1] as number))).toBeCloseTo(0.25, 2);
  });

  it("puts equal times at equal distances where that is asked, and draws no band without quartiles", () => {
    const points = [0, 5, 20].map((x) => ({ x, y: 0.1, q25: null, q75: null }));
    const svg = chartSvg({ ...chart({ curves: [{ style, points }] }), xDomain: [0, 20], xScale: "linear" });
    const [first, second, third] = lineOf(svg) as [number[], number[], number[]];
    expect(((second[0] as number) - (first[0] as number)) / ((third[0] as number) - (first[0] as number))).toBeCloseTo(0.25, 2);
    expect(svg).toContain(">15</text>");
    expect(svg).not.toContain("fill-opacity");
  });

  it("labels powers of ten, names each curve and each kind of point once, and escapes text", () => {
    const dots = [{ label: "theirs", colour: "#f00", mark: "circle" as const, points: [at(10, 0.1), at(1000, 0.1)] }];
    const svg = chartSvg(chart({ dots }));
    for (const label of ["10⁻⁴", "10⁻³", "0.01", "0.1", "1", "ours", "theirs", "panel", "trials", "regret"])
      expect(svg).toContain(`>${label}</text>`);
    expect(svg.match(/>ours</gu)).toHaveLength(1);
    expect(svg).toContain("<title>a &lt; b &amp; c</title>");
    // One in the legend, one in the panel: the other lies beyond the axis.
    expect(svg.match(/stroke="#f00" stroke-width="1.6"/gu)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/u);
  });
});

describe("regretPictures()", () => {
  it("draws what was run, with infinite regrets of failed starts, and nothing where nothing was run", () => {
    const samples = new Map([["tpe on sphere5", { "5": [Infinity, Infinity, 3], "10": [1, 2, 3], "50": [0.1, 0, 0] }]]);
    const pictures = regretPictures(samples, null);
    expect(Object.keys(pictures)).toEqual(["regret-smooth.svg"]);
    expect(pictures["regret-smooth.svg"]).not.toMatch(/NaN|Infinity|undefined/u);
    expect(regretPictures(new Map(), null)).toEqual({});
  });
});

describe("the pictures of docs/search.md and docs/reliability.md", () => {
  it("are all shown, and small", () => {
    const docs = path.join(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), "docs");
    const pages = ["search.md", "reliability.md"].map((page) => readFileSync(path.join(docs, page), "utf8"));
    const shown = pages.flatMap((page) => [...page.matchAll(/\(figures\/([^)]+)\)/gu)].map(([, file = ""]) => file));
    expect(shown.toSorted()).toEqual(readdirSync(path.join(docs, "figures")).toSorted());
    for (const file of readdirSync(path.join(docs, "figures")))
      expect(statSync(path.join(docs, "figures", file)).size).toBeLessThan(60_000);
  });
});
