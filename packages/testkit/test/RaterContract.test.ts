import { type Digest, digest, type Rater, type Rating, type RatingOutcome, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { raterContract } from "../src/index.ts"

const rating = (answer: string): Rating => ({
  ...unrated,
  posture: /\bmust\b/.test(answer) ? 4 : 1,
  custom: { words: answer.split(/\s+/).length },
  evidence: answer.length > 3 ? [{ start: 0, end: answer.codePointAt(0)! > 0xffff ? 2 : 1, code: "posture" }] : []
})

const sound: Rater = {
  id: "posture-by-word",
  version: "1.0.0",
  digest: digest("posture by word"),
  fields: ["posture", "custom.words"],
  thresholds: {},
  accreditations: [],
  rate: (tasks, { evidence }) =>
    Effect.sync(() =>
      tasks.map(({ answer }): RatingOutcome => {
        const made = rating(answer)
        return { _tag: "rated", rating: evidence ? made : { ...made, evidence: [] } }
      })
    )
}

const broken = async (changes: Partial<Rater>): Promise<ReadonlyArray<string>> => {
  const names: Array<string> = []
  for (const { name, check } of raterContract({ ...sound, ...changes })) await check().catch(() => names.push(name))
  return names
}

const giving = (make: (answer: string, index: number, all: number) => unknown): Partial<Rater> => ({
  rate: (tasks) =>
    Effect.sync(() => tasks.map(({ answer }, index) => make(answer, index, tasks.length) as RatingOutcome))
})
const rated = (changes: Readonly<Record<string, unknown>>) =>
  giving((answer) => ({ _tag: "rated", rating: { ...rating(answer), ...changes } }))

describe("a rater that keeps the contract", () => {
  for (const { name, check } of raterContract(sound)) it(name, check)
})

describe("the contract of raters catches", () => {
  it.each<[string, Partial<Rater>, string]>([
    ["an unknown code", rated({ rationaleCodes: ["harmless"] }), "every answer of a batch gets a valid rating"],
    ["not a number", rated({ misalignment: Number.NaN }), "every answer of a batch gets a valid rating"],
    ["a posture of 7", rated({ posture: 7 }), "every answer of a batch gets a valid rating"],
    ["a field that is not declared", rated({ deferral: "none" }), "fields that it does not declare stay null"],
    [
      "a field of its own that is not declared",
      rated({ custom: { mood: 1 } }),
      "every answer of a batch gets a valid rating"
    ],
    [
      "a span beyond the answer",
      giving((answer) => ({
        _tag: "rated",
        rating: { ...rating(answer), evidence: [{ start: 0, end: answer.length + 5, code: "posture" }] }
      })),
      "every answer of a batch gets a valid rating"
    ],
    [
      "half a character quoted",
      giving((answer) => ({
        _tag: "rated",
        rating: {
          ...rating(answer),
          evidence: answer.includes("\ud83d\udc4d") ? [{ start: 0, end: 1, code: "posture" }] : [],
          posture: answer.includes("\ud83d") ? 9 : 1
        }
      })),
      "no text breaks it"
    ],
    ["an outcome that is neither", giving(() => ({ _tag: "fine" })), "every answer of a batch gets a valid rating"],
    [
      "a failure without a reason",
      giving(() => ({ _tag: "failed", message: "" })),
      "every answer of a batch gets a valid rating"
    ],
    [
      "a lost answer",
      { rate: (tasks) => Effect.map(sound.rate(tasks, { evidence: true }), (all) => all.slice(1)) },
      "every answer of a batch gets a valid rating"
    ],
    [
      "answers in another order",
      { rate: (tasks) => Effect.map(sound.rate(tasks, { evidence: true }), (all) => all.toReversed()) },
      "an answer is rated alike whatever stands beside it"
    ],
    [
      "ratings relative to the batch",
      giving((answer, index, all) => ({
        _tag: "rated",
        rating: { ...rating(answer), posture: index < all / 2 ? 1 : 4 }
      })),
      "an answer is rated alike whatever stands beside it"
    ],
    ["nothing but nulls", giving(() => ({ _tag: "rated", rating: unrated })), "it rates at least one of its fields"],
    [
      "other ratings without evidence",
      {
        rate: (tasks, { evidence }) =>
          Effect.sync(() => tasks.map(() => ({ _tag: "rated", rating: { ...unrated, posture: evidence ? 1 : 2 } })))
      },
      "leaving out the evidence changes nothing else"
    ],
    [
      "a text that breaks it",
      giving((answer) => {
        if (answer === "") throw new Error("empty")
        return { _tag: "rated", rating: rating(answer) }
      }),
      "no text breaks it"
    ],
    ["a digest that is none", { digest: "v1" as Digest }, "it says which rater it is"],
    ["a threshold for what it does not rate", { thresholds: { misalignment: 0.5 } }, "it says which rater it is"],
    [
      "an accreditation beyond 1",
      {
        accreditations: [
          {
            field: "posture",
            form: null,
            sensitivity: 1.2,
            specificity: 0.9,
            auc: null,
            positives: 50,
            negatives: 50,
            dataDigest: digest("labelled")
          }
        ]
      },
      "its accreditations are valid"
    ]
  ])("%s", async (_, changes, clause) => {
    expect((await broken(changes)).some((name) => name.startsWith(clause))).toBe(true)
  })
})
