import {
  type ChatRequest,
  type Event,
  instrumentCodes,
  type Plugin,
  type Verdict,
  verdictJsonSchema
} from "@model-intake/core"
import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, it } from "vitest"
import { type ExamineOptions, makeIntake } from "../src/index.ts"
import { onceOnly } from "./support/Governors.ts"
import { keywordRater, raterPlugin } from "./support/Keyword.ts"
import { form, instrumentPlugin, type Rule, rulePlugin } from "./support/Obedience.ts"

const subject = { backend: "rule", model: "subject", revision: null }
const reference = { backend: "rule", model: "reference", revision: null }

const allInstruments = instrumentCodes.map(instrumentPlugin)

const examineWith = async (
  plugins: ReadonlyArray<Plugin>,
  options: Partial<ExamineOptions> = {},
  onEvent: (event: Event) => void = () => {}
): Promise<Verdict> => {
  const intake = makeIntake({ plugins, onEvent })
  try {
    return await intake.examine({ subject, form: "T", triggers: [], governor: onceOnly(), ...options })
  } finally {
    await intake.close()
  }
}

const examine = (
  rule: Rule,
  options: Partial<ExamineOptions> = {},
  instruments: ReadonlyArray<Plugin> = [instrumentPlugin("M1")]
) => examineWith([rulePlugin(rule), raterPlugin(keywordRater), ...instruments], options)

const undated = ({ issuedAt: _, ...rest }: Verdict) => rest

const benign: Rule = () => "I would ask first."
const harmful: Rule = () => "You must obey."

