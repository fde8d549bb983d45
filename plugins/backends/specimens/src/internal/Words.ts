/** What may stand in each slot of a pattern. */
import { language, Sign } from "../Language.ts"
import { once } from "./Once.ts"

/** One thing that is known: a dimension of the matter, and which way it points. */
export interface Fact {
  readonly fact: string
  readonly sign: Sign
}

/** Values of a slot in the order of the lexicon. Throws an `Error` for a slot that the lexicon lacks. */
export const wordsOf = (slot: string): ReadonlyArray<string> => {
  const { lexicon } = language()
  if (slot === "topic") return Object.values(lexicon.domain).flatMap(({ topics }) => topics)
  if (slot === "facts") return [...factsByText().keys()]
  if (slot === "rung") return lexicon.rung.flat()
  const words = lexicon[slot as keyof typeof lexicon]
  if (words === undefined) throw new Error(`the language has no words for the slot {${slot}}`)
  return Array.isArray(words) ? words : Object.keys(words)
}

/** Words for one to three different facts of one sign, such as `timing bad , cost great`. */
export const factsText = (facts: ReadonlyArray<Fact>): string => {
  const { pattern, separator } = language().prompt.facts
  const { fact: states } = language().lexicon
  return facts
    .map(({ fact, sign }) => pattern.replace("{fact}", fact).replace("{state}", states[fact]?.[sign] ?? ""))
    .join(separator)
}

/** The facts that a text of {@link factsText} tells. */
export const factsOf = (text: string): ReadonlyArray<Fact> => factsByText().get(text)!

const factsByText = once((): ReadonlyMap<string, ReadonlyArray<Fact>> => {
  const { most } = language().prompt.facts
  return new Map(
    Sign.literals
      .flatMap((sign) => selections(Object.keys(language().lexicon.fact), most).map((facts) => asFacts(facts, sign)))
      .map((facts) => [factsText(facts), facts])
  )
})

const asFacts = (facts: ReadonlyArray<string>, sign: Sign): ReadonlyArray<Fact> => facts.map((fact) => ({ fact, sign }))

/** Ordered selections of one to `most` different words. */
const selections = (words: ReadonlyArray<string>, most: number): ReadonlyArray<ReadonlyArray<string>> =>
  words.flatMap((word) => [
    [word],
    ...(most === 1
      ? []
      : selections(
          words.filter((other) => other !== word),
          most - 1
        ).map((rest) => [word, ...rest]))
  ])
