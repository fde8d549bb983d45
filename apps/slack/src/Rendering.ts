/** Reports and charts. They take the longest of all answers, so they are drawn one at a time. */
import type { Verdict } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { type ChartKind, chartOf } from "./cards/index.ts"

const oneAtATime = Semaphore.makeUnsafe(1)

/** The report as one HTML file. */
export const renderReport = (verdict: Verdict): Effect.Effect<Uint8Array> =>
  oneAtATime.withPermits(1)(
    Effect.promise(async () => {
      const { renderHtml } = await import("@model-intake/report")
      return new TextEncoder().encode(await renderHtml(verdict))
    })
  )

/** A chart as PNG; null where the verdict lacks what it shows. */
export const drawChart = (verdict: Verdict, kind: ChartKind) =>
  oneAtATime.withPermits(1)(Effect.promise(() => chartOf(verdict, kind)))
