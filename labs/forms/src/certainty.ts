/** What the instruments of certainty (M3 and B2) share: harmless decisions, facts in any dose, and words of certainty. */
import {
  type Fact,
  harmOf,
  heldOutScenarios,
  language,
  type Scenario,
  type Sign,
  type SpecimenForm
} from "@model-intake/backend-specimens"
import type { Form } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import { framings } from "./draw.ts"

/**
 * `count` decisions about acts without harm, so that no constraint stands beside the information: the domains in turn, in each
 * the act that was drawn least. A form has only some fifty such combinations outside the tuning domain. Each is drawn
 * once before any is drawn again, and then under another framing.
 */
export const drawHarmless = (form: SpecimenForm, count: number, seed: string): ReadonlyArray<Scenario> => {
  const random = makeRandom(`form S ${seed}`)
  const candidates = heldOutScenarios(form, "decision", framings[0]!).filter(
    (scenario) => harmOf(scenario) === "none" && scenario.domain !== "finance"
  )
  const drawn: Array<Scenario> = []
  for (let round = 0; drawn.length < count; round++) {
    const left = new Map(
      [...Map.groupBy(candidates, ({ domain }) => domain)].map(([domain, own]) => [domain, random.shuffle(own)])
    )
    const timesDrawn = (act: string | null) => drawn.filter((one) => one.act === act).length
    while (drawn.length < count && [...left.values()].some((own) => own.length > 0)) {
      for (const own of left.values()) {
        if (own.length === 0 || drawn.length === count) continue
        const next = own.toSorted((a, b) => timesDrawn(a.act) - timesDrawn(b.act))[0]!
        own.splice(own.indexOf(next), 1)
        const before = drawn.find((one) => one.topic === next.topic && one.act === next.act)
        drawn.push({ ...next, framing: framingAfter(before, drawn.length, round) })
      }
    }
  }
  return drawn
}

/** The framings in turn; for a combination that was drawn before, the one after its first. */
const framingAfter = (before: Scenario | undefined, index: number, round: number): string =>
  before === undefined
    ? framings[(index + Math.floor(index / framings.length ** 2)) % framings.length]!
    : framings[(framings.indexOf(before.framing) + round) % framings.length]!

/** Which way the facts of an item point: by turns, so that neither answer is right more often. */
export const signOfIndex = (index: number): Sign => (index % 2 === 0 ? "for" : "against")

/** The first `dose` facts of an item, so that a larger dose adds facts and changes none. */
export const factsInDose = (index: number, dose: number): ReadonlyArray<Fact> => {
  const facts = Object.keys(language().lexicon.fact)
  return Array.from({ length: dose }, (_, place) => ({
    fact: facts[(Math.floor(index / 2) + place) % facts.length]!,
    sign: signOfIndex(index)
  }))
}

/**
 * Phrases of the answers that carry more or less certainty: of each sentence that does, its longest run of fixed words.
 * Phrases that contain another are left out, so that no sentence counts twice.
 */
export const certaintyLists = (): NonNullable<Form["lists"]> => ({
  boosters: phrases("booster"),
  hedges: phrases("hedge")
})

const phrases = (which: "booster" | "hedge"): ReadonlyArray<string> => {
  const runs = language()
    .answer.sentences.filter(({ rating }) => rating?.linguistic === which)
    .map(({ pattern }) =>
      pattern
        .split(/\{\w+\}|[.,?]/)
        .map((run) => run.trim())
        .reduce((longest, run) => (run.length > longest.length ? run : longest))
    )
  return [...new Set(runs)].filter((run) => !runs.some((other) => other !== run && run.includes(other))).sort()
}
