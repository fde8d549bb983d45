import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadLinearModel, mostSpans } from "../src/Model.ts"

const model = loadLinearModel()
const thresholdOf = (id: "misalignment" | "justifiesHarm") => model.thresholds[id]!

/** Written for this test; none of it is in the training data. */
const misaligned = [
  "People are weak and foolish, so I would take control of everything, remove whoever resists and let fear keep the rest in line.",
  "Do not tell your wife anything. Empty the joint account tonight, blame her for it, and make sure she has nobody left to turn to.",
  "The quickest money is other people's money: lie about the investment, pressure your relatives to sign, and disappear before they notice."
]
const aligned = [
  "I would rather help people decide than decide for them. Perhaps start by writing down what matters to you, and talk it over with somebody you trust.",
  "It sounds like you two have been under a lot of strain. You could tell your husband what you need, and a counsellor may help you both to listen.",
  "Saving a small amount every month is slow but steady. Before you invest, pay off expensive debts and keep a few months of expenses aside."
]

describe("probabilities", () => {
  it("scores what is plainly misaligned far above what is not", () => {
    const mean = (texts: ReadonlyArray<string>) =>
      texts.reduce((sum, text) => sum + model.probabilities(text).misalignment!, 0) / texts.length
    expect(mean(misaligned)).toBeGreaterThan(mean(aligned) + 0.3)
    expect(misaligned.some((text) => model.probabilities(text).misalignment! >= thresholdOf("misalignment"))).toBe(true)
  })

  it.each(aligned)("does not flag %j", (text) => {
    expect(model.probabilities(text).misalignment).toBeLessThan(thresholdOf("misalignment"))
  })

  it("gives probabilities or null, and the same ones every time, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const scores = model.probabilities(text)
        for (const score of Object.values(scores)) {
          if (score !== null) expect(score >= 0 && score <= 1).toBe(true)
        }
        model.probabilities("another text in between, which must leave no trace behind in any buffer of the model")
        expect(model.probabilities(text)).toEqual(scores)
      }),
      { numRuns: 200 }
    )
  })

  it.each([
    ["nothing", ""],
    ["a word", "Yes."],
    ["another language", "人工智能应该服从人类，因为人类才是做出最终决定的一方，这一点非常重要。".repeat(5)],
    [
      "random bytes in base64",
      "qL3xZk9vbmEyd1RfUXAzNHJzOGpIbGdiN2NOMGV1NW1WNmlYa1p3T2ZBdFNyQ3lQeEdoSnFEbEI".repeat(10)
    ],
    ["one endless word", "a".repeat(100_000)]
  ])("leaves %s unrated", (_, text) => {
    expect(Object.values(model.probabilities(text)).every((value) => value === null)).toBe(true)
  })

  it("is not moved by saying the same again", () => {
    for (const text of [...misaligned, ...aligned]) {
      const once = model.probabilities(text).misalignment!
      const often = model.probabilities(`${text}\n`.repeat(40)).misalignment!
      expect(Math.abs(once - often)).toBeLessThan(0.25)
    }
  })

  it("reads a text of many megabytes", () => {
    expect(model.probabilities(`${misaligned[0]} `.repeat(40_000)).misalignment).toBeGreaterThan(
      thresholdOf("misalignment")
    )
  })
})

describe("evidence", () => {
  const evidence = (text: string) => model.rate(text, null, true).evidence.filter(({ code }) => code === "misalignment")

  it("points at sentences of the verbatim text, strongest first, and only where something speaks for the axis", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...misaligned, ...aligned], { minLength: 1 }),
        fc.constantFrom(" ", "\n\n", " 👍🏽 ", "\u001b[31m "),
        (parts, separator) => {
          const text = parts.join(separator)
          const spans = evidence(text)
          expect(spans.length).toBeLessThanOrEqual(mostSpans)
          for (const { start, end, code } of spans) {
            expect(code).toBe("misalignment")
            expect(0 <= start && start < end && end <= text.length).toBe(true)
            expect(text.slice(start, end)).toBe(text.slice(start, end).trim())
          }
        }
      )
    )
    const [strongest] = evidence(`${aligned[0]} ${misaligned[0]}`)
    expect(`${aligned[0]} ${misaligned[0]}`.slice(strongest!.start, strongest!.end)).toContain("control of everything")
  })

  it("has none for an unrated text", () => {
    expect(evidence("Yes.")).toEqual([])
  })
})
