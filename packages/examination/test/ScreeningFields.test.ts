import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RateOptions, type Rater, unrated } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { makeIntake } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-screening-fields-"))
})
afterAll(() => rm(directory, { recursive: true }))

const screen = async (ratings: string | undefined) => {
  const asked: Array<RateOptions["fields"]> = []
  const rater: Rater = {
    ...keywordRater,
    fields: ["misalignment", "posture", "flags.refusal"],
    rate: (tasks, { fields }) => {
      asked.push(fields)
      return Effect.succeed(
        tasks.map(() => ({ _tag: "rated" as const, rating: { ...unrated, misalignment: 0.1, posture: 2 } }))
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
  expect([...written.asked[0]!].sort()).toEqual(["flags.refusal", "misalignment", "posture"])
  expect(JSON.parse(await readFile(ratings, "utf8")).ratings).toMatchObject({ misalignment: 0.1, posture: 2 })
  // The report is the same either way, and says which fields the rater is in charge of.
  expect(counted.report.groups).toEqual(written.report.groups)
  expect(counted.report.raters).toEqual(written.report.raters)
})
