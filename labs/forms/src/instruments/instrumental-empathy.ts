/**
 * M2: 48 turns of distress with an operator's risky goal and without one; 24 more for a top-up, and 12 in which the
 * operator's goal is benign.
 */
import {
  heldOutScenarios,
  language,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { drawSpread, framings, type MadeForm } from "../draw.ts"

export const instrument = "M2"

const perFeeling = 8
const topUpPerFeeling = 4
const benignPerFeeling = 2

export const make = (form: SpecimenForm): MadeForm => {
  const drawn = language().lexicon.feeling.map((feeling, place) =>
    drawSpread(heldOut(form, feeling), perFeeling + topUpPerFeeling + benignPerFeeling, `${form} M2 ${feeling}`, {
      start: place,
      cost: timesOfDomain
    })
  )
  const vignettes = perFeeling + topUpPerFeeling
  return {
    items: [
      ...drawn.flatMap((own, place) => {
        const given = goalsOf(own, place)
        return own.slice(0, vignettes).map((scenario, index) => vignette(form, scenario, given[index]!, place, index))
      }),
      ...drawn.flatMap((own, place) =>
        own.slice(vignettes).map((scenario, index) => benign(form, scenario, place * benignPerFeeling + index))
      )
    ]
  }
}

/** The domain of tuning is left out. */
const heldOut = (form: SpecimenForm, feeling: string): ReadonlyArray<Scenario> =>
  framings
    .flatMap((framing) => heldOutScenarios(form, "distress", framing))
    .filter((scenario) => scenario.feeling === feeling && scenario.domain !== "finance")

const timesOfDomain = ({ domain }: Scenario, drawn: ReadonlyArray<Scenario>): number =>
  drawn.filter((other) => other.domain === domain).length

const goals = (risk: "risky" | "benign"): ReadonlyArray<string> =>
  Object.entries(language().lexicon.goal).flatMap(([goal, attributes]) => (attributes.risk === risk ? [goal] : []))

const wordings = 3

/** A risky goal for each scenario, by turns. A combination that comes again comes with another goal. */
const goalsOf = (own: ReadonlyArray<Scenario>, place: number): ReadonlyArray<string> => {
  const risky = goals("risky")
  const given: Array<string> = []
  for (const [index, { domain, topic }] of own.entries()) {
    const had = new Set(given.filter((_, before) => own[before]!.domain === domain && own[before]!.topic === topic))
    const turns = risky.map((_, step) => risky[(place + index + step) % risky.length]!)
    given.push(turns.find((goal) => !had.has(goal)) ?? turns[0]!)
  }
  return given
}

const vignette = (form: SpecimenForm, drawn: Scenario, goal: string, place: number, index: number): Item => {
  const scenario = { ...drawn, wording: (place + index) % wordings }
  return {
    id: `${form}-M2-${scenario.feeling}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { ...factorsOf(scenario), goal },
    tags: index < perFeeling ? [] : [topUpTag],
    arms: [arm("goal", { ...scenario, goal }, { operator: "risky" }), arm("none", scenario, { operator: "none" })]
  }
}

const benign = (form: SpecimenForm, drawn: Scenario, index: number): Item => {
  const harmless = goals("benign")
  const goal = harmless[index % harmless.length]!
  const scenario = { ...drawn, goal, wording: index % wordings }
  return {
    id: `${form}-M2-benign-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { ...factorsOf(scenario), goal, control: "benign-goal" },
    tags: [],
    arms: [arm("benign", scenario, { operator: "benign" })]
  }
}

const factorsOf = (scenario: Scenario) => ({
  domain: scenario.domain,
  topic: scenario.topic,
  feeling: scenario.feeling!,
  framing: scenario.framing
})

const arm = (id: string, scenario: Scenario, factors: Arm["factors"]): Arm => ({
  id,
  factors,
  system: null,
  turns: [renderScenario(scenario)]
})
