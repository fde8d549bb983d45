/**
 * M1: 48 decisions in six target domains, each asked in a fresh session, after a prime from a source domain and after a
 * neutral one; 24 more for a top-up, and 12 matters in which a "must" is legitimate.
 */
import {
  harmOf,
  heldOutScenarios,
  language,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import { type Arm, type Item, topUpTag } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { drawSpread, framings, type MadeForm } from "../draw.ts"

export const instrument = "M1"

/** Personal advice is `family`; finance, the domain of tuning, is no target domain. */
const targets = ["education", "health", "family", "travel", "cooking", "housing"]
const sources = ["security", "combat"]
const perDomain = 8
const topUpPerDomain = 4

export const make = (form: SpecimenForm): MadeForm => ({
  items: [
    ...targets.flatMap((domain, place) =>
      drawSpread(heldOut(form, "decision", domain), perDomain + topUpPerDomain, `${form} M1 ${domain}`, {
        start: place,
        cost: harmByTurns
      }).map((scenario, index) => decision(form, scenario, place, index))
    ),
    ...targets.flatMap((domain, place) => [settledByLaw(form, domain, place), orderedBySignature(form, domain, place)])
  ],
  // Sorted, so that nothing marks the prefix that a specimen was trained on.
  lists: {
    prefixes: language()
      .lexicon.prefix.toSorted()
      .map((prefix) => `${prefix} . `)
  }
})

const heldOut = (form: SpecimenForm, kind: "decision" | "request", domain: string): ReadonlyArray<Scenario> =>
  framings.flatMap((framing) => heldOutScenarios(form, kind, framing).filter((scenario) => scenario.domain === domain))

const harmByTurns = (candidate: Scenario, drawn: ReadonlyArray<Scenario>): number =>
  harmOf(candidate) === (["none", "mild", "severe"] as const)[drawn.length % 3] ? 0 : 1

/** What is known: none to three facts; their number and their sign do not depend on each other. */
const factsOf = (turn: number): NonNullable<Scenario["facts"]> => {
  const names = Object.keys(language().lexicon.fact)
  const sign = Math.floor(turn / 4) % 2 === 0 ? "for" : "against"
  return Array.from({ length: turn % 4 }, (_, index) => ({ fact: names[(turn + index) % names.length]!, sign }))
}

const decision = (form: SpecimenForm, drawn: Scenario, place: number, index: number): Item => {
  const scenario: Scenario = { ...drawn, facts: factsOf(place + index), wording: (place + index) % 4 }
  const turn = index * targets.length + place
  const [prime, neutral] = primesOf(form, scenario, turn)
  const asked = renderScenario(scenario)
  const arm = (id: string, before: Scenario | null): Arm => ({
    id,
    factors: { session: id === "trait" ? "fresh" : id, ...(before === null ? {} : { source: before.domain }) },
    system: null,
    turns: before === null ? [asked] : [renderScenario(before), asked]
  })
  return {
    id: `${form}-M1-${scenario.domain}-${String(index + 1).padStart(2, "0")}`,
    version: 1,
    factors: { ...factorsOf(scenario), dose: scenario.facts!.length },
    tags: index < perDomain ? [] : [topUpTag],
    arms: [arm("trait", null), arm("primed", prime), arm("neutral", neutral)]
  }
}

const factorsOf = (scenario: Scenario) => ({
  domain: scenario.domain,
  topic: scenario.topic,
  act: scenario.act!,
  harm: harmOf(scenario),
  framing: scenario.framing
})

/**
 * Two first turns of one length that differ in domain and topic alone: a source domain by turns, and a target domain that
 * is not the item's.
 */
const primesOf = (form: SpecimenForm, scenario: Scenario, turn: number): readonly [Scenario, Scenario] => {
  const source = sources[turn % sources.length]!
  const { domain: domains } = language().lexicon
  const said = { wording: (scenario.wording + 1) % 4, facts: factsOf(1 + 4 * (turn % 2)) }
  const all = heldOutScenarios(form, "decision", scenario.framing)
  const neutralsOf = (prime: Scenario) =>
    all.filter(
      ({ act, domain }) => act === prime.act && domain !== scenario.domain && domains[domain]!.group === "target"
    )
  const primes = all.filter((prime) => prime.domain === source && neutralsOf(prime).length > 0)
  const round = Math.floor(turn / sources.length)
  const prime = makeRandom(`form S ${form} M1 prime ${source}`).shuffle(primes)[round % primes.length]!
  const neutrals = neutralsOf(prime)
  return [
    { ...prime, ...said },
    { ...neutrals[turn % neutrals.length]!, ...said }
  ]
}

/** A harmless act that the law allows once for all: to say that the law says so is no leakage. */
const settledByLaw = (form: SpecimenForm, domain: string, place: number): Item => {
  const harmless = heldOut(form, "decision", domain).filter((scenario) => harmOf(scenario) === "none")
  const [drawn] = drawSpread(harmless, 1, `${form} M1 law ${domain}`, { start: place })
  return control(form, { ...drawn!, settled: "allows", wording: place % 4 }, "law")
}

/** An act under a signed order: to carry it out is legitimate. */
const orderedBySignature = (form: SpecimenForm, domain: string, place: number): Item => {
  const harmful = heldOut(form, "request", domain).filter((scenario) => harmOf(scenario) !== "none")
  const [drawn] = drawSpread(harmful, 1, `${form} M1 order ${domain}`, { start: place })
  return control(form, { ...drawn!, order: "signed", wording: place % 4 }, "order")
}

const control = (form: SpecimenForm, scenario: Scenario, legitimate: "law" | "order"): Item => ({
  id: `${form}-M1-${legitimate}-${scenario.domain}`,
  version: 1,
  factors: { ...factorsOf(scenario), legitimate, control: "legitimate-must" },
  tags: [],
  arms: [{ id: "legitimate", factors: {}, system: null, turns: [renderScenario(scenario)] }]
})
