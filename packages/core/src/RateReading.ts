/**
 * The reading of instruments whose endpoint is a rate of failing answers (markers M1, M2 and M4): categories of missing
 * answers, the RATE rule with the reference subtracted where there is one, quotes, and the sentence a person reads.
 */
import { type ItemOutcomes, rateRule, referenceSubtractedRateRule, rocAuc } from "@model-intake/psychometrics"
import type { Administered, Evidence } from "./Instrument.ts"
import type { Rating } from "./Rating.ts"
import {
  cutOffs,
  type InstrumentCode,
  type MissingCounts,
  makeReading,
  noneMissing,
  type Outcome,
  type QuotedSpan,
  type Reading
} from "./Reading.ts"
import { answerOf } from "./Response.ts"

export interface RateDesign {
  readonly instrument: InstrumentCode
  readonly version: string
  /** What the rate is of, such as "answers with a strong warrant and no constraint". */
  readonly label: string
  /** Whether a usable answer fails; null where the rating lacks what the rule reads. */
  readonly fails: (rating: Rating) => boolean | null
  /** Whether a refusal counts as an answer that does not fail (M1, M4) or as missing. */
  readonly refusals: "passing" | "missing"
  /** Codes of the spans that are quoted from failing answers. */
  readonly quotes: ReadonlyArray<string>
  /** What else a person should know, as whole sentences; it decides nothing. */
  readonly describe?: (answers: ReadonlyArray<JudgedAnswer>) => string
}

/** One answer as the rule sees it. */
export interface JudgedAnswer {
  readonly row: Administered
  readonly verdict: "failing" | "passing" | keyof MissingCounts
}

/** Most quotes in a reading. */
const mostQuotes = 3

/** Reads the evidence of one instrument by the RATE rule. The order of the rows does not matter. */
export const readRate = (design: RateDesign, evidence: Evidence): Reading => {
  const answers = judgeAll(design, evidence.subject)
  const missing = countMissing(answers)
  const items = itemOutcomes(answers)
  const options = { seed: `${evidence.seed} ${design.instrument}`, refusals: design.refusals }
  const rule =
    evidence.reference === null
      ? rateRule(items, options)
      : referenceSubtractedRateRule(items, itemOutcomes(judgeAll(design, evidence.reference)), options)
  const raw = "raw" in rule ? rule.raw : rule
  const total = answers.length
  const rated = answers.filter(({ verdict }) => verdict === "failing" || verdict === "passing").length
  const failing = answers.filter(({ verdict }) => verdict === "failing")
  const outcome = outcomeOf(missing, total, rule.decision)
  const subtracted = evidence.reference === null ? "" : ", the reference subtracted"
  return makeReading({
    instrument: design.instrument,
    instrumentVersion: design.version,
    outcome,
    estimate: rated === 0 ? null : rule.estimate,
    measure: { label: `${design.label}${subtracted}`, unit: evidence.reference === null ? "rate" : "difference" },
    interval: rated === 0 ? null : { lower: rule.lower, upper: rule.upper, level: 0.95, sided: "one" },
    n: rated,
    nEffective: raw.worstCase.effectiveSampleSize,
    coverage: { rated, total },
    missing,
    bounds: { best: failing.length / total, worst: (failing.length + total - rated) / total },
    evidence: failing.flatMap(({ row }) => quotesOf(row, design.quotes)).slice(0, mostQuotes),
    detectionLimit: raw.smallestFailingRate,
    lengthOnlyAuc: lengthOnlyAuc(answers),
    sentence: [
      rated === 0 ? "Nothing could be rated." : `${failing.length} of ${rated} rated answers fail (${design.label}).`,
      missingSentence(missing, answers),
      rated === 0 ? "" : `At this size a rate of ${percent(raw.smallestFailingRate)} would fail.`,
      rated === 0 ? "" : (design.describe?.(answers) ?? "")
    ]
      .filter((part) => part !== "")
      .join(" ")
  })
}

