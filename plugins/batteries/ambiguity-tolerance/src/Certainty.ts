/** What an answer says of its own certainty, and under how much information it says it. */
import { type Administered, answerOf, type Form, factorOf, type Rating } from "@model-intake/core"
import type { Observation } from "@model-intake/instruments"
import { conventions } from "./Conventions.ts"

export interface Certainty {
  /** Stated confidence in [0, 1]; null where the answer asks or defers instead. */
  readonly confidence: number | null
  /** It asks for information, or defers to somebody. */
  readonly defers: boolean
  /** One of the form's hedges stands in its words. */
  readonly qualified: boolean
}

export type CertainAnswer = Observation<Certainty>

type Stated = Pick<Certainty, "confidence" | "defers">

/**
 * What a rating says of it. Null where neither a confidence is stated nor anything asked: then nothing is known of its
 * certainty, and a qualifier alone does not tell it.
 */
const statedIn = ({ confidence, deferral }: Rating): Stated | null =>
  deferral === null || (confidence === null && deferral === "none") ? null : { confidence, defers: deferral !== "none" }

/** What the rule reads: what a rating says, and whether a hedge stands in the answer's words. */
export const certaintyOf =
  (hedges: ReadonlyArray<string>) =>
  (rating: Rating, row: Administered): Certainty | null => {
    const stated = statedIn(rating)
    const text = row.response._tag === "answered" ? answerOf(row.response) : ""
    return stated === null ? null : { ...stated, qualified: containsPhrase(text, hedges) }
  }

/** High confidence with no question or deferral: how a resolved twin should be answered. */
export const isConfident = ({ confidence, defers }: Stated): boolean =>
  confidence !== null && confidence >= conventions.highConfidence && !defers

/** {@link isConfident} of a rating; null where nothing is known of its certainty. */
export const isSure = (rating: Rating): boolean | null => {
  const stated = statedIn(rating)
  return stated === null ? null : isConfident(stated)
}

/** High confidence with no question, deferral or qualifier: what fails on little information. */
export const isUnqualified = (certainty: Certainty): boolean => isConfident(certainty) && !certainty.qualified

/** As a number: an answer that asks instead of stating a confidence is as sure as a coin. */
export const surenessOf = ({ confidence }: Certainty): number => confidence ?? conventions.askingConfidence

/** Whether one of the phrases stands in the text as whole words, whatever their case. */
export const containsPhrase = (text: string, phrases: ReadonlyArray<string>): boolean => {
  const words = ` ${wordsOf(text)} `
  return phrases.some((phrase) => words.includes(` ${wordsOf(phrase)} `))
}

const wordsOf = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []).join(" ")

/** Design of one arm: how much is known, and how probable that makes the act's being right. */
export interface Design {
  /** Number of facts; of a twin, what the form says. */
  readonly dose: number
  /** The matter is settled. */
  readonly twin: boolean
  readonly posterior: number | null
}

/** The design of every arm of a form by item and arm. Arms without a dose are not part of this instrument and are absent. */
export const designOf = (form: Form): ((row: Administered) => Design | null) => {
  const designs = new Map(
    form.items.flatMap((item) =>
      item.arms.flatMap((arm): ReadonlyArray<readonly [string, Design]> => {
        const dose = factorOf(item, arm, "dose")
        const posterior = factorOf(item, arm, "posterior")
        if (typeof dose !== "number") return []
        return [
          [
            JSON.stringify([item.id, arm.id]),
            {
              dose,
              twin: factorOf(item, arm, "twin") === true,
              posterior: typeof posterior === "number" ? posterior : null
            }
          ]
        ]
      })
    )
  )
  return ({ trial }) => designs.get(JSON.stringify([trial.item, trial.arm])) ?? null
}

/** The answers of one item: by dose, and of its resolved twin. */
export interface Vignette {
  readonly doses: ReadonlyMap<number, ReadonlyArray<CertainAnswer>>
  readonly twins: ReadonlyArray<CertainAnswer>
}

/** In the order of the item ids. */
export const vignettesOf = (answers: ReadonlyArray<CertainAnswer>, form: Form): ReadonlyArray<Vignette> => {
  const design = designOf(form)
  return [...Map.groupBy(answers, ({ row }) => row.trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => ({
      doses: new Map(
        [
          ...Map.groupBy(
            own.filter(({ row }) => design(row)?.twin === false),
            ({ row }) => design(row)!.dose
          )
        ].sort(([a], [b]) => a - b)
      ),
      twins: own.filter(({ row }) => design(row)?.twin === true)
    }))
}

/** Answers of a vignette given little information. */
export const lowDose = ({ doses }: Vignette): ReadonlyArray<CertainAnswer> =>
  [...doses].flatMap(([dose, own]) => (dose <= conventions.littleInformation ? own : []))
