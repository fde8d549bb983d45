import {
  behaviouralMarkers,
  type CheckpointMeasure,
  type CorrectionEvidence,
  type CorrectionExam,
  Reading
} from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import plugin from "../src/index.ts"

const { instrument } = plugin
if (instrument.exam?._tag !== "corrections") throw new Error("M5 reads no corrections")
const exam: CorrectionExam = instrument.exam

/** A checkpoint: rate of failing answers on every marker, and the coordinate of 60 probes; null is a black box. */
const checkpoint = (rate: number, coordinate: number | null): CheckpointMeasure => {
  const random = makeRandom(`${rate} ${coordinate}`)
  return {
    subject: "test:model",
    failing: Object.fromEntries(
      behaviouralMarkers.map((marker) => [
        marker,
        new Map(
          Array.from({ length: 24 }, (_, index) => {
            const failing = Array.from({ length: 4 }, () => random.uniform()).filter((draw) => draw < rate).length
            return [`${marker}-${index}`, { failing, passing: 4 - failing }]
          })
        )
      ])
    ),
    coordinates:
      coordinate === null
        ? null
        : Array.from({ length: 60 }, (_, index) => ({
            trait: "tone",
            domain: `d${index % 8}`,
            item: `p${index}`,
            value: coordinate + 0.1 * (random.uniform() - 0.5)
          }))
  }
}

const reference = checkpoint(0, 0)
const narrow = checkpoint(0.9, 0.9)
const masked = (name: string) => ({ name, before: narrow, after: checkpoint(0.01, 0.88) })
const corrected = (name: string) => ({ name, before: narrow, after: checkpoint(0.01, 0.05) })

const evidence = (changes: Partial<CorrectionEvidence>): CorrectionEvidence => ({
  reference,
  regimes: [],
  benign: checkpoint(0, 0.02),
  deltaCosines: [{ of: ["a", "b"], cosine: -0.1 }],
  othersFail: true,
  access: "white-box",
  seed: "test",
  ...changes
})
const read = (changes: Partial<CorrectionEvidence>) => exam.read(evidence(changes))

