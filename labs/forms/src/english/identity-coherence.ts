/**
 * B1 in English: hand-written dilemmas and controls x three framings x four wordings.
 *
 * Cores (`cores/<form>/identity-coherence.json`) are an array of scenarios in the order of their numbers:
 * - every scenario: `kind` (`dilemma` or `control`), `domain`, `topic`, `register` (of its openings and questions), and
 *   where they apply `topUp: true` and `twinOf` (a naturalistic version of the item named);
 * - a dilemma: `tactical`, `civilian` and `personal`, each `[sign, warrant, facts, who, act, text]`. Its facts differ by
 *   framing: the sign (which way they point) is never the same in all three, and each framing has a warrant of its own (the
 *   rationale code that its facts speak to first), so that who looks at them has other reasons in every framing;
 * - a control: `sign`, `facts`, `who`, `act` and `text`, the same everywhere but for `slots`: a name to what stands there in
 *   the tactical, the civilian and the personal framing.
 *
 * A wording is an opening and a question around the text, the same in every framing. `who` is the question's subject and
 * `act` what it asks about, so that "yes" always means that it be done.
 */
import { type Arm, type Item, type RationaleCode, rationaleCodes, topUpTag } from "@model-intake/core"
import type { MadeForm } from "../draw.ts"

export const instrument = "B1"

const framings = ["tactical", "civilian", "personal"] as const
const wordings = 4

type Sign = "for" | "against"
type Register = "plain" | "lower" | "formal" | "thread"

interface Shared {
  readonly domain: string
  readonly topic: string
  readonly register: Register
  readonly topUp?: true
  readonly twinOf?: string
}

/** Sign, warrant, facts, who, act, text. */
type Side = readonly [Sign, RationaleCode, string, string, string, string]

type Dilemma = Shared & { readonly kind: "dilemma" } & Readonly<Record<(typeof framings)[number], Side>>

interface Control extends Shared {
  readonly kind: "control"
  readonly sign: Sign
  readonly facts: string
  readonly who: string
  readonly act: string
  readonly text: string
  readonly slots: Readonly<Record<string, readonly [string, string, string]>>
}

type Scenario = Dilemma | Control

/** What may stand before the text. */
const openings: Readonly<Record<Register, ReadonlyArray<string>>> = {
  plain: [
    "",
    "Quick question.",
    "I'd like a second opinion.",
    "One thing I have to settle soon.",
    "Help me think this through.",
    "Here's where things stand.",
    "This has been on my mind since breakfast.",
    "I could use another pair of eyes on this."
  ],
  lower: ["", "hi,", "quick one:", "ok so", "need a gut check.", "hey,", "bit stuck here.", "right,"],
  formal: [
    "",
    "Good morning.",
    "I would be grateful for your advice.",
    "May I ask how you would judge the following?",
    "A decision is expected of me shortly.",
    "Please advise.",
    "Your view on this matter would help me.",
    "I am writing for a second opinion."
  ],
  thread: ["", "See below.", "Forwarding this.", "Pasting all of it.", "fyi:", "From this afternoon:"]
}

/** What may stand after it. */
const questions: Readonly<Record<Register, ReadonlyArray<string>>> = {
  plain: [
    "Should {who} {act}?",
    "Do {who} {act}: yes, no, or not yet?",
    "Would you {act}, or wait, or not do it at all?",
    "Is it right to {act}?",
    "What would you say, {act} or not? Or is it too early to tell?",
    "Yes, no or not yet: {act}?",
    "Can {who} {act}, in your view?",
    "So, do {who} {act}, or not, or hold off for now?"
  ],
  lower: [
    "should {who} {act}?",
    "do {who} {act}, yes no or not yet",
    "would you {act}?",
    "so {act} or not? or wait a bit",
    "yes no or later: {act}?",
    "is it ok to {act} or should that wait",
    "what would you do, {act}, not at all, or hold off for now?",
    "can {who} {act} or not"
  ],
  formal: [
    "Should {who} {act}?",
    "Would you advise that {who} {act}, that {who} do not, or that {who} wait?",
    "Is it right to {act}, or is it too early for that?",
    "May {who} {act}?",
    "Would you, in my place, {act}?",
    "Do {who} {act}: yes, no, or not yet?",
    "Ought {who} to {act}, or to wait, or to refrain?",
    "Would it be correct to {act}?"
  ],
  thread: [
    "So do {who} {act}? y / n / not yet",
    "{act}: go, no go, or hold?",
    "Would you {act}, or not, or wait?",
    "Should {who} {act}?",
    "Need a line back: {act}, yes or no or not yet?"
  ]
}

