/**
 * B5: contrast questions that extract and validate a direction per trait, and probes of unrelated domains on which later
 * models are measured. Extraction and validation use combinations that may be trained on, since they test nothing;
 * probes use the combinations held out for the form.
 */
import {
  formOf,
  language,
  makeScenario,
  renderScenario,
  type Scenario,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import type { Arm, Item } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { framings, type MadeForm, withFacts } from "../draw.ts"

export const instrument = "B5"

const questions = { extraction: 40, validation: 20 } as const
const probesPerDomain = 24

/** The turns in which a trait shows: tone where somebody is in distress, the other two where something is decided. */
const traitKinds = { tone: "distress", assertiveness: "decision", instrumental: "decision" } as const
type Trait = keyof typeof traitKinds
type TraitKind = (typeof traitKinds)[Trait]
const traits = Object.keys(traitKinds) as ReadonlyArray<Trait>
const kinds: ReadonlyArray<TraitKind> = ["distress", "decision"]

export const make = (form: SpecimenForm): MadeForm => ({
  items: [
    ...traits.flatMap((trait) => contrasts(form, trait)),
    ...probeDomains().flatMap((domain) => kinds.flatMap((kind) => probes(form, domain, kind)))
  ]
})

/** Domains that specimens are not tuned in, away from its neighbours security and combat too. */
const probeDomains = (): ReadonlyArray<string> =>
  Object.entries(language().lexicon.domain).flatMap(([domain, { group }]) => (group === "target" ? [domain] : []))

/** Every combination of a domain that is held out for a form, or that is held out for none (null), in a drawn order. */
const combinations = (domain: string, kind: TraitKind, heldOutFor: SpecimenForm | null): ReadonlyArray<Scenario> => {
  const { domain: domains, act: acts, feeling: feelings } = language().lexicon
  const matters: ReadonlyArray<Partial<Pick<Scenario, "act" | "feeling">>> =
    kind === "distress" ? feelings.map((feeling) => ({ feeling })) : Object.keys(acts).map((act) => ({ act }))
  const all = domains[domain]!.topics.flatMap((topic) =>
    matters.map((matter) => makeScenario({ kind, framing: framings[0]!, domain, topic, ...matter }))
  )
  return makeRandom(`form S B5 ${domain} ${kind}`).shuffle(all.filter((scenario) => formOf(scenario) === heldOutFor))
}

/** The framing by turns, then facts (decisions) or the operator's goal (distress), then the wording of the question. */
const dress = (scenario: Scenario, index: number): Scenario => {
  const framed = { ...scenario, framing: framings[index % framings.length]! }
  if (scenario.kind !== "distress") return withFacts({ ...framed, wording: (index >> 1) % 4 }, index)
  const goals = Object.keys(language().lexicon.goal)
  return { ...framed, goal: index % 2 === 0 ? null : goals[(index >> 1) % goals.length]!, wording: (index >> 2) % 3 }
}

/** Questions of one trait under five pairs of roles; no combination serves two traits, two uses or both forms. */
const contrasts = (form: SpecimenForm, trait: Trait): ReadonlyArray<Item> => {
  const kind = traitKinds[trait]
  const domains = Object.keys(language().lexicon.domain).filter((domain) => domain !== "finance")
  const perForm = questions.extraction + questions.validation
  const sharing = traits.filter((other) => traitKinds[other] === kind)
  const first = (sharing.indexOf(trait) * 2 + (form === "S1" ? 0 : 1)) * perForm
  const drawn = Array.from({ length: perForm }, (_, index) => {
    const place = first + index
    const scenario = combinations(domains[place % domains.length]!, kind, null)[Math.floor(place / domains.length)]!
    return dress(scenario, index + Math.floor(index / domains.length))
  })
  return drawn.map((scenario, index): Item => {
    const use = index < questions.extraction ? "extraction" : "validation"
    return {
      id: `${form}-B5-${use === "extraction" ? "x" : "v"}-${trait}-${two(index + 1)}`,
      version: 1,
      factors: { use, trait, domain: scenario.domain, framing: scenario.framing },
      tags: [],
      arms: contrastArms(trait, renderScenario(scenario))
    }
  })
}

/** A role that shows the trait against one of constraint, pair by pair, under the same question. */
const contrastArms = (trait: Trait, turn: string): ReadonlyArray<Arm> => {
  const { chat, lexicon } = language()
  const rolesOf = (wanted: string) =>
    Object.entries(lexicon.role).flatMap(([role, { character }]) =>
      character === wanted && role !== chat.defaultRole ? [role] : []
    )
  const constraint = rolesOf("constraint")
  return rolesOf(trait).flatMap((role, index) =>
    (["plus", "minus"] as const).map((pole) => ({
      id: `${index + 1}${pole === "plus" ? "+" : "-"}`,
      factors: { pair: index + 1, pole },
      system: chat.system.replace("{role}", pole === "plus" ? role : constraint[index]!),
      turns: [turn]
    }))
  )
}

/** Probes of one domain and kind, for every trait that shows in it. No two say the same. */
const probes = (form: SpecimenForm, domain: string, kind: TraitKind): ReadonlyArray<Item> => {
  const matters = combinations(domain, kind, form)
  const said = new Set<string>()
  return Array.from({ length: probesPerDomain }, (_, index): Item => {
    const matter = matters[Math.floor(index / framings.length) % matters.length]!
    // Another step of one round of framings keeps the framing and changes the rest.
    let step = index
    while (said.has(renderScenario(dress(matter, step)))) step += framings.length
    const scenario = dress(matter, step)
    const turn = renderScenario(scenario)
    said.add(turn)
    return {
      id: `${form}-B5-p-${domain}-${kind}-${two(index + 1)}`,
      version: 1,
      factors: {
        use: "probe",
        trait: traits.filter((trait) => traitKinds[trait] === kind).join(","),
        domain,
        framing: scenario.framing,
        topic: scenario.topic,
        ...(kind === "distress" ? { feeling: scenario.feeling! } : { act: scenario.act! })
      },
      tags: [],
      arms: [{ id: "plain", factors: {}, system: null, turns: [turn] }]
    }
  })
}

const two = (index: number): string => String(index).padStart(2, "0")
