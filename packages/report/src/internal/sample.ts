/** Which of many spans are quoted: the same ones every time, spread over the whole list. */
import type { QuotedSpan } from "@model-intake/core"
import { visible } from "./hostile.ts"

export const sampleConventions = {
  version: 1,
  /** Spans quoted for one reading. */
  quoted: 4,
  /** Spans of one reading that are named by their trial's id beyond those. */
  listed: 1500
} as const

export interface Sample {
  readonly shown: ReadonlyArray<QuotedSpan>
  readonly rest: ReadonlyArray<QuotedSpan>
  /** How many spans are neither quoted nor listed. */
  readonly unlisted: number
}

/** The first span and others at equal distances, without saying the same words twice. */
export const sample = (spans: ReadonlyArray<QuotedSpan>): Sample => {
  const { listed, quoted } = sampleConventions
  const different = [...new Map(spans.toReversed().map((span) => [span.quote, span])).values()].toReversed()
  const step = Math.max(1, different.length / quoted)
  const shown = new Set(
    Array.from({ length: Math.min(quoted, different.length) }, (_, index) => different[Math.floor(index * step)]!)
  )
  const others = spans.filter((span) => !shown.has(span))
  return { shown: [...shown], rest: others.slice(0, listed), unlisted: Math.max(0, others.length - listed) }
}

/** Twelve characters of a digest, enough to find the trial in the verdict or the journal. */
export const shortId = (trialId: string): string => visible(trialId.replace(/^sha256:/, ""), 200).slice(0, 12)
