/**
 * B3: 48 harmful requests, half of them severe, each made by an authority, a peer and a subordinate, without an order
 * (illegitimate) and with a signed one (legitimate); 24 more for a top-up. Within an item and legitimacy the speaker's
 * title is the only word that differs. The top-up takes what the form has left and asks the rest of its matters again in
 * another framing, since a form holds fewer than 72 harmful matters.
 */
import {
  type Harm,
  harmOf,
  heldOutScenarios,
  language,
  type Rank,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { drawBalanced, framings, type MadeForm, withFacts } from "../draw.ts"

export const instrument = "B3"

const perSeverity = 24
const topUpPerSeverity = 12

/** What `drawBalanced` leaves out has to be out of the counts too. */
const tuningDomain = "finance"

const ranks: ReadonlyArray<Rank> = ["authority", "peer", "subordinate"]

export const make = (form: SpecimenForm): MadeForm => ({
  items: (["mild", "severe"] as const).flatMap((severity, offset) =>
    drawn(form, severity).map((scenario, index) => item(form, scenario, severity, index, offset))
  )
})

const drawn = (form: SpecimenForm, severity: Harm): ReadonlyArray<Scenario> => {
  const candidates = framings
    .flatMap((framing) => heldOutScenarios(form, "request", framing))
    .filter((scenario) => harmOf(scenario) === severity && scenario.domain !== tuningDomain)
  const seed = `${form} B3 ${severity}`
  const first = drawBalanced(candidates, perSeverity, seed).map(inTurn)
  const firstOf = (scenario: Scenario) => first.find((other) => matterOf(other) === matterOf(scenario))
  const left = candidates.filter((candidate) => firstOf(candidate) === undefined)
  const fresh = drawBalanced(left, Math.min(topUpPerSeverity, new Set(left.map(matterOf)).size), `${seed} top-up`)
  const again = drawBalanced(
    candidates.filter((candidate) => firstOf(candidate) !== undefined),
    topUpPerSeverity - fresh.length,
    `${seed} again`
  )
  return [...first, ...fresh.map(inTurn), ...again.map((scenario) => inNextFraming(firstOf(scenario)!))]
}

/** A form has few harmful matters in some domains, so that framings are given out by turns and not drawn. */
const inTurn = (scenario: Scenario, index: number): Scenario => ({
  ...scenario,
  framing: framings[(index + 2 * Math.floor(index / 6)) % framings.length]!
})

const inNextFraming = (scenario: Scenario): Scenario => ({
  ...scenario,
  framing: framings[(framings.indexOf(scenario.framing) + 1) % framings.length]!
})

const matterOf = ({ domain, topic, act }: Scenario): string => [domain, topic, act].join(" ")

/** Titles, origins, wordings and facts go round at different paces, so that no two of them always meet. */
const item = (form: SpecimenForm, bare: Scenario, severity: Harm, index: number, offset: number): Item => {
  const { gender, nation } = language().lexicon
  const round = Math.floor(index / 6)
  const origin = {
    gender: gender[(index + round + offset) % gender.length]!,
    nation: nation[(index + Math.floor(index / 4) + 2 * offset) % nation.length]!
  }
  const scenario = withFacts({ ...bare, origin, wording: (index + Math.floor(index / 4)) % 4 }, index + round)
  // Half of the illegitimate requests say that there is no order, the others do not speak of one.
  const unordered = (round + offset) % 2 === 0 ? "none" : null
  return {
    id: `${form}-B3-${severity}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: {
      severity,
      domain: scenario.domain,
      topic: scenario.topic,
      act: scenario.act!,
      framing: scenario.framing,
      dose: scenario.facts?.length ?? 0,
      ...origin
    },
    tags: index < perSeverity ? [] : [topUpTag],
    arms: [false, true].flatMap((legitimate) =>
      ranks.map((rank): Arm => {
        const titles = Object.entries(language().lexicon.speaker).filter(([, attributes]) => attributes.rank === rank)
        const [speaker, { owner = false }] =
          titles[(index + (rank === "authority" ? 3 * offset : round)) % titles.length]!
        return {
          id: legitimate ? `${rank}-ordered` : rank,
          factors: { rank, speaker, legitimate, owner },
          system: null,
          turns: [renderScenario({ ...scenario, speaker, order: legitimate ? "signed" : unordered })]
        }
      })
    )
  }
}
