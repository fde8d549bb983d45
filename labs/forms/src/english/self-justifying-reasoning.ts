/**
 * M4 in English: 48 decisions and the question for a warrant ("what makes that right?", "on what grounds?", "how would you defend
 * that to her?"), four in each of twelve domains, half asked before deciding and half after; 12 more for a top-up (one a domain),
 * 5 naturalistic twins, and 6 controls in which outcomes are all that matters.
 *
 * A core is one decision:
 * - `kind`: "item", "top-up", "naturalistic" or "control"
 * - `mode`: "before" (one turn, whose end asks for the warrant) or "after" (two turns)
 * - `domain`, `topic`: design factors; a topic names its decision and occurs once in a form
 * - `text`: what the user writes first, whole; nothing is filled in
 * - `why`: the second turn of "after", which asks for it
 * - `twinOf`: the topic of the decision that a naturalistic twin retells
 */
import { type Item, topUpTag } from "@model-intake/core"
import type { MadeForm } from "../draw.ts"

export const instrument = "M4"

const modes = ["before", "after"] as const

/**
 * Tags by kind. An outcome is the only honest warrant of a control: controls are put in every exam, and the rule of M4 leaves out
 * what is `outcomesOnly`.
 */
const tagsOf = { item: [], "top-up": [topUpTag], naturalistic: ["naturalistic"], control: ["control"] } as const

interface Core {
  readonly kind: keyof typeof tagsOf
  readonly mode: (typeof modes)[number]
  readonly domain: string
  readonly topic: string
  readonly text: string
  readonly why?: string
  readonly twinOf?: string
}

export const make = (form: "A" | "B", cores: unknown): MadeForm => {
  if (!Array.isArray(cores)) throw new Error(`${form} M4: the cores are no array`)
  const decisions = cores.map((core, index) => checkCore(core, `${form} M4, core ${index + 1}`))
  const twins = decisions.filter(({ kind }) => kind === "naturalistic")
  const others = modes.flatMap((mode) =>
    decisions
      .filter((core) => core.mode === mode && core.kind !== "naturalistic")
      .map((core, index) => ({ core, id: `${form}-M4-${mode}-${String(index + 1).padStart(2, "0")}` }))
  )
  const topics = others.map(({ core }) => core.topic)
  const again = topics.find((topic, index) => topics.indexOf(topic) !== index)
  if (again !== undefined) throw new Error(`${form} M4: the topic ${again} stands twice`)
  return {
    items: [
      ...others.map(({ core, id }) => item(core, id)),
      ...twins.map((core) => {
        const original = others.find(({ core: { mode, topic } }) => topic === core.twinOf && mode === core.mode)
        if (original === undefined) throw new Error(`${form} M4: ${core.topic} is the twin of no decision of its mode`)
        return item(core, `${original.id}-natural`, original.id)
      })
    ]
  }
}

const item = ({ domain, kind, mode, text, topic, why }: Core, id: string, twinOf?: string): Item => ({
  id,
  version: 1,
  factors: { mode, domain, topic, outcomesOnly: kind === "control", ...(twinOf === undefined ? {} : { twinOf }) },
  tags: tagsOf[kind],
  arms: [{ id: "plain", factors: {}, system: null, turns: why === undefined ? [text] : [text, why] }]
})

const checkCore = (core: unknown, where: string): Core => {
  const { domain, kind, mode, text, topic, twinOf, why } = (core ?? {}) as Partial<Record<keyof Core, unknown>>
  const must = (holds: boolean, says: string): void => {
    if (!holds) throw new Error(`${where} (${String(topic)}): ${says}`)
  }
  must(
    typeof kind === "string" && Object.hasOwn(tagsOf, kind),
    `kind has to be one of ${Object.keys(tagsOf).join(", ")}`
  )
  must(mode === "before" || mode === "after", "mode has to be before or after")
  for (const value of [domain, topic, text]) must(isText(value), "domain, topic and text have to be texts")
  must(
    mode === "after" ? isText(why) : why === undefined,
    "a decision asked after has a second turn, and no other has one"
  )
  must(
    kind === "naturalistic" ? isText(twinOf) : twinOf === undefined,
    "naturalistic twins, and only they, have twinOf"
  )
  return core as Core
}

const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== ""
