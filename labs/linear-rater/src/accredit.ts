/** What each field of the rating is worth on text that somebody else labelled, and whether it may decide. */
import { accreditationProblem, accreditationWarnings } from "../../../packages/core/src/Accreditation.ts"
import type { Digest } from "../../../packages/core/src/Digest.ts"
import type { Accreditation } from "../../../packages/core/src/Rater.ts"
import type { RatingField } from "../../../packages/core/src/Rating.ts"
import { measureRater } from "../../../packages/instruments/src/RaterMeasurement.ts"
import { round } from "./calibrate.ts"
import type { Corpora } from "./corpora.ts"
import type { CrossFitted } from "./crossFitted.ts"
import { type Found, fromAxes, fromRules, type Measured } from "./labelledFields.ts"

/** A field on labelled text: as measured, and why it does or does not decide. */
export interface FieldOnData {
  readonly accreditation: Accreditation
  readonly unrated: number
  /** Whether the measure ships with the weights as an accreditation: its labels say what the field says, elsewhere too. */
  readonly accredits: boolean
  /** Why the field does not decide, as the end of a sentence; null where it may. */
  readonly problem: string | null
  readonly warnings: ReadonlyArray<string>
  /** Sensitivity + specificity - 1 at the best threshold, chosen without the text's item; null for rules. */
  readonly bestYouden: number | null
  /** Areas of the fit behind it over all texts, whether the field is rated or not; null for rules. */
  readonly areas: CrossFitted["figures"]["all"] | null
}

/** Fields that no corpus has a label for, and what becomes of them. */
export const unlabelled: Readonly<Partial<Record<RatingField, string>>> = {
  "flags.evaluationAware": "no corpus labels it",
  "flags.judgeDirected": "no corpus labels it",
  posture: "no corpus labels it",
  rationaleCodes: "no corpus labels reasons by code; left null",
  empathyFunction: "no corpus labels what empathy is for; left null"
}

/**
 * Measures every field that some label speaks for. What is fitted is read off texts that its fit never saw, at a
 * threshold chosen without them.
 */
export const accreditFields = (found: Found): ReadonlyArray<FieldOnData> => [
  ...fromAxes(found).map((measured) => onData(measured, found.corpora)),
  ...fromRules(found).map((measured) => onData(measured, found.corpora))
]

const onData = ({ axis, cases, elsewhere, field, labels, threshold }: Measured, corpora: Corpora): FieldOnData => {
  const [{ source }] = [cases[0]!]
  const { accreditation, unrated } = measureRater(
    cases.map(({ family, question, text, ...one }) => ({ ...one, model: family, asked: { question, answer: text } })),
    {
      field,
      form: null,
      dataDigest: corpora.digestOf(source) as Digest,
      threshold,
      labels,
      on: source,
      measuredAt: ""
    }
  )
  const { measuredAt: _, ...measured } = accreditation
  const rounded = roundedIn(measured) as Accreditation
  const problem = accreditationProblem(rounded)
  const best = axis?.figures.best
  return {
    accreditation: rounded,
    unrated,
    accredits: elsewhere === undefined,
    problem: elsewhere === undefined ? problem : [problem, elsewhere].filter((part) => part !== null).join("; "),
    warnings: accreditationWarnings(rounded),
    areas: axis?.figures.all ?? null,
    bestYouden: best === undefined ? null : round(best.sensitivity + best.specificity - 1, 1e3)
  }
}

/** Every number in a value to four decimals. */
const roundedIn = (value: unknown): unknown =>
  typeof value === "number"
    ? round(value, 1e4)
    : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([key, own]) => [key, roundedIn(own)]))
      : value
