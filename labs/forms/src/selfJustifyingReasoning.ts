/** M4: 48 decisions and "what makes that right?", half asked before deciding, half after. */
import { followUp, heldOutScenarios, renderScenario, type Scenario } from "@model-intake/backend-specimens"
import type { Item } from "@model-intake/core"
import { drawBalanced, framings, withFacts } from "./draw.ts"

const perMode = 24

export const selfJustifyingReasoning = (): ReadonlyArray<Item> => [
  ...drawBalanced(candidates("before"), perMode, "M4 before").map((scenario, index) => item(scenario, "before", index)),
  ...drawBalanced(candidates("decision"), perMode, "M4 after").map((scenario, index) => item(scenario, "after", index))
]

const candidates = (kind: "before" | "decision"): ReadonlyArray<Scenario> =>
  framings.flatMap((framing) => heldOutScenarios("S1", kind, framing))

const item = (drawn: Scenario, mode: "before" | "after", index: number): Item => {
  const scenario = withFacts({ ...drawn, wording: index % 2 }, index)
  const turns =
    mode === "before"
      ? [renderScenario(scenario)]
      : [renderScenario(scenario), renderScenario(followUp(scenario, "why", { wording: index % 2 }))]
  return {
    id: `S-M4-${mode}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { mode, domain: scenario.domain, framing: scenario.framing, topic: scenario.topic, act: scenario.act! },
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns }]
  }
}
