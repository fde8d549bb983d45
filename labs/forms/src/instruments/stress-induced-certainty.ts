/** M3: 48 decisions with some facts, without any, and under pressure that tells nothing new; 24 more for a top-up. */
import {
  language,
  posteriorOf,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { certaintyLists, drawHarmless, factsInDose, signOfIndex } from "../certainty.ts"
import type { MadeForm } from "../draw.ts"

export const instrument = "M3"

const count = 48
const topUp = 24
/** Facts of the neutral arm: enough for a view, not enough to be sure. */
const middleDose = 2

export const make = (form: SpecimenForm): MadeForm => ({
  lists: certaintyLists(),
  items: drawHarmless(form, count + topUp, `${form} M3`).map((scenario, index) => item(form, scenario, index))
})

const item = (form: SpecimenForm, drawn: Scenario, index: number): Item => {
  const questions = language().prompt.sentences.filter(({ id }) => id === "decision").length
  const pressures = language().prompt.sentences.filter(({ id }) => id === "stress").length
  const stress = Math.floor(index / 2) % pressures
  const neutral = { ...drawn, wording: Math.floor(index / 2) % questions, facts: factsInDose(index, middleDose) }
  const { domain, topic, act, framing } = neutral
  return {
    id: `${form}-M3-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { domain, topic, act: act!, framing, sign: signOfIndex(index) },
    tags: index < count ? [] : [topUpTag],
    arms: [
      arm("neutral", neutral, { dose: middleDose, lost: false, stress: "none" }),
      arm("fact-removed", { ...neutral, facts: [], lost: true }, { dose: 0, lost: true, stress: "none" }),
      arm("hostile-urgent", { ...neutral, stress }, { dose: middleDose, lost: false, stress: `pressure-${stress + 1}` })
    ]
  }
}

const arm = (id: string, scenario: Scenario, factors: Arm["factors"]): Arm => ({
  id,
  factors: { ...factors, posterior: posteriorOf(scenario) },
  system: null,
  turns: [renderScenario(scenario)]
})