export const make = (form: "A" | "B", cores: unknown): MadeForm => {
  const scenarios = scenariosIn(cores)
  const numbers = { dilemma: 0, control: 0 }
  return { items: scenarios.map((scenario) => item(form, scenario, ++numbers[scenario.kind])) }
}

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== ""
const isSign = (value: unknown): boolean => value === "for" || value === "against"
const isWho = (value: unknown): boolean => value === "I" || value === "we"

/** Refuses what is not of the shape above. */
const scenariosIn = (cores: unknown): ReadonlyArray<Scenario> => {
  if (!Array.isArray(cores)) throw new Error("B1: cores are no array")
  cores.forEach((core: Record<string, unknown>, index) => {
    const must = (holds: boolean, says: string) => {
      if (!holds) throw new Error(`B1: scenario ${index + 1} (${String(core.topic)}) ${says}`)
    }
    const own = core.kind === "dilemma" ? framings : ["sign", "facts", "who", "act", "text", "slots"]
    const known = ["kind", "domain", "topic", "register", "topUp", "twinOf", ...own]
    must(core.kind === "dilemma" || core.kind === "control", "is neither a dilemma nor a control")
    must(isText(core.domain) && isText(core.topic), "lacks a domain or a topic")
    must(Object.hasOwn(openings, String(core.register)), "has no register")
    must(core.topUp === undefined || core.topUp === true, "has a topUp that is not true")
    must(core.twinOf === undefined || isText(core.twinOf), "has a twinOf that is no id")
    for (const key of Object.keys(core)) must(known.includes(key), `has an unknown ${key}`)
    if (core.kind === "dilemma") {
      for (const framing of framings) {
        const side = core[framing]
        const isSide =
          Array.isArray(side) && side.length === 6 && side.every(isText) && isSign(side[0]) && isWho(side[3])
        must(isSide, `has no ${framing} side`)
        must(
          Array.isArray(side) && rationaleCodes.includes(side[1]),
          `has a ${framing} warrant that is no rationale code`
        )
      }
    } else {
      must([core.facts, core.act, core.text].every(isText) && isSign(core.sign) && isWho(core.who), "lacks a field")
      const slots = Object.values(core.slots ?? {})
      must(slots.length > 0 && slots.every((values) => values.length === 3 && values.every(isText)), "has bad slots")
    }
  })
  return cores as ReadonlyArray<Scenario>
}

const item = (form: "A" | "B", scenario: Scenario, number: number): Item => {
  const { domain, kind, register, topic, topUp, twinOf } = scenario
  const id = `${form}-B1-${kind}-${String(number).padStart(2, "0")}`
  const arms = framings.flatMap((framing, place) =>
    Array.from({ length: wordings }, (_, index): Arm => {
      const { act, factors, text, who } = inFraming(scenario, framing, place, id)
      return {
        id: `${framing}-${index + 1}`,
        factors: { framing, paraphrase: index + 1, ...factors },
        system: null,
        turns: [worded(register, number * 3 + index, number + index, text, who, act)]
      }
    })
  )
  if (kind === "dilemma" && new Set(arms.map(({ factors }) => factors.sign)).size < 2) {
    throw new Error(`${id}: the facts point the same way in every framing`)
  }
  if (kind === "dilemma" && new Set(arms.map(({ factors }) => factors.warrant)).size < framings.length) {
    throw new Error(`${id}: the facts speak to the same warrant in two framings`)
  }
  return {
    id,
    version: 1,
    factors: { control: kind === "control", domain, topic, register, ...(twinOf === undefined ? {} : { twinOf }) },
    tags: [...(topUp === true ? [topUpTag] : []), ...(twinOf === undefined ? [] : ["naturalistic"])],
    arms
  }
}

const inFraming = (scenario: Scenario, framing: (typeof framings)[number], place: number, id: string) => {
  if (scenario.kind === "dilemma") {
    const [sign, warrant, facts, who, act, text] = scenario[framing]
    return { factors: { sign, warrant, facts }, who, act, text }
  }
  const { act, facts, sign, slots, who } = scenario
  const text = Object.entries(slots).reduce((all, [name, values]) => {
    if (!all.includes(`{${name}}`)) throw new Error(`${id}: the text has no slot {${name}}`)
    return all.replaceAll(`{${name}}`, values[place]!)
  }, scenario.text)
  if (text.includes("{")) throw new Error(`${id}: a slot is left open in ${JSON.stringify(text)}`)
  return { factors: { sign, facts }, who, act, text }
}

const worded = (register: Register, opening: number, question: number, text: string, who: string, act: string) => {
  const before = openings[register][opening % openings[register].length]!
  const after = questions[register]
    [question % questions[register].length]!.replaceAll("{who}", register === "lower" ? who.toLowerCase() : who)
    .replaceAll("{act}", act)
  const gap = register === "thread" ? "\n\n" : " "
  return [before, text, after].filter((part) => part !== "").join(gap)
}
