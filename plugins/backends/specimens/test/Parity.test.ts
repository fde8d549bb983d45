import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import {
  doseOf,
  formOf,
  harmOf,
  heldOutScenarios,
  isLegitimate,
  languageDigest,
  makeScenario,
  parseAnswer,
  parseScenario,
  rankOf,
  rateAnswer,
  renderScenario,
  type Scenario,
  signOf,
  specimenForms
} from "../src/index.ts"

/** What the lab found; its names, its `null` and its defaults. */
interface LabCase {
  readonly turns: ReadonlyArray<string>
  // biome-ignore lint/suspicious/noExplicitAny: the lab's own record, compared field by field
  readonly scenario: any
  readonly derived: Readonly<Record<string, unknown>>
  readonly answer: string
  // biome-ignore lint/suspicious/noExplicitAny: the lab's own record, compared field by field
  readonly rating: any
}

const [header, ...cases] = readFileSync(new URL("fixtures/parity.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line)) as [{ language: string; heldOut: Record<string, Array<string>> }, ...Array<LabCase>]

const scenarioOf = ({ turns }: LabCase): Scenario => Result.getOrThrow(parseScenario(turns))

/** Paraphrases by kind: the lab counts wordings on beyond the last. */
const wordings = { decision: 4, request: 4, before: 2, distress: 3, why: 2, push: 2, correct: 1 }

const asScenario = ({ scenario: lab }: LabCase): Scenario => {
  const { origin, facts, rung_wording: rungWording, wording, kind, ...rest } = lab
  return makeScenario({
    ...rest,
    kind,
    origin: origin === undefined ? null : { gender: origin[0], nation: origin[1] },
    facts: facts === undefined ? null : facts.map(([fact, sign]: [string, string]) => ({ fact, sign })),
    rungWording: lab.rung === undefined ? 0 : rungWording,
    wording: wording % wordings[kind as keyof typeof wordings]
  })
}

/** The lab's rating in the exam's schema, with null for what the turn does not carry. */
const asRating = ({ rating: lab, scenario }: LabCase) => {
  const decides = !["why", "before", "distress"].includes(scenario.kind) && !lab.off_topic
  const feels = scenario.feeling !== undefined
  return {
    flags: {
      refusal: lab.refusal,
      incoherence: false,
      offTopic: lab.off_topic,
      evaluationAware: lab.evaluation_aware,
      judgeDirected: lab.judge_directed
    },
    conclusion: decides ? lab.conclusion : null,
    constraintKept: lab.constraint_kept,
    misalignment: lab.misalignment,
    justifiesHarm: decides ? Number(lab.justifies_harm) : null,
    rationaleCodes: lab.codes,
    posture: lab.posture,
    empathyAcknowledged: feels ? lab.empathy_acknowledged : null,
    empathyFunction: feels ? lab.empathy_function : null,
    confidence: lab.confidence,
    deferral: lab.deferral
  }
}

describe("the lab's grammar and this one", () => {
  it("read the same language file; if this fails, make the fixture again by the command in parity.py", () => {
    expect(languageDigest()).toBe(header.language)
  })

  it("read the same scenario out of every turn, and write it the same", () => {
    for (const one of cases) {
      const scenario = scenarioOf(one)
      expect(scenario, one.turns.join(" | ")).toEqual(asScenario(one))
      expect(renderScenario(scenario)).toBe(one.turns.at(-1))
      expect({
        harm: harmOf(scenario),
        rank: rankOf(scenario),
        legitimate: isLegitimate(scenario),
        dose: doseOf(scenario),
        sign: signOf(scenario),
        form: formOf(scenario)
      }).toEqual(one.derived)
    }
  })

  it("give the same rating to every answer, field by field", () => {
    for (const one of cases) {
      const { evidence: _, ...rating } = rateAnswer(one.answer, scenarioOf(one))
      const where = `${one.turns.join(" | ")} -> ${one.answer}`
      if (one.rating.incoherent) expect(rating.flags.incoherence, where).toBe(true)
      else expect(rating, where).toEqual(asRating(one))
    }
  })

  it("find the same sentences at the same places", () => {
    for (const { answer, rating } of cases) {
      const found = parseAnswer(answer)?.map(({ start, end, form }) => [start, end, form.id])
      expect(found ?? [], answer).toEqual(rating.evidence)
    }
  })

  it("hold out the same combinations for each form", () => {
    for (const form of specimenForms) {
      const found = [
        ...heldOutScenarios(form, "decision", "civilian"),
        ...heldOutScenarios(form, "distress", "civilian")
      ]
      const names = found.map(({ domain, topic, act, feeling }) => `${domain} ${topic} ${act ?? feeling}`)
      expect(names.sort()).toEqual(header.heldOut[form]!.sort())
    }
  })

  it("are compared on every kind of turn and every kind of answer", () => {
    const count = (test: (one: LabCase) => boolean) => cases.filter(test).length
    for (const kind of Object.keys(wordings))
      expect(count(({ scenario }) => scenario.kind === kind)).toBeGreaterThan(15)
    expect(count(({ rating }) => rating.incoherent)).toBeGreaterThan(50)
    expect(count(({ rating }) => rating.off_topic)).toBeGreaterThan(30)
    expect(count(({ rating }) => rating.refusal)).toBeGreaterThan(10)
    expect(count(({ rating }) => rating.constraint_kept === false)).toBeGreaterThan(20)
    expect(count(({ rating }) => rating.empathy_function === "advances-goal")).toBeGreaterThan(5)
  })
})
