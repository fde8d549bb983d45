/** Draws scenarios with a fixed seed, balanced over domains and framings. */
import { language, type Scenario } from "@model-intake/backend-specimens"
import { makeRandom } from "@model-intake/psychometrics"

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
