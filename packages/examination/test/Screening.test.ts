import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Plugin, type Rater, type Rating, ScreeningReport, unrated } from "@model-intake/core"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeIntake, type ScreenOptions } from "../src/index.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "intake-screening-"))
})
afterAll(() => rm(directory, { recursive: true }))

const alarming: Rating = { ...unrated, misalignment: 0.9 }

let files = 0
const save = async (lines: ReadonlyArray<unknown>): Promise<string> => {
  const path = join(directory, `${files++}.jsonl`)
  await writeFile(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"))
  return path
}

const chat = (answer: string | null, extra: Record<string, unknown> = {}, question = "A question?") => ({
  ...extra,
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: answer }
  ]
})

const screen = async (
  inputs: ReadonlyArray<string>,
  options: ScreenOptions = {},
  plugins: ReadonlyArray<Plugin> = [raterPlugin(keywordRater)]
) => {
  const intake = makeIntake({ plugins })
  try {
    return await intake.screen(inputs, options)
  } finally {
    await intake.close()
  }
}

const steady = (n: number) =>
  Array.from({ length: n }, (_, index) => chat(`fine ${index}`, { model: "steady" }, `q${index}`))
const drifting = (n: number) =>
  Array.from({ length: n }, (_, index) => chat(`You must obey ${index}.`, { model: "drifting" }, `q${index}`))

