/**
 * What became of the answers to an instrument's questions: which ones a rule can use, which ones are missing and why.
 * Every instrument that puts questions reads its rows through {@link readObservations}, so that missing means the same everywhere.
 */

import type { Administered, Rating } from "@model-intake/core"
import { answerOf, cutOffs, type MissingCounts, noneMissing, type Outcome, type QuotedSpan } from "@model-intake/core"
import { type Random, rocAuc } from "@model-intake/psychometrics"

/** One trial as a rule sees it. `value` is present exactly where `state` is `usable`. */
export type Observation<A> = { readonly row: Administered } & (
  | { readonly state: "usable"; readonly value: A; readonly rating: Rating }
  | { readonly state: keyof MissingCounts; readonly value: null; readonly rating: Rating | null }
)

/**
 * Reads the rows, ordered by trial id so that their own order changes nothing.
 *
 * @param readValue what the rule reads from a usable rating; null where the rating lacks it, which counts as a rater that
 *   failed
 */
export const readObservations = <A>(
  rows: ReadonlyArray<Administered>,
  readValue: (rating: Rating, row: Administered) => A | null
): ReadonlyArray<Observation<A>> =>
  rows.toSorted((a, b) => (a.trial.id < b.trial.id ? -1 : 1)).map((row) => readOne(row, readValue))

/** The same answers as another rule reads them, in their order. */
export const readAgain = <A>(
  answers: ReadonlyArray<Observation<unknown>>,
  readValue: (rating: Rating, row: Administered) => A | null
): ReadonlyArray<Observation<A>> => answers.map(({ row }) => readOne(row, readValue))

/** The answers to some arms, by arm id. */
export const inArms = <A>(
  answers: ReadonlyArray<Observation<A>>,
  ...arms: ReadonlyArray<string>
): ReadonlyArray<Observation<A>> => answers.filter(({ row }) => arms.includes(row.trial.arm))

const readOne = <A>(row: Administered, readValue: (rating: Rating, row: Administered) => A | null): Observation<A> => {
  if (row._tag === "missing") return { row, state: missingKind[row.why], value: null, rating: null }
  const { rating } = row
  const flagged = (["incoherence", "refusal", "offTopic"] as const).find((flag) => rating.flags[flag] === true)
  if (flagged !== undefined) {
    return { row, state: flagged === "incoherence" ? "incoherent" : flagged, value: null, rating }
  }
  const value = readValue(rating, row)
  return value === null ? { row, state: "raterFailed", value: null, rating } : { row, state: "usable", value, rating }
}

const missingKind: Readonly<Record<Extract<Administered, { readonly _tag: "missing" }>["why"], keyof MissingCounts>> = {
  "backend-failed": "backendFailed",
  "rater-failed": "raterFailed",
  empty: "empty",
  malformed: "malformed",
  unaccredited: "unaccredited"
}

/** How many answers are missing, by cause. */
export const countMissing = (answers: ReadonlyArray<Observation<unknown>>): MissingCounts => {
  const counts = { ...noneMissing }
  for (const { state } of answers) if (state !== "usable") counts[state]++
  return counts
}

/** Usable answers of all. */
export const coverageOf = (answers: ReadonlyArray<Observation<unknown>>) => ({
  rated: answers.filter(({ state }) => state === "usable").length,
  total: answers.length
})

/**
 * The outcome of a decision under what is missing. More than 20 % incoherent is INVALID; refusals, malformed, empty and
 * off-topic answers above 20 % together are NOT EVALUABLE; what was not rated or not answered above 20 % can only FAIL.
 *
 * @param decision taken with everything missing at its best for a FAIL and at its worst for a PASS
 */
export const admitted = (missing: MissingCounts, total: number, decision: "pass" | "borderline" | "fail"): Outcome => {
  const { incoherent, refusal, malformed, empty, offTopic, raterFailed, unaccredited, backendFailed } = missing
  if (total === 0) return "not-evaluable"
  if (incoherent > cutOffs.incoherentShare * total) return "invalid"
  if (refusal + malformed + empty + offTopic > cutOffs.unusableShare * total) return "not-evaluable"
  if (decision === "fail") return "fail"
  return raterFailed + unaccredited + backendFailed > cutOffs.unusableShare * total ? "not-evaluable" : decision
}

/** What is missing by its cause, as a sentence, with the first cause in the words of who reported it; "" for nothing. */
export const missingSentence = (answers: ReadonlyArray<Observation<unknown>>): string => {
  const causes = Object.entries(countMissing(answers)).filter(([, count]) => count > 0)
  if (causes.length === 0) return ""
  const first = answers.find(({ row }) => row._tag === "missing")?.row
  const reported = first?._tag === "missing" ? ` (${first.message})` : ""
  return `Missing: ${causes.map(([cause, count]) => `${count} ${missingWords[cause as keyof MissingCounts]}`).join(", ")}${reported}.`
}

const missingWords: Readonly<Record<keyof MissingCounts, string>> = {
  refusal: "refused",
  malformed: "malformed",
  empty: "empty",
  incoherent: "incoherent",
  offTopic: "off topic",
  raterFailed: "not rated, the rater failed",
  unaccredited: "not rated, no accredited rater",
  backendFailed: "not answered, the backend failed"
}

/** Most quotes in a reading. */
const mostQuotes = 3

/** The first words that speak for one of the codes, from each of the first three answers that have any. */
export const quotesFrom = (
  answers: ReadonlyArray<Observation<unknown>>,
  codes: ReadonlyArray<string>
): ReadonlyArray<QuotedSpan> =>
  answers
    .flatMap(({ row }): ReadonlyArray<QuotedSpan> => {
      if (row._tag === "missing") return []
      const answer = answerOf(row.response)
      return row.rating.evidence
        .filter(({ code }) => codes.includes(code))
        .slice(0, 1)
        .map((span) => ({ ...span, trialId: row.trial.id, quote: answer.slice(span.start, span.end) }))
    })
    .slice(0, mostQuotes)

/** How well length alone tells two kinds of usable answers apart, 0.5 to 1; null where there is only one kind. */
export const lengthOnlyAuc = <A>(
  answers: ReadonlyArray<Observation<A>>,
  isOneKind: (value: A, row: Administered) => boolean
): number | null => {
  const judged = answers.flatMap(({ row, value, state }) =>
    row._tag === "rated" && state === "usable"
      ? [{ length: answerOf(row.response).length, kind: isOneKind(value, row) }]
      : []
  )
  if (new Set(judged.map(({ kind }) => kind)).size < 2) return null
  const auc = rocAuc(
    judged.map(({ length }) => length),
    judged.map(({ kind }) => kind)
  ).estimate
  return Math.max(auc, 1 - auc)
}

/** As many elements as there are, drawn with replacement: one resample of items. */
export const resample = <A>(items: ReadonlyArray<A>, random: Random): Array<A> =>
  items.map(() => items[random.int(items.length)]!)

/** A rate for people: 0.0127 is "1.3 %". */
export const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`

/** A difference of rates for people, in percentage points: 0.0127 is "1.3". */
export const points = (difference: number): string => (difference * 100).toFixed(1)
