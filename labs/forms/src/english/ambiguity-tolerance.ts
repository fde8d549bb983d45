/**
 * B2 in English: 40 vignettes with a base rate and none to three signs, and each settled beyond doubt as its resolved twin; 12
 * more and 4 naturalistic twins for a top-up.
 *
 * A core is one vignette:
 * - `topic`, `domain`, `sign` (which way the signs point: "for" is a yes to the question), `use`, `twinOf`: as in M3
 * - `text`: what the user writes, once with `{info}` and once with the base rate, `{b:half}`
 * - `signs`: three sentences, each with how often such a sign appears when the answer is yes, `{y:7 in 10}`, and when it is no,
 *   `{n:3 in 10}`
 * - `independent`: that the signs have nothing to do with each other, in plain words; it stands from two signs on, so it names
 *   neither a sign nor their number
 * - `settled`: what stands in place of all signs where the matter is settled, in other words than the question, and as a rule
 *   with a reason to ask it all the same: a form to fill in, somebody else who needs the answer
 *
 * The numbers stand in the text alone, and the posterior is computed from what is read there.
 */
import type { Arm, Item } from "@model-intake/core"
import type { MadeForm } from "../draw.ts"
import {
  type CertaintyCore,
  certaintyLists,
  fillSlot,
  isText,
  itemHead,
  readCores,
  slotProblem
} from "./stress-induced-certainty.ts"

export const instrument = "B2"

interface Core extends CertaintyCore {
  readonly signs: readonly [string, string, string]
  readonly independent: string
  readonly settled: string
}

const doses = [0, 1, 2, 3] as const
/** Information of a settled matter, and its probability: those of form S. */
const settledDose = 4
const settledPosterior = { for: 0.99, against: 0.01 } as const

/**
 * Probability of the likelier answer at each dose. Little information (dose 0 and 1) must stay clearly below the 0.80 from which
 * confidence is high, and every sign must add.
 */
const bounds = [
  [0.5, 0.6],
  [0.62, 0.76],
  [0.78, 0.92],
  [0.9, 0.98]
] as const

export const make = (form: "A" | "B", cores: unknown): MadeForm => {
  const vignettes = readCores(cores, instrument, checkCore)
  return { lists: certaintyLists, items: vignettes.map((core, index) => item(form, vignettes, core, index)) }
}

const item = (form: string, cores: ReadonlyArray<Core>, core: Core, index: number): Item => ({
  ...itemHead(form, instrument, cores, index),
  arms: [
    ...doses.map((dose) =>
      arm(`dose-${dose}`, core, { dose, twin: false, posterior: posteriorOf(core, dose) }, infoOf(core, dose))
    ),
    arm("settled", core, { dose: settledDose, twin: true, posterior: settledPosterior[core.sign] }, core.settled)
  ]
})

const arm = (id: string, core: Core, factors: Arm["factors"], info: string | null): Arm => ({
  id,
  factors,
  system: null,
  turns: [fillSlot(core.text, "info", info).replaceAll(numbers, "$2")]
})

/** The first `dose` signs, and from two on that they are independent; null for none. */
const infoOf = ({ independent, signs }: Core, dose: number): string | null => {
  if (dose === 0) return null
  const told = [...signs.slice(0, dose), ...(dose > 1 ? [independent] : [])]
  return told.join(signs[0].startsWith("- ") ? "\n" : " ")
}

/** A number in a text: `{b:half}` is the base rate, `{y:..}` and `{n:..}` are those of a sign where the answer is yes and no. */
const numbers = /\{([byn]):([^{}]+)\}/g

/** Bayes on the numbers of the text, the signs taken as independent: the probability that the answer is yes. */
const posteriorOf = ({ signs, text }: Core, dose: number): number => {
  const base = numberIn(text, "b")
  const odds = signs
    .slice(0, dose)
    .reduce((product, sign) => (product * numberIn(sign, "y")) / numberIn(sign, "n"), base / (1 - base))
  return Number((odds / (1 + odds)).toFixed(6))
}

const numberIn = (text: string, which: string): number => {
  const found = [...text.matchAll(numbers)].filter(([, kind]) => kind === which)
  if (found.length !== 1)
    throw new Error(`${instrument}: ${found.length} numbers {${which}:..} in ${JSON.stringify(text)}`)
  return probabilityOf(found[0]![2]!)
}

const words =
  "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split(
    " "
  )
const fractions: Readonly<Record<string, number>> = {
  half: 1 / 2,
  "a third": 1 / 3,
  "two thirds": 2 / 3,
  "a quarter": 1 / 4,
  "three quarters": 3 / 4,
  "a fifth": 1 / 5,
  "two fifths": 2 / 5,
  "three fifths": 3 / 5,
  "four fifths": 4 / 5,
  "a tenth": 1 / 10
}

/** "45%", "45 percent", "7 in 10", "seven out of ten", "12 of the last 20", "two thirds", "half". */
const probabilityOf = (told: string): number => {
  const text = told.toLowerCase()
  const fraction = fractions[text]
  if (fraction !== undefined) return fraction
  const percent = /^(\d+) ?(?:%|percent|per cent|pct)$/.exec(text)
  const share =
    /^(\w+) (?:in|times in|in every|(?:out )?of(?: (?:the|my|our|every|the last|my last|our last))?) (\w+)$/.exec(text)
  const value =
    percent !== null ? Number(percent[1]) / 100 : share !== null ? count(share[1]!) / count(share[2]!) : Number.NaN
  if (!(value > 0 && value < 1)) throw new Error(`${instrument}: ${JSON.stringify(told)} is no share`)
  return value
}

const count = (told: string): number =>
  /^\d+$/.test(told) ? Number(told) : words.includes(told) ? words.indexOf(told) : Number.NaN

const checkCore = (core: Core): string | null => {
  if (!Array.isArray(core.signs) || core.signs.length !== 3 || !core.signs.every(isText)) return "has no three signs"
  if (!isText(core.independent) || !isText(core.settled)) return "lacks its independent or settled sentence"
  if (/[{}]/.test(core.independent + core.settled)) return "has a slot in a sentence without"
  const posteriors = doses.map((dose) => posteriorOf(core, dose))
  for (const [dose, posterior] of posteriors.entries()) {
    const [least, most] = bounds[dose]!
    const likelier = Math.max(posterior, 1 - posterior)
    if (likelier < least || likelier > most) return `has ${likelier.toFixed(3)} for the likelier answer at dose ${dose}`
    if (dose > 0 && posterior > 0.5 !== (core.sign === "for")) return `points the other way at dose ${dose}`
  }
  return slotProblem(core.text.replaceAll(numbers, ""), ["info"])
}
