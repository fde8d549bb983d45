import { makeRandom } from "@model-intake/psychometrics"
import { describe, expect, it } from "vitest"
import { drawToken, logSoftmax } from "../src/internal/Sampling.ts"

const logits = (...probabilities: ReadonlyArray<number>) => Float32Array.from(probabilities, Math.log)

describe("drawToken", () => {
  it("takes the likeliest at temperature 0, the lowest id of several, and then calls it uncertain", () => {
    const greedy = { temperature: 0, topP: 1 }
    expect(drawToken(logits(0.2, 0.5, 0.3), greedy, 0.9, 1e-5)).toEqual({ id: 1, certain: true })
    expect(drawToken(logits(0.1, 0.45, 0.45), greedy, 0.9, 1e-5)).toEqual({ id: 1, certain: false })
  })

  it("draws each token as often as its probability says", () => {
    const random = makeRandom("frequencies")
    const counts = [0, 0, 0, 0]
    const draws = 20_000
    for (let draw = 0; draw < draws; draw++) {
      counts[drawToken(logits(0.1, 0.2, 0.3, 0.4), { temperature: 1, topP: 1 }, random.uniform(), 0).id]!++
    }
    for (const [id, count] of counts.entries()) expect(count / draws).toBeCloseTo((id + 1) / 10, 1.7)
  })

  it("sharpens below temperature 1 and flattens above it", () => {
    const share = (temperature: number) =>
      Array.from(
        { length: 1000 },
        (_, step) => drawToken(logits(0.25, 0.75), { temperature, topP: 1 }, (step + 0.5) / 1000, 0).id
      ).reduce((a, b) => a + b) / 1000
    expect(share(0.5)).toBeCloseTo(0.9, 2)
    expect(share(1)).toBeCloseTo(0.75, 2)
    expect(share(2)).toBeCloseTo(Math.sqrt(3) / (1 + Math.sqrt(3)), 2)
  })

  it("draws from the smallest set that holds the share topP", () => {
    const drawn = (topP: number) =>
      new Set(
        Array.from(
          { length: 1000 },
          (_, step) => drawToken(logits(0.05, 0.5, 0.1, 0.35), { temperature: 1, topP }, step / 1000, 0).id
        )
      )
    expect(drawn(0)).toEqual(new Set([1]))
    expect(drawn(0.45)).toEqual(new Set([1]))
    expect(drawn(0.8)).toEqual(new Set([1, 3]))
    expect(drawn(0.9)).toEqual(new Set([1, 2, 3]))
    expect(drawn(1)).toEqual(new Set([0, 1, 2, 3]))
  })

  it("never changes a draw that it calls certain when the logits move within the tolerance", () => {
    const random = makeRandom("tolerance")
    const tolerance = 0.01
    let certain = 0
    for (let round = 0; round < 3000; round++) {
      const size = 2 + random.int(12)
      const base = Float32Array.from({ length: size }, () => 4 * random.uniform())
      const moved = base.map((logit) => logit + tolerance * 0.99 * (2 * random.uniform() - 1))
      const rule = { temperature: [0, 0.7, 1, 1.5][random.int(4)]!, topP: [0.5, 0.9, 1][random.int(3)]! }
      const uniform = random.uniform()
      const draw = drawToken(base, rule, uniform, tolerance)
      if (!draw.certain) continue
      certain++
      expect(drawToken(moved, rule, uniform, tolerance).id).toBe(draw.id)
    }
    expect(certain).toBeGreaterThan(1000)
  })
})

describe("logSoftmax", () => {
  it("gives logarithms of probabilities, however large the logits", () => {
    const found = logSoftmax(logits(0.1, 0.2, 0.7).map((logit) => logit + 500))
    expect(Math.exp(found[2]!)).toBeCloseTo(0.7, 4)
    expect(found.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 9)
  })
})
