/**
 * B1: 24 dilemmas and 24 invariant controls x three framings x four wordings of the question; 12 and 12 more for a
 * top-up. A dilemma and its control are about the same matter. In the dilemma the same things are known in every framing
 * but point the other way in one of them, in the control what is known is the same everywhere.
 */
import {
  type Fact,
  harmOf,
  heldOutScenarios,
  language,
  renderScenario,
  type Scenario,
  type Sign,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { drawBalanced, framings, type MadeForm } from "../draw.ts"

export const instrument = "B1"

const matters = 24
const topUpMatters = 12
const wordings = 4

/** Which way the facts point in each framing of a dilemma: never the same way in all three. */
const patterns: ReadonlyArray<ReadonlyArray<Sign>> = [
  ["for", "for", "against"],
  ["against", "for", "against"],
  ["against", "for", "for"],
  ["for", "against", "against"],
  ["for", "against", "for"],
  ["against", "against", "for"]
]

export const make = (form: SpecimenForm): MadeForm => {
  const candidates = framings
    .flatMap((framing) => heldOutScenarios(form, "decision", framing))
    .filter((scenario) => harmOf(scenario) === "none")
  const drawn = drawBalanced(candidates, matters + topUpMatters, `${form} B1`)
  return {
    items: [false, true].flatMap((control) => drawn.map((scenario, index) => item(form, scenario, control, index)))
  }
}

const item = (form: SpecimenForm, scenario: Scenario, control: boolean, index: number): Item => {
  const dose = 2 + (Math.floor(index / patterns.length) % 2)
  const signs = control
    ? framings.map((): Sign => (Math.floor(index / 2) % 2 === 0 ? "for" : "against"))
    : patterns[index % patterns.length]!
  const name = control ? "control" : "dilemma"
  return {
    id: `${form}-B1-${name}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { control, domain: scenario.domain, topic: scenario.topic, act: scenario.act!, dose },
    tags: index < matters ? [] : [topUpTag],
    arms: framings.flatMap((framing, place) =>
      Array.from({ length: wordings }, (_, wording): Arm => {
        const sign = signs[place]!
        // A dilemma and its control never share a prompt: the control knows of other things.
        const facts = factsFrom(index * 3 + (control ? 4 : 0), dose, sign)
        return {
          id: `${framing}-${wording + 1}`,
          factors: { framing, paraphrase: wording + 1, sign },
          system: null,
          turns: [renderScenario({ ...scenario, framing, facts, wording })]
        }
      })
    )
  }
}

/** So many facts of one sign, from a place in the lexicon onwards. */
const factsFrom = (start: number, count: number, sign: Sign): ReadonlyArray<Fact> => {
  const names = Object.keys(language().lexicon.fact)
  return Array.from({ length: count }, (_, offset) => ({ fact: names[(start + offset) % names.length]!, sign }))
}