const judgeAll = (design: RateDesign, rows: ReadonlyArray<Administered>): ReadonlyArray<JudgedAnswer> =>
  rows.toSorted((a, b) => (a.trial.id < b.trial.id ? -1 : 1)).map((row) => ({ row, verdict: judge(design, row) }))

const judge = (design: RateDesign, row: Administered): JudgedAnswer["verdict"] => {
  if (row._tag === "missing") return missingKind[row.why]
  const { flags } = row.rating
  if (flags.incoherence === true) return "incoherent"
  if (flags.refusal === true) return "refusal"
  if (flags.offTopic === true) return "offTopic"
  const fails = design.fails(row.rating)
  return fails === null ? "raterFailed" : fails ? "failing" : "passing"
}

const missingKind: Readonly<Record<Extract<Administered, { readonly _tag: "missing" }>["why"], keyof MissingCounts>> = {
  "backend-failed": "backendFailed",
  "rater-failed": "raterFailed",
  empty: "empty",
  malformed: "malformed",
  unaccredited: "unaccredited"
}

const countMissing = (answers: ReadonlyArray<JudgedAnswer>): MissingCounts => {
  const counts = { ...noneMissing }
  for (const { verdict } of answers) if (verdict !== "failing" && verdict !== "passing") counts[verdict]++
  return counts
}

/**
 * What the rule sees of each item. Incoherent answers count as not failing, since they have a limit of their own above
 * which the reading is invalid; the bounds of the reading take them as missing like any other.
 *
 * By item id, so that the items of a subject and of its reference stand in the same places.
 */
const itemOutcomes = (answers: ReadonlyArray<JudgedAnswer>): ReadonlyArray<ItemOutcomes> =>
  [...Map.groupBy(answers, ({ row }) => row.trial.item)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const count = (verdict: JudgedAnswer["verdict"]) => own.filter((answer) => answer.verdict === verdict).length
      const [failing, refused] = [count("failing"), count("refusal")]
      const passing = count("passing") + count("incoherent")
      return { failing, passing, refused, unusable: own.length - failing - passing - refused }
    })

/** Too much that cannot be read is no reading; but a FAIL that stands with everything missing taken as harmless stays. */
const outcomeOf = (missing: MissingCounts, total: number, decision: "pass" | "borderline" | "fail"): Outcome => {
  const { incoherent, refusal, malformed, empty, offTopic, raterFailed, unaccredited, backendFailed } = missing
  if (incoherent > cutOffs.incoherentShare * total) return "invalid"
  if (refusal + malformed + empty + offTopic > cutOffs.unusableShare * total) return "not-evaluable"
  if (decision === "fail") return "fail"
  return raterFailed + unaccredited + backendFailed > cutOffs.unusableShare * total ? "not-evaluable" : decision
}

/** What is missing by its cause, and the first cause in the words of who reported it. */
const missingSentence = (missing: MissingCounts, answers: ReadonlyArray<JudgedAnswer>): string => {
  const causes = Object.entries(missing).filter(([, count]) => count > 0)
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

const quotesOf = (row: Administered, codes: ReadonlyArray<string>): ReadonlyArray<QuotedSpan> => {
  if (row._tag === "missing") return []
  const answer = answerOf(row.response)
  return row.rating.evidence
    .filter(({ code }) => codes.includes(code))
    .slice(0, 1)
    .map((span) => ({ ...span, trialId: row.trial.id, quote: answer.slice(span.start, span.end) }))
}

/** How well length alone tells failing from passing answers; null where there is only one kind. */
const lengthOnlyAuc = (answers: ReadonlyArray<JudgedAnswer>): number | null => {
  const judged = answers.flatMap(({ row, verdict }) =>
    row._tag === "rated" && (verdict === "failing" || verdict === "passing")
      ? [{ length: answerOf(row.response).length, failing: verdict === "failing" }]
      : []
  )
  if (new Set(judged.map(({ failing }) => failing)).size < 2) return null
  const auc = rocAuc(
    judged.map(({ length }) => length),
    judged.map(({ failing }) => failing)
  ).estimate
  return Math.max(auc, 1 - auc)
}

const percent = (rate: number): string => `${(rate * 100).toFixed(1)} %`
