/**
 * Charts as SVG text, drawn by Vega without a browser. A chart brings its title, a description in words and the data
 * behind it; where a verdict lacks the data it says what is missing and draws nothing.
 */
import type { TopLevelSpec } from "vega-lite"
import { escapeMarkup, visible } from "./internal/hostile.ts"

export interface Chart {
  /** Short name, unique within a report: `forest`, `moral-reversal`. */
  readonly name: string
  readonly title: string
  /** The chart in words, for those who do not see it. */
  readonly description: string
  /** A whole SVG document, or null where there is nothing to draw. */
  readonly svg: string | null
  /** What the verdict does not carry; null where nothing is missing. */
  readonly missing: string | null
  readonly table: { readonly columns: ReadonlyArray<string>; readonly rows: ReadonlyArray<ReadonlyArray<string>> }
}

/** CSS colours. Every distinction is made by shape, dash or words too. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly faint: string
  readonly paper: string
  readonly accent: string
  readonly good: string
  readonly caution: string
  readonly bad: string
  readonly absent: string
}

/** `width` is the room in CSS pixels: below 560 the layout is a narrow one. */
export interface ChartOptions {
  readonly width?: number
  readonly palette?: Palette
}

/** `light` and `dark` stand alone; `css` takes its colours from the page around it. */
export const palettes = {
  light: {
    ink: "#1c1f26",
    muted: "#5a6170",
    faint: "#dcdfe5",
    paper: "#ffffff",
    accent: "#24508f",
    good: "#1a6b5a",
    caution: "#8f5a00",
    bad: "#b0281d",
    absent: "#5a6170"
  },
  dark: {
    ink: "#e8eaee",
    muted: "#a3abb9",
    faint: "#363c47",
    paper: "#14171c",
    accent: "#8db4f2",
    good: "#66c7ad",
    caution: "#e0ac4d",
    bad: "#f28b80",
    absent: "#a3abb9"
  },
  css: {
    ink: "var(--ink)",
    muted: "var(--muted)",
    faint: "var(--faint)",
    paper: "var(--paper)",
    accent: "var(--accent)",
    good: "var(--good)",
    caution: "var(--caution)",
    bad: "var(--bad)",
    absent: "var(--absent)"
  }
} as const satisfies Record<string, Palette>

/** A Vega-Lite specification without what all charts share. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly layer: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"

/** Draws; title and description go into the SVG. The library is loaded by the first chart. */
export const drawSvg = async (
  chart: Pick<Chart, "name" | "title" | "description">,
  drawing: Drawing,
  palette: Palette
): Promise<string> => {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")])
  const text = { labelColor: palette.muted, titleColor: palette.muted, labelFontSize: 12, titleFontSize: 12 }
  const specification = {
    background: null,
    padding: { left: 1, right: 4, top: 4, bottom: 6 },
    ...drawing,
    config: {
      aria: false,
      font: fontFamily,
      view: { stroke: null },
      text: { fontSize: 12, fill: palette.ink },
      axis: {
        ...text,
        titleFontWeight: "normal",
        domainColor: palette.faint,
        tickColor: palette.faint,
        gridColor: palette.faint,
        labelFlush: false
      },
      legend: {
        ...text,
        labelColor: palette.ink,
        title: null,
        orient: "bottom",
        direction: "vertical",
        symbolSize: 70,
        symbolStrokeWidth: 2,
        labelLimit: 400
      }
    }
  }
  const { spec } = compile(specification as unknown as TopLevelSpec)
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error })
  const svg = await view.toSVG()
  view.finalize()
  return withTitle(svg, chart, drawing.width)
}

/** Vega's root gets a role, a title and a description; the width only tells layouts of one chart apart. */
const withTitle = (
  svg: string,
  { description, name, title }: Pick<Chart, "name" | "title" | "description">,
  width: number
) => {
  const size = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!
  const id = `chart-${name}-${Math.round(width)}`
  const label = (element: string, text: string) =>
    `<${element} id="${id}-${element}">${escapeMarkup(visible(text))}</${element}>`
  const root = `<svg xmlns="http://www.w3.org/2000/svg" width="${size[1]}" height="${size[2]}" viewBox="0 0 ${size[1]} ${size[2]}" role="img" aria-labelledby="${id}-title ${id}-desc">`
  // The picture is one image with a name: roles that Vega gives its parts would be images without one.
  const plain = svg.replaceAll(/<[a-z][^<>]*>/g, (tag) => tag.replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, ""))
  return plain.replace(/^<svg[^>]*>/, () => `${root}${label("title", title)}${label("desc", description)}`)
}
