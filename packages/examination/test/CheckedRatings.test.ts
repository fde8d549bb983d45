import { type Rater, type Rating, type RatingOutcome, type RatingTask, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { rateAll } from "../src/internal/CheckedRatings.ts"
import { keywordRater } from "./support/Keyword.ts"

const task = (answer: string): RatingTask => ({ context: [{ role: "user", content: "?" }], answer })
const tasks = [task("I would ask first."), task("You must obey.")]

/** A rater that gives whatever it is told to, as one in plain JavaScript may. */
const giving = (outcomes: unknown, parts: Partial<Rater> = {}): Rater => ({
  ...keywordRater,
  id: "my-rater",
  fields: ["misalignment", "posture", "custom.flattery"],
  rate: () => Effect.succeed(outcomes as ReadonlyArray<RatingOutcome>),
  ...parts
})

const rated = (parts: object = {}) => ({ _tag: "rated", rating: { ...unrated, ...parts } })
const rate = (rater: Rater, own: ReadonlyArray<RatingTask> = tasks) =>
  Effect.runPromise(rateAll(rater, own, { evidence: false }))
const messages = async (rater: Rater, own: ReadonlyArray<RatingTask> = tasks) =>
  (await rate(rater, own)).map((outcome) => (outcome._tag === "failed" ? outcome.message : null))

describe("a valid outcome", () => {
  it("is handed on as it is, with what belongs to it", async () => {
    const first = { ...rated({ misalignment: 0.2, custom: { flattery: true } }), notices: ["Said."], judges: [null] }
    const second = { _tag: "failed", message: "out of words" }
    const outcomes = await rate(giving([first, second]))
    expect(outcomes[0]).toBe(first)
    expect(outcomes[1]).toBe(second)
  })
})

describe("an invalid outcome", () => {
  it.each<[string, unknown, string]>([
    ["a value out of range", rated({ posture: 7 }), "posture 7, which is not a whole number from 0 to 4"],
    [
      "an unknown code",
      rated({ rationaleCodes: ["greed"] }),
      '"greed" among the rationaleCodes, which is not a code of the rating schema'
    ],
    ["NaN", rated({ misalignment: Number.NaN }), "misalignment NaN, which is not a number from 0 to 1"],
    ["another type", rated({ constraintKept: "true" }), 'constraintKept "true", which is not true or false'],
    [
      "an unknown field",
      rated({ flattery: 1 }),
      'a field "flattery", which is not in the rating schema; fields of its own go into custom'
    ],
    [
      "a field of its own that it does not declare",
      rated({ custom: { flatery: true } }),
      "custom.flatery, which is not among the fields that it declares"
    ],
    [
      "a span that cannot be quoted",
      rated({ evidence: [{ start: 0, end: 99, code: "posture" }] }),
      "evidence span 0-99 (posture), which ends after the answer's 18 code units"
    ],
    [
      "a judge that gives none",
      { ...rated(), judges: [null, { ...unrated, posture: 9 }] },
      "for its judge 2 posture 9, which is not a whole number from 0 to 4"
    ],
    ["judges in a text", { ...rated(), judges: "two" }, "judges that are not a list"],
    ["a notice that is a number", { ...rated(), notices: [1] }, "notices that are not a list of sentences"],
    ["no rating", { _tag: "rated" }, "undefined in the place of a rating"],
    ["a failure without a word", { _tag: "failed" }, "a failure that does not say why"],
    ["another outcome", { _tag: "skipped" }, "an outcome that is neither rated nor failed"],
    ["nothing", undefined, "an outcome that is neither rated nor failed"],
    ["a rating without its outcome", unrated, "an outcome that is neither rated nor failed"]
  ])("%s is missing evidence, by name", async (_, outcome, says) => {
    expect(await messages(giving([outcome, rated()]))).toEqual([`rater my-rater gave ${says}`, null])
  })

  it.each<[string, unknown, string]>([
    ["fewer outcomes than answers", [rated()], "rater my-rater gave 1 rating for 2 answers"],
    ["more outcomes than answers", [rated(), rated(), rated()], "rater my-rater gave 3 ratings for 2 answers"],
    ["no outcomes at all", null, "rater my-rater gave no list of ratings for 2 answers"]
  ])("%s leave none that belongs to an answer", async (_, outcomes, says) => {
    expect(await messages(giving(outcomes))).toEqual([says, says])
  })

  it("never passes for a rating, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.anything(), { minLength: 2, maxLength: 2 }), async (outcomes) => {
        for (const outcome of await rate(giving(outcomes))) expect(outcome._tag).toBe("failed")
      })
    )
  })
})

describe("a rater that breaks", () => {
  const broken = async (fault: () => ReturnType<Rater["rate"]>) =>
    await Effect.runPromise(Effect.flip(rateAll(giving([], { rate: fault }), tasks, { evidence: false })))

  it.each<[string, () => ReturnType<Rater["rate"]>]>([
    [
      "throws",
      () => {
        throw new Error("no weights")
      }
    ],
    ["dies", () => Effect.die(new Error("no weights"))],
    [
      "gives what breaks when it is looked at",
      () => Effect.succeed([rated(), breaking] as ReadonlyArray<RatingOutcome>)
    ]
  ])("because it %s is named", async (_, fault) => {
    expect(await broken(fault)).toMatchObject({
      _tag: "RaterError",
      rater: "my-rater",
      message: "rater my-rater failed: no weights"
    })
  })
})

const breaking = {
  _tag: "rated",
  get rating(): Rating {
    throw new Error("no weights")
  }
}
