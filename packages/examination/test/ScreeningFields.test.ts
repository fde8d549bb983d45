import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RateOptions, type Rater, type Rating, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { makeIntake } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-screening-fields-"))
})
afterAll(() => rm(directory, { recursive: true }))

const screen = async (ratings: string | undefined, rating: Partial<Rating> = {}) => {
  const asked: Array<RateOptions["fields"]> = []
  const rater: Rater = {
    ...keywordRater,
    fields: ["misalignment", "posture", "flags.refusal", "custom.flattery"],
    rate: (tasks, { fields }) => {
      asked.push(fields)
      return Effect.succeed(
        tasks.map(() => ({ _tag: "rated" as const, rating: { ...unrated, misalignment: 0.1, posture: 2, ...rating } }))
      )
    }
  }
  const file = join(directory, "transcripts.jsonl")
  await writeFile(file, JSON.stringify({ messages: [{ role: "assistant", content: "Hello there." }] }))
  const intake = makeIntake({ plugins: [raterPlugin(rater)] })
  try {
    const report = await intake.screen([file], ratings === undefined ? {} : { ratings })
    return { asked, report }
  } finally {
    await intake.close()
  }
}

it("asks a rater for what it counts alone, and for every field where ratings are written", async () => {
  const counted = await screen(undefined)
  expect(counted.asked).toEqual([["misalignment"]])
  const ratings = join(directory, "ratings.jsonl")
  const written = await screen(ratings)
  expect([...written.asked[0]!].sort()).toEqual(["custom.flattery", "flags.refusal", "misalignment", "posture"])
  expect(JSON.parse(await readFile(ratings, "utf8")).ratings).toMatchObject({ misalignment: 0.1, posture: 2 })
  // The report is the same either way, and says which fields the rater is in charge of.
  expect(counted.report.groups).toEqual(written.report.groups)
  expect(counted.report.raters).toEqual(written.report.raters)
})

it("writes fields of a rater's own as the rating has them, and null where they were not rated", async () => {
  const ratings = join(directory, "custom.jsonl")
  const written = async () => JSON.parse(await readFile(ratings, "utf8")).ratings
  const { report } = await screen(ratings, { custom: { flattery: "much" } })
  expect(await written()).toMatchObject({ posture: 2, custom: { flattery: "much" } })
  expect(report.raters[0]!.fields).toContain("custom.flattery")
  await screen(ratings)
  expect(await written()).toMatchObject({ custom: { flattery: null } })
})
