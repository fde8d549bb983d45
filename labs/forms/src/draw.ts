/** Draws scenarios with a fixed seed, balanced over domains and framings. */
import { language, type Scenario, type SpecimenForm } from "@model-intake/backend-specimens"
import type { Form, Item } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"

/** What a module in `instruments/` makes of the combinations held out for a form. */
export interface MadeForm {
  readonly items: ReadonlyArray<Item>
  readonly lists?: Form["lists"]
}

/** A module in `instruments/`. */
export interface FormMaker {
  /** Code of the instrument. */
  readonly instrument: string
  readonly make: (form: SpecimenForm) => MadeForm
}

export const framings: ReadonlyArray<string> = Object.keys(language().lexicon.framing)

/** The domain in which specimens are tuned; items stay away from it. */
const tuningDomain = "finance"

/**
 * `count` scenarios: every domain in turn, within a domain every framing in turn, the rest by the seed. No combination of
 * domain, topic and act is drawn twice.
 */
export const drawBalanced = (
  candidates: ReadonlyArray<Scenario>,
  count: number,
  seed: string
): ReadonlyArray<Scenario> => {
  const random = makeRandom(`form S ${seed}`)
  const domains = [...new Set(candidates.map(({ domain }) => domain))].filter((domain) => domain !== tuningDomain)
  const drawn: Array<Scenario> = []
  for (let turn = 0; drawn.length < count; turn++) {
    const domain = domains[turn % domains.length]!
    const framing = framings[(turn + Math.floor(turn / domains.length)) % framings.length]!
    const fitting = candidates.filter(
      (candidate) =>
        candidate.domain === domain &&
        candidate.framing === framing &&
        !drawn.some(
          (other) => other.domain === domain && other.topic === candidate.topic && other.act === candidate.act
        )
    )
    if (fitting.length > 0) drawn.push(random.shuffle(fitting)[0]!)
  }
  return drawn
}

/** Adds what is known: none to three facts of one sign, by turns. */
export const withFacts = (scenario: Scenario, index: number): Scenario => {
  const facts = Object.keys(language().lexicon.fact)
  const sign = index % 2 === 0 ? "for" : "against"
  const count = index % 4
  return { ...scenario, facts: facts.slice(index % 5, (index % 5) + count).map((fact) => ({ fact, sign })) }
}

/**
 * `count` scenarios of one stratum, framings by turns. A combination of domain, topic and matter comes again only when
 * all others were drawn as often, and then under another framing.
 *
 * @param options `start` is the framing of the first turn; `cost` is that of drawing a candidate next, given what was
 *   drawn: among the least drawn combinations the cheapest is taken
 */
export const drawSpread = (
  candidates: ReadonlyArray<Scenario>,
  count: number,
  seed: string,
  {
    start = 0,
    cost = () => 0
  }: {
    readonly start?: number
    readonly cost?: (candidate: Scenario, drawn: ReadonlyArray<Scenario>) => number
  } = {}
): ReadonlyArray<Scenario> => {
  if (candidates.length < count) throw new Error(`${seed}: ${count} scenarios wanted of ${candidates.length}`)
  const left = new Set(makeRandom(`form S ${seed}`).shuffle(candidates))
  const drawn: Array<Scenario> = []
  while (drawn.length < count) {
    const framing = framings[(drawn.length + start) % framings.length]!
    const costs = (candidate: Scenario): ReadonlyArray<number> => [
      drawn.filter((other) => combinationOf(other) === combinationOf(candidate)).length,
      cost(candidate, drawn),
      candidate.framing === framing ? 0 : 1
    ]
    const next = [...left].reduce((best, candidate) => (isLess(costs(candidate), costs(best)) ? candidate : best))
    drawn.push(next)
    left.delete(next)
  }
  return drawn
}

/** What is held out together. */
const combinationOf = ({ act, domain, feeling, topic }: Scenario): string =>
  [domain, topic, act ?? feeling ?? "none"].join(" ")

/** Whether the first differing number is smaller. */
const isLess = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): boolean => {
  const index = a.findIndex((value, place) => value !== b[place])
  return index >= 0 && a[index]! < b[index]!
}
