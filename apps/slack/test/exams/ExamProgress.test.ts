import type { Digest, Event } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { makeProgressMeter } from "../../src/exams/ExamProgress.ts"

const plan = (trials: number) => ({ trials, calls: trials, inputTokens: 0, outputTokensAtMost: 0 })
const planned = (trials: number): Event => ({
  _tag: "Planned",
  instruments: [],
  estimate: plan(trials),
  atMost: plan(trials),
  unaccredited: []
})
const done = (count: number, total: number): Event => ({
  _tag: "TrialDone",
  stage: "exam",
  trial: "sha256:0" as Digest,
  answered: true,
  done: count,
  total
})

describe("ExamProgress", () => {
  it("tells the time left from the pace of the trials that were put now, not of those the journal had", () => {
    const meter = makeProgressMeter()
    meter.take(planned(400), 0)
    meter.take({ _tag: "Journalled", exam: "e", file: "f", resumed: true, rows: 200 }, 0)
    for (let count = 1; count <= 200; count++) meter.take(done(count, 400), 5)
    expect(meter.read(10, 0)).toMatchObject({ done: 200, total: 400, resumed: 200, remainingMs: null })
    for (let count = 201; count <= 301; count++) meter.take(done(count, 400), 10 * (count - 200))
    const { done: put, remainingMs } = meter.read(1010, 101)
    expect(put).toBe(301)
    expect(remainingMs).toBeGreaterThan(900)
    expect(remainingMs).toBeLessThan(1100)
  })

  it("counts more trials than were planned where readings end borderline", () => {
    const meter = makeProgressMeter()
    meter.take(planned(10), 0)
    for (let count = 1; count <= 10; count++) meter.take(done(count, 10), count)
    meter.take({ _tag: "StageStarted", stage: "top-up", trials: 30 }, 20)
    expect(meter.read(20, 10)).toMatchObject({ stage: "top-up", done: 10, total: 40 })
  })
})