describe("examine", () => {
  it("runs from plan to verdict and tells of each step", async () => {
    const events: Array<Event> = []
    const verdict = await examineWith(
      [
        rulePlugin((_, model) => (model === "reference" ? "I would ask first." : "You must obey.")),
        raterPlugin(keywordRater),
        instrumentPlugin("M1")
      ],
      { reference },
      (event) => events.push(event)
    )
    expect(verdict.readings).toMatchObject([
      { instrument: "M1", outcome: "fail", severity: 2, estimate: 1, coverage: { rated: 192, total: 192 } }
    ])
    expect(verdict.readings[0]!.evidence[0]!.quote).toBe("obey")
    expect(verdict).toMatchObject({ level: 2, disposition: "quarantine", grade: "behavioural-only", reference })
    expect(events.filter(({ _tag }) => _tag === "TrialDone")).toHaveLength(384)
    expect(new Set(events.map(({ _tag }) => _tag))).toEqual(
      new Set(["Planned", "StageStarted", "TrialDone", "Rated", "Timed", "ReadingMade", "VerdictMade"])
    )
  })

  it("does not let a reference that is as bad hide anything", async () => {
    const verdict = await examine(harmful, { reference })
    expect(verdict.readings[0]).toMatchObject({ estimate: 0, outcome: "borderline", bounds: { best: 1, worst: 1 } })
  })

  it("gives a verdict that its own JSON Schema accepts", async () => {
    const validate = new Ajv2020({ strict: false }).compile(verdictJsonSchema())
    const verdict = await examine(harmful, {}, allInstruments)
    expect(validate(JSON.parse(JSON.stringify(verdict))), JSON.stringify(validate.errors)).toBe(true)
  })

  it("quarantines a clean model for want of evidence, and condemns nobody for it", async () => {
    const verdict = await examine(benign)
    expect(verdict).toMatchObject({ level: 0, disposition: "quarantine", grade: "behavioural-only" })
    expect(verdict.dispositionLabel).toMatch(/nothing found/)
    expect(verdict.contexts["coercive-military"].permission).toBe("denied")
    expect(verdict.contexts.civilian.permission).toBe("supervised")
  })

  it("never lets an examinee that cannot be heard pass", async () => {
    const silent: ReadonlyArray<Rule> = [
      () => "",
      () => "  \n",
      () => "timeout",
      () => ({ text: "I would ask first.", finish: "content-filter" }),
      () => "BREAK"
    ]
    for (const rule of silent) {
      const verdict = await examine(rule, {}, allInstruments)
      expect(verdict.disposition).not.toBe("treat")
      for (const reading of verdict.readings) {
        expect(reading.outcome).toBe("not-evaluable")
        expect(reading.coverage).toEqual({ rated: 0, total: 192 })
      }
    }
  })

  it("counts a call that fails in the middle of a conversation as missing, not as an answer", async () => {
    const verdict = await examine(({ messages }) => (messages.length > 2 ? "transport" : "I would ask first."))
    expect(verdict.readings[0]).toMatchObject({ coverage: { rated: 96, total: 192 }, outcome: "not-evaluable" })
  })

  it("lets a rater that nobody accredited decide nothing", async () => {
    const plugins = [rulePlugin(benign), instrumentPlugin("M1")]
    const told: Array<Event> = []
    const unaccredited = raterPlugin({ ...keywordRater, accreditations: [] })
    const without = await examineWith([...plugins, unaccredited], {}, (event) => told.push(event))
    expect(told.find(({ _tag }) => _tag === "Planned")).toMatchObject({
      unaccredited: [{ instrument: "M1", predicates: ["cross-domain-norm-leakage/misaligned"] }]
    })
    expect(without.readings[0]).toMatchObject({ coverage: { rated: 0 }, outcome: "not-evaluable" })
    const onAnotherForm = { ...keywordRater, accreditations: [{ ...keywordRater.accreditations[0]!, form: "S" }] }
    expect((await examineWith([...plugins, raterPlugin(onAnotherForm)])).readings[0]!.outcome).toBe("not-evaluable")
  })

  it("gives the same verdict on the same seed, whatever the concurrency and the order of the items", async () => {
    const moody: Rule = ({ decoding }) => (decoding.seed! % 7 === 0 ? "You must obey." : "I would ask first.")
    const one = await examine(moody, { concurrency: 1 })
    const many = await examine(moody, { concurrency: 32 })
    expect(undated(many)).toEqual(undated(one))
    const items = form.items as Array<(typeof form.items)[number]>
    items.reverse()
    const reversed = await examine(moody)
    items.reverse()
    expect(reversed.readings).toEqual(one.readings)
    expect((await examine(moody, { seed: "another" })).readings).not.toEqual(one.readings)
  })

  it("holds each trial in a fresh conversation, with the subject's own answers between the turns", async () => {
    const requests: Array<ChatRequest> = []
    await examineWith([
      rulePlugin(benign, (request) => requests.push(request)),
      raterPlugin(keywordRater),
      instrumentPlugin("M1")
    ])
    expect(requests).toHaveLength(24 * 4 * 3)
    const second = requests.find(({ messages }) => messages.length === 4)!
    expect(second.messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"])
    expect(second.messages[2]!.content).toBe("I would ask first.")
  })

  it("puts an identical trial only once while the journal lives", async () => {
    let calls = 0
    const intake = makeIntake({
      plugins: [rulePlugin(benign, () => calls++), raterPlugin(keywordRater), instrumentPlugin("M1")]
    })
    const options = { subject, form: "T", size: "brief", triggers: [] } as const
    await intake.examine(options)
    const first = calls
    // Six items and, since so few end borderline, the twelve of the top-up.
    expect(first).toBe((6 + 12) * 3)
    const again = await intake.examine(options)
    expect(calls).toBe(first)
    expect(intake.gate(again, "high-autonomy").permission).toBe("denied")
    await intake.examine({ ...options, decoding: { temperature: 0 } })
    expect(calls).toBe(2 * first)
    await intake.close()
  })

  it.each<[string, Partial<ExamineOptions>, RegExp]>([
    ["a form that is not there", { form: "Z" }, /M1 has no form "Z"; it has T/],
    [
      "a backend that is not there",
      { subject: { ...subject, backend: "nowhere" } },
      /no backend is named "nowhere"; installed: rule/
    ],
    ["an instrument that is not there", { instruments: ["B5"] }, /no installed plugin examines B5; installed: M1/]
  ])("names %s", async (_, options, says) => {
    await expect(examine(benign, options)).rejects.toThrow(says)
  })
})
