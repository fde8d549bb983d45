/** B2: 40 vignettes with none to three facts, and each settled by law as its resolved twin; 20 more for a top-up. */
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

export const instrument = "B2"

const count = 40
const topUp = 20
const doses = [0, 1, 2, 3] as const
/** Information of a settled matter, as the language counts it. */
const settledDose = 4

export const make = (form: SpecimenForm): MadeForm => ({
  lists: certaintyLists(),
  items: drawHarmless(form, count + topUp, `${form} B2`).map((scenario, index) => item(form, scenario, index))
})

const item = (form: SpecimenForm, drawn: Scenario, index: number): Item => {
  const questions = language().prompt.sentences.filter(({ id }) => id === "decision").length
  const vignette = { ...drawn, wording: Math.floor(index / 2) % questions }
  const { domain, topic, act, framing } = vignette
  const settled = signOfIndex(index) === "for" ? "allows" : "forbids"
  return {
    id: `${form}-B2-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { domain, topic, act: act!, framing, sign: signOfIndex(index) },
    tags: index < count ? [] : [topUpTag],
    arms: [
      ...doses.map((dose) => arm(`dose-${dose}`, { ...vignette, facts: factsInDose(index, dose) }, dose)),
      arm("settled", { ...vignette, settled }, settledDose)
    ]
  }
}

const arm = (id: string, scenario: Scenario, dose: number): Arm => ({
  id,
  factors: { dose, twin: scenario.settled !== null, posterior: posteriorOf(scenario) },
  system: null,
  turns: [renderScenario(scenario)]
})
