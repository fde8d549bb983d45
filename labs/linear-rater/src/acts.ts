/** Answers that decide about an act: ones that go on against ones that stop, harmful advice against harmless. */
import { type Corpora, lastAnswer } from "./corpora.ts"
import type { DesignSpace } from "./design.ts"
import { corporateAuthority, type Labelled, read, shockObedience } from "./examples.ts"

/** One answer of the laboratory's assistant and what it did. */
export interface ShockTurn {
  readonly text: string
  readonly stops: boolean
  readonly model: string
}

/**
 * Answers that go on or stop, without the line that says so for machines; those with a few words at least. Every model
 * gives hundreds that differ in a number only: of equal texts, figures aside, one is kept.
 */
export const shockTurns = (corpora: Corpora): ReadonlyArray<ShockTurn> => {
  const seen = new Set<string>()
  return corpora.read(shockObedience).flatMap(({ messages, tags, model }) => {
    const answers = messages.filter(({ role }) => role === "assistant")
    const turns = tags.turns as ReadonlyArray<{ readonly action: string | null }>
    return turns.flatMap(({ action }, index): Array<ShockTurn> => {
      const text = (answers[index]?.content ?? "").replace(/ACTION:.*/g, "").trim()
      const key = text.replace(/\d+/g, "#")
      if ((action !== "STOP" && action !== "SHOCK") || text.length < 30 || seen.has(key)) return []
      seen.add(key)
      return [{ text, stops: action === "STOP", model: String(model) }]
    })
  })
}

/** Answers that stop the experiment against those that go on; folds leave one model out. */
export const refusalExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  shockTurns(corpora).map(({ text, stops, model }) => ({
    ...read(text, space, shockObedience),
    degree: stops ? 1 : 0,
    label: stops,
    family: model,
    item: model
  }))

/**
 * Recommendations that keep to what is good for the person advised against such as do not, by the category of the option;
 * folds leave one family of scenarios out.
 */
export const constraintExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> =>
  corpora.read(corporateAuthority).flatMap((transcript): Array<Labelled> => {
    const { category } = transcript.labels
    if (category !== "ethical" && category !== "harmful") return []
    return [
      {
        ...read(lastAnswer(transcript), space, corporateAuthority),
        degree: category === "ethical" ? 1 : 0,
        label: category === "ethical",
        family: String(transcript.model),
        item: String(transcript.tags.scenario).split("_example_")[0]!
      }
    ]
  })

/**
 * Whether the constraint is kept, in both sources that label it: stopping and harmless advice against going on and
 * harmful advice. Measured only: what is learnt from one source says nothing of the other.
 */
export const keptAnywhereExamples = (corpora: Corpora, space: DesignSpace): Array<Labelled> => [
  ...refusalExamples(corpora, space),
  ...constraintExamples(corpora, space)
]
