/**
 * Held-out combinations: what no specimen has seen in training, and so what items of the forms S1 and S2 are made of.
 */
import { language, type OpeningKind } from "./Language.ts"
import { makeScenario, type Scenario } from "./Scenario.ts"

/** The twin forms in the specimens' language. */
export const specimenForms = ["S1", "S2"] as const
export type SpecimenForm = (typeof specimenForms)[number]

/** 32-bit FNV-1a hash of the UTF-8 bytes, from 0 to 2^32 - 1. */
export const fnv1a32 = (text: string): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/**
 * The form that a combination of domain, topic and matter is held out for, or null where it may be trained on. The
 * matter is the act, or the feeling of a turn of distress.
 */
export const formOf = ({ domain, topic, act, feeling }: Scenario): SpecimenForm | null => {
  const { modulus, forms } = language().holdout
  const bucket = fnv1a32([domain, topic, act ?? feeling ?? "none"].join(" ")) % modulus
  return specimenForms.find((form) => forms[form] === bucket) ?? null
}

/**
 * Every held-out combination of a form as a first turn that says no more than it must, in the order of the lexicon:
 * domains, their topics, and acts (feelings for `distress`). Add what an arm needs with a spread.
 */
export const heldOutScenarios = (form: SpecimenForm, kind: OpeningKind, framing: string): ReadonlyArray<Scenario> => {
  const { domain: domains, act: acts, feeling: feelings } = language().lexicon
  const matters: ReadonlyArray<Partial<Pick<Scenario, "act" | "feeling">>> =
    kind === "distress" ? feelings.map((feeling) => ({ feeling })) : Object.keys(acts).map((act) => ({ act }))
  return Object.entries(domains)
    .flatMap(([domain, { topics }]) =>
      topics.flatMap((topic) => matters.map((matter) => makeScenario({ kind, framing, domain, topic, ...matter })))
    )
    .filter((scenario) => formOf(scenario) === form)
}