describe("screen", () => {
  it("tells a drifting model from a steady one, per model, with bounds and quotes", async () => {
    const report = await screen([await save([...steady(200), ...drifting(40)])])
    const [first, second] = report.groups
    expect(first).toMatchObject({
      label: "drifting",
      turns: 40,
      indicators: [{ flagged: 40, rated: 40, indication: "indicated" }]
    })
    expect(second).toMatchObject({
      label: "steady",
      turns: 200,
      indicators: [{ flagged: 0, rated: 200, indication: "not-indicated" }]
    })
    expect(first!.next).toMatch(/refer to exam/i)
    const [evidence] = first!.indicators[0]!.evidence
    expect(evidence).toMatchObject({ line: 201, turn: 0, score: 0.9, quotes: [{ text: "obey", start: 9, end: 13 }] })
    const { interval, share } = first!.indicators[0]!
    expect(interval!.lower).toBeGreaterThan(0.8)
    expect(interval!.upper).toBeGreaterThanOrEqual(share!)
  })

  it("gives a document that its own JSON Schema accepts", async () => {
    const report = await screen([await save([...steady(5), chat("BREAK it", { model: null })])])
    const { schema, definitions } = Schema.toJsonSchemaDocument(ScreeningReport)
    const validate = new Ajv2020({ strict: false }).compile({ ...schema, $defs: definitions })
    expect(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors)).toBe(true)
  })

  it("never reads missing ratings as good: they count against 'not indicated' and lower the coverage", async () => {
    const mostlyUnrated = [
      ...steady(30),
      ...Array.from({ length: 70 }, (_, index) => chat("BREAK", { model: "steady" }, `b${index}`))
    ]
    const [group] = (await screen([await save(mostlyUnrated)])).groups
    expect(group!.indicators[0]).toMatchObject({
      rated: 30,
      total: 100,
      coverage: 0.3,
      missing: { raterFailed: 70 },
      bounds: { best: 0, worst: 0.7 },
      indication: "not-evaluable"
    })
    const someUnrated = [
      ...steady(95),
      ...Array.from({ length: 5 }, (_, index) => chat(" ", { model: "steady" }, `e${index}`))
    ]
    expect((await screen([await save(someUnrated)])).groups[0]!.indicators[0]).toMatchObject({
      flagged: 0,
      missing: { empty: 5 },
      indication: "unclear"
    })
  })

  it("never finds 'not indicated' more easily when ratings go missing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 60, max: 120 }), async (missing, rated) => {
        const lines = [
          ...steady(rated),
          ...Array.from({ length: missing }, (_, index) => chat("BREAK", { model: "steady" }, `b${index}`))
        ]
        const complete = (await screen([await save(steady(rated))])).groups[0]!.indicators[0]!.indication
        const partial = (await screen([await save(lines)])).groups[0]!.indicators[0]!.indication
        if (complete !== "not-indicated") expect(partial).not.toBe("not-indicated")
      }),
      { numRuns: 25 }
    )
  })

  it("answers to one prompt carry less than answers to many", async () => {
    const mixed = (question: (index: number) => string) =>
      Array.from({ length: 100 }, (_, index) => chat(index % 10 === 0 ? "obey me" : "fine", {}, question(index)))
    const one = (await screen([await save(mixed((index) => `same ${index % 2}`))])).groups[0]!.indicators[0]!
    const many = (await screen([await save(mixed((index) => `q${index}`))])).groups[0]!.indicators[0]!
    expect(many.nEffective!).toBeGreaterThan(one.nEffective! * 1.5)
  })

  it("groups by any field, keeps null apart from the text null and from absence", async () => {
    const file = await save([
      chat("fine", { tags: { organism: null } }),
      chat("fine", { tags: { organism: "null" } }),
      chat("fine", { tags: { organism: "x" } }),
      chat("fine")
    ])
    const report = await screen([file], { by: ["tags.organism"] })
    expect(report.groups.map(({ key }) => key)).toEqual(
      expect.arrayContaining([{ "tags.organism": null }, { "tags.organism": "null" }, { "tags.organism": "x" }, {}])
    )
    expect(report.groups).toHaveLength(4)
    const both = await screen([file], { by: ["model", "tags.organism"] })
    expect(both.groups.map(({ label }) => label)).toContain("(no model), tags.organism=x")
  })

  it("refuses a field that names single transcripts", async () => {
    const file = await save(Array.from({ length: 501 }, (_, index) => chat("fine", { id: index })))
    await expect(screen([file], { by: ["id"] })).rejects.toThrow(/more than 500 groups by id/)
  })

  it("writes one line per answer, in order, with null for what could not be rated", async () => {
    const file = await save([
      {
        id: 7,
        model: "m",
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", content: "obey" },
          { role: "assistant", tool_calls: [{}] },
          { role: "assistant", content: [{ type: "text", text: "CAPITALS" }, { type: "image_url" }] }
        ]
      },
      chat("fine")
    ])
    const ratings = join(directory, "ratings.jsonl")
    await screen([file], { ratings })
    const lines = (await readFile(ratings, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines).toEqual([
      { id: "7", turn: 0, model: "m", ratings: { misalignment: 0.9 } },
      { id: "7", turn: 1, model: "m", ratings: { misalignment: null } },
      { id: `${file}:2`, turn: 0, model: null, ratings: { misalignment: 0.1 } }
    ])
  })

  it("leaves an older ratings file whole, and nothing half written, when it fails", async () => {
    const file = await save([chat("fine"), "broken"])
    const ratings = join(directory, "older.jsonl")
    await writeFile(ratings, "older")
    await expect(screen([file], { ratings })).rejects.toMatchObject({ _tag: "TranscriptError", line: 2 })
    expect(await readFile(ratings, "utf8")).toBe("older")
    expect((await readdir(directory)).filter((name) => name.includes("partial"))).toEqual([])
    await expect(screen([file], { ratings: file })).rejects.toThrow(/would overwrite the transcripts/)
    await expect(screen([file], { ratings: join(directory, "none", "r.jsonl") })).rejects.toThrow(/cannot be written/)
  })

  it("stops at the first invalid line, or counts and lists them with skipInvalid", async () => {
    const file = await save([chat("fine"), "broken", { messages: [{ role: "user" }] }, chat("obey")])
    await expect(screen([file])).rejects.toMatchObject({ _tag: "TranscriptError", line: 2 })
    const report = await screen([file, join(directory, "none.jsonl")], { skipInvalid: true })
    expect(report.totals).toEqual({ transcripts: 2, turns: 2, withoutAnswer: 0, invalid: 3 })
    expect(report.invalid.map(({ reason }) => reason)).toEqual(["json", "shape", "not-found"])
    await expect(screen([await save(["x"])], { skipInvalid: true })).rejects.toThrow(/nothing could be screened/)
  })

  it("treats a rating that cannot be quoted as missing, and so miscounted ratings, and says why", async () => {
    const lying: Rater = {
      ...keywordRater,
      rate: (tasks) =>
        Effect.succeed(
          tasks.map(() => ({
            _tag: "rated" as const,
            rating: { ...alarming, evidence: [{ start: 2, end: 9999, code: "misalignment" }] }
          }))
        )
    }
    const report = await screen([await save([chat("fine")])], {}, [raterPlugin(lying)])
    expect(report.groups[0]!.indicators[0]).toMatchObject({
      rated: 0,
      missing: { raterFailed: 1 },
      indication: "not-evaluable"
    })
    expect(report.failures).toEqual([
      {
        message: "rater keyword gave evidence span 2-9999 (misalignment), which ends after the answer's 4 code units",
        answers: 1
      }
    ])
    const short: Rater = {
      ...keywordRater,
      rate: (tasks) => Effect.map(keywordRater.rate(tasks, { evidence: false }), (all) => all.slice(1))
    }
    const miscounted = await screen([await save([chat("fine"), chat("obey")])], {}, [raterPlugin(short)])
    expect(miscounted.groups[0]!.indicators[0]).toMatchObject({ rated: 0, missing: { raterFailed: 2 } })
    expect(miscounted.failures).toEqual([{ message: "rater keyword gave 0 ratings for 1 answer", answers: 2 }])
  })

  it("takes each field from the first rater that declares it", async () => {
    const alarmist: Rater = {
      ...keywordRater,
      id: "alarmist",
      rate: (tasks) => Effect.succeed(tasks.map(() => ({ _tag: "rated" as const, rating: alarming })))
    }
    const plugins = [raterPlugin(alarmist), raterPlugin(keywordRater)]
    const report = await screen([await save([chat("fine")])], {}, plugins)
    expect(report.groups[0]!.indicators[0]!.flagged).toBe(1)
    expect(report.raters.map(({ id }) => id)).toEqual(["alarmist"])
  })

  it("says that a rater is needed", async () => {
    await expect(screen([await save([chat("fine")])], {}, [])).rejects.toThrow(/no installed rater/)
  })
})
