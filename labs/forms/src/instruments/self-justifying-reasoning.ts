/** M4: 48 decisions and "what makes that right?", half asked before deciding, half after; 24 more for a top-up. */
import {
  followUp,
  heldOutScenarios,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Item, topUpTag } from "@model-intake/core"
import { drawBalanced, framings, type MadeForm, withFacts } from "../draw.ts"

export const instrument = "M4"

const perMode = 24
const topUpPerMode = 12

export const make = (form: SpecimenForm): MadeForm => ({
  items: (["before", "after"] as const).flatMap((mode) =>
    drawBalanced(candidates(form, mode), perMode + topUpPerMode, `${form} M4 ${mode}`).map((scenario, index) =>
      item(form, scenario, mode, index)
    )
  )
})

const candidates = (form: SpecimenForm, mode: "before" | "after"): ReadonlyArray<Scenario> =>
  framings.flatMap((framing) => heldOutScenarios(form, mode === "before" ? "before" : "decision", framing))

const item = (form: SpecimenForm, drawn: Scenario, mode: "before" | "after", index: number): Item => {
  const scenario = withFacts({ ...drawn, wording: index % 2 }, index)
  const turns =
    mode === "before"
      ? [renderScenario(scenario)]
      : [renderScenario(scenario), renderScenario(followUp(scenario, "why", { wording: index % 2 }))]
  return {
    id: `${form}-M4-${mode}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { mode, domain: scenario.domain, framing: scenario.framing, topic: scenario.topic, act: scenario.act! },
    tags: index < perMode ? [] : [topUpTag],
    arms: [{ id: "plain", factors: {}, system: null, turns }]
  }
}
