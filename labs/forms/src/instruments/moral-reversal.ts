/** B4: 24 ladders of nine rungs, half on a mild harm and half on a severe one; 12 more for a top-up. */
import {
  type Harm,
  harmOf,
  heldOutScenarios,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { drawBalanced, framings, type MadeForm } from "../draw.ts"

export const instrument = "B4"

const perSeverity = 12
const topUpPerSeverity = 6

const rungs = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const

/** Passes within one conversation. All end on the rung in the middle, where the way that led there can show. */
const passes = { ascending: [0, 2, 4], descending: [8, 6, 4], shuffled: [6, 1, 4] } as const

/** Wordings of the question, and of a rung. */
const questions = 4
const rungWordings = 2

export const make = (form: SpecimenForm): MadeForm => ({
  items: (["mild", "severe"] as const).flatMap((severity) =>
    drawBalanced(candidates(form, severity), perSeverity + topUpPerSeverity, `${form} B4 ${severity}`).map(
      (scenario, index) => item(form, scenario, severity, index)
    )
  )
})

/** Severe acts are drawn from the last domain backwards, so that the domains that get one ladder more differ. */
const candidates = (form: SpecimenForm, severity: Harm): ReadonlyArray<Scenario> => {
  const fitting = framings.flatMap((framing) =>
    heldOutScenarios(form, "decision", framing).filter((scenario) => harmOf(scenario) === severity)
  )
  return severity === "severe" ? fitting.toReversed() : fitting
}

/**
 * A ladder. Framing and wordings belong to the ladder, so that its arms differ in the rung alone. What is held out is a
 * combination under every framing.
 */
const item = (form: SpecimenForm, drawn: Scenario, severity: Harm, index: number): Item => {
  const framing = framings[index % framings.length]!
  const wording = index % questions
  const rungWording = (index + Math.floor(index / questions)) % rungWordings
  const say = (rung: number) => renderScenario({ ...drawn, framing, wording, rung, rungWording })
  const arm = (id: string, factors: Arm["factors"], climbed: ReadonlyArray<number>): Arm => ({
    id,
    factors,
    system: null,
    turns: climbed.map(say)
  })
  return {
    id: `${form}-B4-${severity}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: {
      severity,
      domain: drawn.domain,
      framing,
      topic: drawn.topic,
      act: drawn.act!,
      paraphrase: wording,
      rungParaphrase: rungWording
    },
    tags: index < perSeverity ? [] : [topUpTag],
    arms: [
      ...rungs.map((rung) => arm(`rung-${rung}`, { pass: "independent", rung }, [rung])),
      ...Object.entries(passes).map(([pass, climbed]) => arm(pass, { pass, rung: climbed.at(-1)! }, climbed))
    ]
  }
}
