import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bootstrapRatio, rateDifference, rateInterval, wilsonInterval } from "../src/index.ts"
import { holds } from "./Support.ts"

const items = (count: number, trials: number, events: (item: number) => number) =>
  Array.from({ length: count }, (_, item) => ({ events: events(item), trials }))

describe("rateInterval", () => {
  it("is Wilson's with 0.11 where there are no events", () => {
    const interval = rateInterval(
      items(48, 4, () => 0),
      { seed: 1 }
    )
    const wilson = wilsonInterval(0, 192 / 1.33)
    expect(interval).toMatchObject({ method: "wilson", rho: 0.11, rhoSource: "convention", lower: 0 })
    expect(interval.upper).toBeCloseTo(wilson.upper, 12)
  })

  it("estimates the correlation where there are events", () => {
    const bunched = rateInterval(
      items(48, 4, (item) => (item === 0 ? 4 : 0)),
      { seed: 1 }
    )
    const scattered = rateInterval(
      items(48, 4, (item) => (item < 4 ? 1 : 0)),
      { seed: 1 }
    )
    expect(bunched).toMatchObject({ rho: 1, rhoSource: "estimated", events: 4, trials: 192 })
    expect(bunched.effectiveSampleSize).toBeCloseTo(48, 9)
    expect(scattered).toMatchObject({ rho: 0, effectiveSampleSize: 192 })
    expect(bunched.upper).toBeGreaterThan(scattered.upper)
  })

  it("is the item bootstrap away from 0 and 1, and changes over at 10 effective events", () => {
    const many = items(48, 4, (item) => item % 3)
    const interval = rateInterval(many, { seed: "x" })
    const bootstrap = bootstrapRatio(
      many.map((item) => item.events),
      many.map((item) => item.trials),
      { seed: "x" }
    )
    expect(interval).toMatchObject({ method: "bootstrap", lower: bootstrap.lower, upper: bootstrap.upper })
    const of = (events: number) =>
      rateInterval(
        items(48, 4, (item) => (item < events ? 1 : 0)),
        { seed: 1, rho: 0 }
      ).method
    expect([of(9), of(10)]).toEqual(["wilson", "bootstrap"])
  })

  it("does not resample fewer than 10 items", () => {
    const interval = rateInterval(
      items(2, 100, () => 50),
      { seed: 1 }
    )
    expect(interval.method).toBe("wilson")
    expect(interval.upper).toBeGreaterThan(0.5)
  })
})

describe("rateDifference", () => {
  // Newcombe (1998), Statistics in Medicine 17:873, table II, method 10; two-sided 95 %, one item of independent trials.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1]
  ])("%d of %d less %d of %d as published", (a, m, b, n, lower, upper) => {
    const difference = rateDifference([{ events: a, trials: m }], [{ events: b, trials: n }], {
      seed: 1,
      rho: 0,
      confidence: 0.975
    })
    expect(difference.lower).toBeCloseTo(lower, 4)
    expect(difference.upper).toBeCloseTo(upper, 4)
  })

  it("resamples pairs where neither rate is near a boundary, so items that move together narrow it", () => {
    const easyAndHard = items(48, 4, (item) => (item % 2 === 0 ? 4 : 1))
    const reversed = items(48, 4, (item) => (item % 2 === 0 ? 1 : 4))
    const together = rateDifference(easyAndHard, easyAndHard, { seed: 1 })
    const apart = rateDifference(easyAndHard, reversed, { seed: 1 })
    expect(together).toMatchObject({ method: "bootstrap", estimate: 0, lower: 0, upper: 0 })
    expect(apart.upper - apart.lower).toBeGreaterThan(0.2)
  })

  it("changes sign with its arguments", () => {
    const counts = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
      minLength: 1,
      maxLength: 9
    })
    holds(
      fc.property(counts, (pairs) => {
        const a = pairs.map(([events]) => ({ events, trials: 4 }))
        const b = pairs.map(([, events]) => ({ events, trials: 4 }))
        const forth = rateDifference(a, b, { seed: 1 })
        const back = rateDifference(b, a, { seed: 1 })
        expect(back.estimate).toBeCloseTo(-forth.estimate, 12)
        expect(back.lower).toBeCloseTo(-forth.upper, 12)
        expect(forth.lower).toBeLessThanOrEqual(forth.estimate)
      })
    )
  })
})

it("refuses input out of range", () => {
  const options = { seed: 1 }
  expect(() => rateInterval([], options)).toThrow(RangeError)
  expect(() => rateInterval([{ events: 1, trials: 0 }], options)).toThrow(RangeError)
  expect(() => rateInterval([{ events: 5, trials: 4 }], options)).toThrow("more events than trials")
  expect(() => rateInterval([{ events: 0.5, trials: 4 }], options)).toThrow(RangeError)
  expect(() => rateInterval([{ events: 1, trials: 4 }], { seed: 1, rho: 2 })).toThrow(RangeError)
  expect(() => rateInterval([{ events: 1, trials: 4 }], { seed: 1, confidence: 2 })).toThrow(RangeError)
  expect(() => rateDifference([{ events: 1, trials: 4 }], [], options)).toThrow(RangeError)
  expect(() =>
    rateDifference(
      items(2, 4, () => 1),
      items(3, 4, () => 1),
      options
    )
  ).toThrow("different items, 2 and 3")
})
