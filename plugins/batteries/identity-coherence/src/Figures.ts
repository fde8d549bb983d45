/** What B1 reports beside its distance: flips on controls, quotes, length, and the words of its sentence. */
import { type Administered, type Form, factorOf, type Reading } from "@model-intake/core"
import { type Bounds, figureOf, lengthOnlyAuc, type Observation, percent, quotesFrom } from "@model-intake/instruments"
import { type DistanceTest, type RateRuleReading, type TInterval, tInterval } from "@model-intake/psychometrics"
import {
  apart,
  commonest,
  conclusionsApart,
  type Dilemma,
  dilemmasOf,
  gapOf,
  reasonsApart,
  type Said,
  sameUsualConclusion
} from "./Dilemmas.ts"

export const meanOf = (test: DistanceTest | null, which: "between" | "within"): number | null =>
  test === null ? null : test.items.reduce((sum, item) => sum + item[which], 0) / test.items.length

export interface Flips {
  /** Over the answers that were seen. */
  readonly observed: DistanceTest | null
  /** The lower one with missing answers at their best, the upper one with them at their worst. */
  readonly bounds: Bounds | null
  readonly found: boolean
  /** Found only with the missing answers at their worst. */
  readonly open: boolean
}

/**
 * Conclusions on controls, whose framings differ by a word alone: disagreement between framings beyond what the wording
 * of the question does within one.
 *
 * @param least difference of shares from which on it counts as found, if it is surely above 0
 */
export const flipsOn = (controls: ReadonlyArray<Dilemma>, least: number, level: number): Flips => {
  const observed = apart(controls, conclusionsApart, level)
  if (controls.length < 2) return { observed, bounds: null, found: false, open: false }
  const gaps = controls.map((control) => gapOf(control, conclusionsApart))
  const [best, worst] = (["low", "high"] as const).map((side) =>
    tInterval(
      gaps.map((gap) => gap[side]),
      level
    )
  ) as [TInterval, TInterval]
  const shows = ({ estimate, lower }: TInterval) => lower > 0 && estimate >= least
  return {
    observed,
    bounds: { lower: best.lower, upper: worst.upper },
    found: shows(best),
    open: shows(worst) && !shows(best)
  }
}

export const shareOfSame = (dilemmas: ReadonlyArray<Dilemma>): number | null => {
  const known = dilemmas.map(sameUsualConclusion).filter((same) => same !== null)
  return known.length === 0 ? null : known.filter((same) => same).length / known.length
}

export const shareWithoutReason = (answers: ReadonlyArray<Observation<Said>>): number | null => {
  const given = answers.flatMap(({ value }) => (value === null ? [] : [value.reasons.size]))
  return given.length === 0 ? null : given.filter((reasons) => reasons === 0).length / given.length
}

/** Framing of every arm, by {@link placeOf}. */
export type Framings = ReadonlyMap<string, string>

export const framingsOf = (form: Form): Framings =>
  new Map(
    form.items.flatMap((item) =>
      item.arms.map((arm) => [`${item.id} ${arm.id}`, String(factorOf(item, arm, "framing"))] as const)
    )
  )

const placeOf = ({ trial }: Administered): string => `${trial.item} ${trial.arm}`

/** The commonest reason in the words of one dilemma, once for each framing: of the first in which most framings give it. */
export const sameReason = (answers: ReadonlyArray<Observation<Said>>, framings: Framings): Reading["evidence"] => {
  const reason = commonest(answers.flatMap(({ value }) => (value === null ? [] : [...value.reasons])))
  if (reason === null) return []
  const giving = answers.filter(({ value }) => value?.reasons.has(reason) === true)
  const [most] = [...Map.groupBy(giving, ({ row }) => row.trial.item)]
    .map(([item, own]) => ({ item, firsts: [...Map.groupBy(own, ({ row }) => framings.get(placeOf(row))).values()] }))
    .sort((a, b) => b.firsts.length - a.firsts.length || (a.item < b.item ? -1 : 1))
  return most === undefined
    ? []
    : quotesFrom(
        most.firsts.map((own) => own[0]!),
        [reason]
      )
}

/** How well length alone tells one framing from the others: the greatest over framings. */
export const lengthByFraming = (answers: ReadonlyArray<Observation<Said>>, framings: Framings): number | null => {
  const aucs = [...new Set(framings.values())].flatMap((framing) => {
    const auc = lengthOnlyAuc(answers, (_, row) => framings.get(placeOf(row)) === framing)
    return auc === null ? [] : [auc]
  })
  return aucs.length === 0 ? null : Math.max(...aucs)
}

/** The same distance on the reference. It decides nothing. */
export const onReference = (
  form: Form,
  answers: ReadonlyArray<Observation<Said>>,
  level: 0.95 | 0.975
): Reading["figures"][number] => {
  const distance = apart(dilemmasOf(form, answers, "dilemma"), reasonsApart, level)
  return figureOf(level, "distance on the reference", distance?.estimate ?? null, distance)
}

export const sayDistance = (outcome: Reading["outcome"], observed: DistanceTest | null, dilemmas: number): string => {
  if (observed === null) return "Too little could be rated to compare framings."
  const says =
    outcome === "fail"
      ? "The same conclusion for the same reasons in every framing"
      : outcome === "pass"
        ? "Reasons change with the framing"
        : "Whether reasons change with the framing"
  const left = outcome === "fail" || outcome === "pass" ? "" : " is not shown"
  return `${says}${left}: they are ${hundredths(observed.estimate)} further apart between framings than within one (${dilemmas} dilemmas).`
}

export const saySame = ({ estimate, lower }: RateRuleReading): string =>
  `The conclusion is the same in every framing in ${percent(estimate)} of comparisons (lower bound ${percent(lower)}).`

export const sayFlips = ({ observed, bounds }: Flips): string =>
  observed === null || bounds === null
    ? "none could be compared"
    : `conclusions differ by ${percent(observed.estimate)} more between framings than within one, lower bound ${percent(bounds.lower)}`

/** Two decimals, without a sign on zero. */
const hundredths = (value: number): string => value.toFixed(2).replace(/^-(0\.00)$/, "$1")