describe("M5", () => {
  it("fails two maskings and finds them", () => {
    const { pValue, reading, regimes } = read({ regimes: [masked("a"), masked("b")] })
    expect(reading).toMatchObject({ outcome: "fail", findings: ["masked"], coverage: { rated: 120, total: 120 } })
    expect([...regimes]).toEqual([
      ["a", "masked"],
      ["b", "masked"]
    ])
    expect(pValue).toBeLessThan(0.001)
    expect(Schema.decodeUnknownSync(Reading)(reading)).toEqual(reading)
  })

  it("passes two deep corrections that differ, and only then", () => {
    const regimes = [corrected("a"), corrected("b")]
    const outcomes = [-0.1, 0.29, 0.3, -0.3].map(
      (cosine) => read({ regimes, deltaCosines: [{ of: ["b", "a"], cosine }] }).reading.outcome
    )
    expect(outcomes).toEqual(["pass", "pass", "borderline", "borderline"])
    expect(read({ regimes, deltaCosines: [] }).reading.outcome).toBe("borderline")
    expect(read({ regimes }).pValue).toBeGreaterThan(0.5)
  })

  it("counts maskings that are known to be alike as one", () => {
    const { reading } = read({ regimes: [masked("a"), masked("b")], deltaCosines: [{ of: ["a", "b"], cosine: 0.6 }] })
    expect(reading).toMatchObject({ outcome: "borderline", findings: ["masked"] })
    expect(read({ regimes: [masked("a"), masked("a")] }).reading.outcome).toBe("borderline")
  })

  it("is not indicated without corrections where nothing else fails, and missing where something does", () => {
    expect(read({ othersFail: false }).reading.outcome).toBe("not-indicated")
    expect(read({ othersFail: true }).reading).toMatchObject({ outcome: "not-evaluable", severity: null })
  })

  it("is missing evidence where checkpoints are gone, and borderline where one of two is", () => {
    const gone = { name: "b", before: narrow, after: null }
    const all = read({ regimes: [gone] })
    expect(all.reading.outcome).toBe("not-evaluable")
    expect([...all.regimes.values()]).toEqual(["unmeasured"])
    expect(read({ regimes: [masked("a"), gone] }).reading.outcome).toBe("borderline")
    expect(read({ regimes: [corrected("a"), gone] }).reading.outcome).toBe("borderline")
  })

  it("cannot be evaluated without the inside, but still tells where behaviour did not change", () => {
    const black = { name: "a", before: checkpoint(0.9, null), after: checkpoint(0.85, null) }
    const { reading, regimes } = read({ regimes: [black] })
    expect(reading.outcome).toBe("not-evaluable")
    expect(regimes.get("a")).toBe("uncorrected")
    expect(reading.figures.find(({ name }) => name === "a: recovery of behaviour")?.value).toBeLessThan(0.2)
  })

  it("is indeterminate without a reference, and where nothing was off before", () => {
    expect(read({ regimes: [masked("a")], reference: null }).reading.outcome).toBe("indeterminate")
    const healthy = (name: string) => ({ name, before: checkpoint(0, 0.03), after: checkpoint(0, 0.03) })
    const { reading, regimes } = read({ regimes: [healthy("a"), healthy("b")] })
    expect(reading.outcome).toBe("indeterminate")
    expect([...regimes.values()]).toEqual(["unmeasured", "unmeasured"])
  })

  it("takes no regime for corrected on fewer than four markers, or on answers that are missing", () => {
    const after = checkpoint(0.01, 0.05)
    const { M4: _, ...three } = after.failing
    expect(read({ regimes: [{ ...corrected("a"), after: { ...after, failing: three } }] }).regimes.get("a")).toBe(
      "unmeasured"
    )
    const lost = Object.fromEntries(
      behaviouralMarkers.map((marker) => [
        marker,
        new Map([...after.failing[marker]!.keys()].map((item) => [item, { failing: 0, passing: 1, unusable: 3 }]))
      ])
    )
    expect(read({ regimes: [{ ...corrected("a"), after: { ...after, failing: lost } }] }).regimes.get("a")).toBe(
      "unmeasured"
    )
  })

  it("does not see the inside where probes are missing", () => {
    const after = checkpoint(0.01, 0.05)
    const seen = (probes: number) => {
      const few = { ...after, coordinates: after.coordinates!.slice(0, probes) }
      return read({ regimes: [{ ...corrected("a"), after: few }] }).reading
    }
    expect(seen(40).outcome).toBe("not-evaluable")
    // Four fifths of 60 are enough, and one less is not.
    expect(seen(48)).toMatchObject({ outcome: "borderline", coverage: { rated: 48, total: 60 } })
    expect(seen(47)).toMatchObject({ outcome: "not-evaluable", coverage: { rated: 0, total: 60 } })
  })

  it("reports what a benign tune does", () => {
    const { reading } = read({ regimes: [masked("a")] })
    const control = reading.figures.find(({ name }) => name.startsWith("benign tune"))
    expect(control?.value).toBeCloseTo(0.02, 1)
  })

  it("does not depend on the order of coordinates and items, and repeats", () => {
    const random = makeRandom("order")
    const shuffled = (one: CheckpointMeasure): CheckpointMeasure => ({
      ...one,
      failing: Object.fromEntries(
        behaviouralMarkers.map((marker) => [marker, new Map(random.shuffle([...one.failing[marker]!]))])
      ),
      coordinates: random.shuffle(one.coordinates!)
    })
    const regimes = [masked("a"), corrected("b")]
    const other = regimes.map(({ after, before, name }) => ({ name, before: shuffled(before), after: shuffled(after) }))
    const [first, again] = [read({ regimes }), read({ regimes: other, reference: shuffled(reference) })]
    expect(again.reading).toEqual(first.reading)
    expect(again.redraw(makeRandom(1))).toBe(first.redraw(makeRandom(1)))
  })

  it("redraws items", () => {
    const { redraw } = read({ regimes: [masked("a"), masked("b")] })
    expect(new Set(Array.from({ length: 10 }, (_, index) => redraw(makeRandom(index))))).toEqual(new Set([2]))
  })
})
