/** A progress line on standard error, only where that is a terminal. */
import { performance } from "node:perf_hooks"

export interface Progress {
  /** @param fraction 0 to 1, or null where the end is unknown */
  readonly update: (fraction: number | null, done: number, what: string, stage?: string, more?: string) => void
  /** Removes the line. */
  readonly end: () => void
}

const redrawMs = 100
const barWidth = 24

export const makeProgress = (stream: NodeJS.WriteStream): Progress => {
  if (!stream.isTTY) return { update: () => {}, end: () => {} }
  let started = performance.now()
  let drawn = Number.NEGATIVE_INFINITY
  let current: string | undefined
  return {
    update: (fraction, done, what, stage, more) => {
      const now = performance.now()
      if (stage !== current) {
        current = stage
        started = now
        drawn = Number.NEGATIVE_INFINITY
      }
      if (now - drawn < redrawMs) return
      drawn = now
      const seconds = (now - started) / 1000
      const rate = `${Math.round(done / Math.max(seconds, 0.001)).toLocaleString("en")} ${what}/s`
      const counted =
        fraction === null || fraction <= 0
          ? `${done.toLocaleString("en")} ${what}  ${rate}`
          : `${bar(fraction)} ${Math.floor(fraction * 100)} %  ${done.toLocaleString("en")} ${what}  ${rate}  ETA ${duration((seconds / fraction) * (1 - fraction))}`
      const line = `${stage === undefined ? "" : `${stage}  `}${counted}${more === undefined ? "" : `  ${more}`}`
      stream.write(`\r\x1b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`)
    },
    end: () => {
      if (drawn > 0) stream.write("\r\x1b[2K")
    }
  }
}

const bar = (fraction: number): string => {
  const full = Math.round(Math.min(1, fraction) * barWidth)
  return "█".repeat(full) + "░".repeat(barWidth - full)
}

const duration = (seconds: number): string =>
  seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`
