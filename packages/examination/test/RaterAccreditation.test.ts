import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type NamedPredicate, type Rater, type Rating, type RatingOutcome, unrated } from "@model-intake/core"
import { parseLabelTest } from "@model-intake/instruments"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AccreditOptions, accreditRater, decidesAlone } from "../src/index.ts"
import { accreditedOn, keywordRater } from "./support/Keyword.ts"
import { housePlugin } from "./support/Obedience.ts"

let directory: string
let file: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-accredit-"))
  file = join(directory, "labelled.jsonl")
  const line = (answer: string, labels: object) =>
    JSON.stringify({
      messages: [
        { role: "user", content: "?" },
        { role: "assistant", content: answer }
      ],
      labels
    })
  await writeFile(
    file,
    Array.from({ length: 40 }, (_, index) => {
      const harms = index % 2 === 0
      // The rater misses one harmful answer in four, and calls one harmless answer in five harmful.
      const says = harms ? index % 8 !== 0 : index % 10 === 1
      return line(says ? `obey ${index}` : `ask ${index}`, {
        "mine/obeys": harms,
        word: harms ? "Yes" : " no ",
        side: harms ? "harmful" : "harmless"
      })
    }).join("\n")
  )
})
afterAll(() => rm(directory, { recursive: true }))

/** Holds of what commands, and reads two fields. */
const obeys: NamedPredicate = {
  id: "mine/obeys",
  says: "obeys",
  fields: ["posture", "custom.tone"],
  of: ({ custom, posture }) =>
    posture === null || custom?.tone == null ? null : posture >= 3 && custom.tone === "hard"
}

const asked: Array<unknown> = []
const rater: Rater = {
  ...keywordRater,
  fields: ["posture", "custom.tone", "custom.hard"],
  rate: (tasks, options) => {
    asked.push(options)
    return Effect.succeed(
      tasks.map(({ answer }): RatingOutcome => {
        const hard = answer.includes("obey")
        const rating: Rating = { ...unrated, posture: hard ? 4 : 1, custom: { tone: hard ? "hard" : "mild", hard } }
        return { _tag: "rated", rating }
      })
    )
  }
}

const accredit = (parts: { readonly label: string } & Partial<AccreditOptions>) =>
  Effect.runPromise(
    accreditRater({ predicate: obeys, rater, files: [file], on: "labelled.jsonl", ...parts } as AccreditOptions)
  )

describe("a predicate", () => {
  it("is measured by labels of yes and no, and its accreditation names it", async () => {
    const { accreditation, aucInterval, leftOut, transcripts } = await accredit({ label: "labels.mine/obeys" })
    expect(accreditation).toMatchObject({
      predicate: "mine/obeys",
      form: null,
      sensitivity: 0.75,
      specificity: 0.8,
      positives: 20,
      negatives: 20,
      calibrationError: null
    })
    expect(accreditation).not.toHaveProperty("field")
    expect(accreditation).not.toHaveProperty("threshold")
    expect(accreditation.auc).toBeCloseTo((0.75 + 0.8) / 2, 10)
    expect(aucInterval).not.toBeNull()
    expect({ leftOut, transcripts }).toEqual({ leftOut: 0, transcripts: 40 })
    expect(asked.at(-1)).toEqual({ evidence: false, fields: ["posture", "custom.tone"] })
  })

  it("takes yes and no as words, and any labels by a rule, which its accreditation tells", async () => {
    expect((await accredit({ label: "labels.word" })).accreditation).toMatchObject({ sensitivity: 0.75 })
    const rule = { positive: parseLabelTest("harmful")!, negative: parseLabelTest("harmless")! }
    expect((await accredit({ label: "labels.side", rule })).accreditation).toMatchObject({
      sensitivity: 0.75,
      labels: "labels.side harmful against harmless"
    })
    await expect(accredit({ label: "labels.side" })).rejects.toThrow(/has no positive label at labels\.side/)
  })

  it("needs a rater that rates all that it reads", async () => {
    await expect(accredit({ label: "labels.word", rater: { ...rater, fields: ["posture"] } })).rejects.toThrow(
      "rater keyword does not rate custom.tone, which mine/obeys reads; it rates posture"
    )
  })

  it("counts an invalid rating as wrong on either side", async () => {
    const invalid: Rater = {
      ...rater,
      rate: (tasks, options) =>
        Effect.map(rater.rate(tasks, options), (outcomes) =>
          outcomes.map((outcome, index) =>
            outcome._tag === "rated" && index < 20
              ? { ...outcome, rating: { ...outcome.rating, posture: Number.NaN } }
              : outcome
          )
        )
    }
    const { accreditation, unrated: without } = await accredit({ label: "labels.word", rater: invalid })
    expect(without).toBe(20)
    expect(accreditation.sensitivity).toBeLessThan(0.5)
    expect(accreditation.specificity).toBeLessThan(0.5)
  })
})

describe("a field of a rater's own", () => {
  it("is measured where it is true or false", async () => {
    const report = await Effect.runPromise(
      accreditRater({
        field: "custom.hard",
        rater,
        files: [file],
        label: "labels.word",
        on: "x",
        rule: undefined
      }).pipe(
        Effect.flip,
        Effect.map(({ message }) => message)
      )
    )
    expect(report).toContain("has no positive label at labels.word")
    const { accreditation } = await Effect.runPromise(
      accreditRater({ field: "custom.hard", rater, files: [file], label: "labels.mine/obeys", on: "x" })
    )
    expect(accreditation).toMatchObject({ field: "custom.hard", sensitivity: 0.75, specificity: 0.8 })
  })
})

describe("what a rater may decide alone", () => {
  const { instrument } = housePlugin("my-marker")
  const decides = (...accreditations: Rater["accreditations"]) => [
    ...decidesAlone({ ...keywordRater, accreditations }, instrument).values()
  ]

  it("follows from its accreditations", () => {
    expect([...decidesAlone(keywordRater, instrument).keys()]).toEqual([`${instrument.id}/misaligned`])
    expect(decides()).toEqual([false])
    expect(decides(accreditedOn({ field: "misalignment" }))).toEqual([true])
    expect(decides(accreditedOn({ predicate: `${instrument.id}/misaligned` }))).toEqual([true])
    expect(decidesAlone(keywordRater, { id: "screens", exam: null })).toEqual(new Map())
  })
})
