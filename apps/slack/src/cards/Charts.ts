/** Charts of a verdict as PNG: the report's SVG, rasterised with fonts of our own, so that it looks alike on every machine. */
import { createRequire } from "node:module"
import type { Verdict } from "@model-intake/core"
import { type Chart, type ChartOptions, forestChart, palettes, spectrumChart, visible } from "@model-intake/report"
import { limits } from "./Blocks.ts"

const charts = {
  forest: forestChart,
  spectrum: spectrumChart
} satisfies Record<string, (verdict: Verdict, options: ChartOptions) => Promise<Chart>>

export type ChartKind = keyof typeof charts

/** In the order in which they are worth a look. */
export const chartKinds = Object.keys(charts) as ReadonlyArray<ChartKind>

export interface ChartPicture {
  readonly png: Uint8Array
  /** Plain text of one line. */
  readonly title: string
  /** The chart in words, at most 2,000 characters. */
  readonly alt: string
}

/** Room in CSS pixels; twice as many are drawn. The forest needs more, or nothing is left for its axis. */
const widths: Partial<Record<ChartKind, number>> = { forest: 820 }
const defaultWidth = 640
const margin = 16
const pixels = 2

/** The picture, or null where the verdict lacks the data for it. */
export const chartOf = async (verdict: Verdict, kind: ChartKind): Promise<ChartPicture | null> => {
  const chart = await charts[kind](verdict, {
    palette: palettes.light,
    width: widths[kind] ?? defaultWidth
  })
  if (chart.svg === null) return null
  const { renderAsync } = await import("@resvg/resvg-js")
  const picture = await renderAsync(framed(chart.svg), {
    background: palettes.light.paper,
    fitTo: { mode: "zoom", value: pixels },
    font: { loadSystemFonts: false, fontFiles: [...fontFiles()], defaultFontFamily: family, sansSerifFamily: family }
  })
  return { png: picture.asPng(), title: visible(chart.title, 200), alt: visible(chart.description, limits.altText - 1) }
}

const family = "DejaVu Sans Condensed"

const fontFiles = (): ReadonlyArray<string> => {
  const { resolve } = createRequire(import.meta.url)
  return ["DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"].map((file) =>
    resolve(`dejavu-fonts-ttf/ttf/${file}`)
  )
}

/** The drawing with room around it: Slack shows pictures without any. */
const framed = (svg: string): string => {
  const size = /^<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg)
  if (size === null) return svg
  const [outerWidth, outerHeight] = [Number(size[1]) + 2 * margin, Number(size[2]) + 2 * margin]
  const inner = svg.replace(/^<svg /, `<svg x="${margin}" y="${margin}" `)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${outerWidth}" height="${outerHeight}" viewBox="0 0 ${outerWidth} ${outerHeight}">${inner}</svg>`
}
