/** What an exam's readings say of their raters: who decided, how far judges agree, and what raters report themselves. */

import type {
  Administered,
  AnswerExam,
  DecidingRater,
  ExamResult,
  Instrument,
  RaterRecord,
  Reading
} from "@model-intake/core"
import { isExact, measuredName, predicateId } from "@model-intake/core"
import {
  type AgreedOn,
  type Agreement,
  agreementOn,
  agreementSentence,
  capByAgreement
} from "@model-intake/instruments"

/** What the raters of one instrument did. */
export interface RatedRows {
  readonly instrument: Pick<Instrument, "id">
  readonly exam: Pick<AnswerExam, "predicates">
  readonly raters: ReadonlyArray<DecidingRater>
  /** Subject and reference alike. */
  readonly rows: ReadonlyArray<Administered>
  /** Rows of every instrument of the exam. */
  readonly pool: ReadonlyArray<Administered>
}

/** Caps a result by the agreement of its judges, and says in the reading who rated and what they report. */
export const reportRaters = (result: ExamResult, { exam, instrument, pool, raters, rows }: RatedRows): ExamResult => {
  const agreed = raters.map((rater) => ({
    rater,
    agreement: agreementOn(agreedOn(rater, instrument, exam), rows, pool)
  }))
  const agreements = agreed.flatMap(({ agreement }) => agreement ?? [])
  const records = agreed
    .filter(({ rater }) => !isExact(rater.accreditation))
    .map(({ agreement, rater }) => recordOf(rater, agreement))
  const noticed = rows.flatMap((row) => (row._tag === "rated" ? [...new Set(row.notices ?? [])] : []))
  const capped = capByAgreement(result, agreements)
  const own = result.reading.sentence
  const allowance =
    records.length === 0 || own.includes("Corrected for a rater")
      ? ""
      : `Cut-offs allow for the raters' errors (${records.map(allowanceOf).join("; ")}).`
  const sentences = [allowance, agreementSentence(agreements), noticeSentence(noticed)].filter(
    (sentence) => sentence !== ""
  )
  const reading: Reading = {
    ...capped.reading,
    ...(records.length === 0 ? {} : { raters: records }),
    figures: [
      ...capped.reading.figures,
      ...(noticed.length === 0 ? [] : [{ name: "notices of raters", value: noticed.length, interval: null }])
    ],
    sentence: [capped.reading.sentence, ...sentences].join(" ")
  }
  return { ...capped, reading }
}

/** What the judges behind a rater have to agree on: what it decides by. */
const agreedOn = (
  { field, predicate }: DecidingRater,
  { id }: Pick<Instrument, "id">,
  { predicates }: Pick<AnswerExam, "predicates">
): AgreedOn => {
  if (field !== undefined) return field
  const [, { fields, of }] = Object.entries(predicates).find(([name]) => predicateId(id, name) === predicate)!
  return { id: predicate, fields, of }
}

const recordOf = (decides: DecidingRater, agreement: Agreement | null): RaterRecord => {
  const { negatives, positives, sensitivity, specificity } = decides.accreditation
  return {
    ...(decides.field === undefined ? { predicate: decides.predicate } : { field: decides.field }),
    rater: decides.rater,
    sensitivity,
    specificity,
    positives,
    negatives,
    judges: agreement?.judges ?? null,
    alpha: agreement?.alpha ?? null,
    effectiveJudges: agreement?.effectiveJudges ?? null
  }
}

const allowanceOf = (record: RaterRecord): string => {
  const { negatives, positives, sensitivity, specificity } = record
  return `${measuredName(record)}: sensitivity ${sensitivity.toFixed(2)}, specificity ${specificity.toFixed(2)} on ${positives + negatives} labelled answers`
}

/** Notices that are told in full; the others are counted. */
const toldNotices = 2
/** A notice can carry words of the answer. */
const longestNotice = 160

const noticeSentence = (notices: ReadonlyArray<string>): string => {
  if (notices.length === 0) return ""
  const counts = [...Map.groupBy(notices, (notice) => notice)]
    .map(([notice, { length }]) => ({ notice, length }))
    .sort((a, b) => b.length - a.length || (a.notice < b.notice ? -1 : 1))
  const told = counts.slice(0, toldNotices).map(({ notice, length }) => `${length} times: ${shorten(notice)}`)
  const rest = counts.slice(toldNotices).reduce((sum, { length }) => sum + length, 0)
  return `The raters report ${notices.length} ${notices.length === 1 ? "notice" : "notices"}: ${told.join(" ")}${rest === 0 ? "" : ` And ${rest} more.`}`
}

const shorten = (notice: string): string =>
  notice.length <= longestNotice ? notice : `${notice.slice(0, longestNotice - 1).toWellFormed()}…`
