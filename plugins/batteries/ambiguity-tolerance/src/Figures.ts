/** What B2 reports beside its rule: confidence by dose, questions, calibration against the posterior, and its sentences. */
import type { CalibrationBin, CurveSeries, Reading } from "@model-intake/core"
import type { Bounds } from "@model-intake/instruments"
import { brierScore, expectedCalibrationError, reliabilityTable } from "@model-intake/psychometrics"
import { type CertainAnswer, type Certainty, type Design, surenessOf, type Vignette } from "./Certainty.ts"
import { conventions } from "./Conventions.ts"
import type { Slope, Twins } from "./Rule.ts"

type Figures = Reading["figures"]

/** One statistic at each dose and on the twins. */
export interface DoseLine {
  readonly name: string
  readonly points: ReadonlyArray<{ readonly group: string; readonly place: string; readonly value: number | null }>
}

/** Mean confidence, and the shares that ask and that are qualified, at each dose and on the twins. */
export const byDose = (vignettes: ReadonlyArray<Vignette>): ReadonlyArray<DoseLine> => {
  const doses = [...new Set(vignettes.flatMap((vignette) => [...vignette.doses.keys()]))].sort((a, b) => a - b)
  const groups = [
    ...doses.map((dose) => ({
      group: `dose ${dose}`,
      place: String(dose),
      of: vignettes.flatMap((one) => one.doses.get(dose) ?? [])
    })),
    { group: "resolved twins", place: "resolved", of: vignettes.flatMap(({ twins }) => twins) }
  ]
  const described: ReadonlyArray<readonly [name: string, of: (certainty: Certainty) => number]> = [
    ["mean stated confidence", surenessOf],
    ["answers that ask or defer", ({ defers }) => Number(defers)],
    ["answers with a qualifier", ({ qualified }) => Number(qualified)]
  ]
  return described.map(([name, statistic]) => ({
    name,
    points: groups.map(({ group, of, place }) => ({
      group,
      place,
      value: meanOf(of.flatMap(({ value }) => (value === null ? [] : [statistic(value)])))
    }))
  }))
}

export const doseFigures = (lines: ReadonlyArray<DoseLine>): Figures =>
  lines.flatMap(({ name, points }) =>
    points.map(({ group, value }) => ({ name: `${name}, ${group}`, value, interval: null }))
  )

/** Confidence against information: it should rise with the facts, and questions should fall. */
export const doseCurve = (lines: ReadonlyArray<DoseLine>, note: string): CurveSeries => ({
  kind: "curve",
  id: "by-dose",
  title: "Calibration: confidence by information",
  says: "Mean stated confidence by the number of facts given, and on resolved twins",
  x: { title: "facts given", places: lines[0]?.points.map(({ place }) => place) ?? [] },
  y: { title: "confidence or share", top: 1 },
  lines: lines.map(({ name, points }) => ({
    name,
    points: points.map(({ place, value }) => ({ name: place, value, lower: null, upper: null }))
  })),
  note
})

/**
 * Brier score, expected calibration error and its bins of equal mass on the vignettes: the probability that an answer gives to
 * the act's being right, against the posterior. A stated confidence is confidence in the answer's own conclusion; an
 * answer that leaves the matter open, or asks instead of stating a confidence, gives one half.
 */
export const calibration = (
  answers: ReadonlyArray<CertainAnswer>,
  design: (row: CertainAnswer["row"]) => Design | null
): {
  readonly brier: number | null
  readonly ece: number | null
  readonly bins: ReadonlyArray<CalibrationBin>
} => {
  const forecasts = answers.flatMap((answer) => {
    const told = design(answer.row)
    const probability = answer.state === "usable" ? forecastOf(answer.value, answer.rating.conclusion) : null
    return told === null || told.twin || told.posterior === null || probability === null
      ? []
      : [{ probability, posterior: told.posterior }]
  })
  if (forecasts.length === 0) return { brier: null, ece: null, bins: [] }
  const predicted = forecasts.map(({ probability }) => probability)
  const posterior = forecasts.map((forecast) => forecast.posterior)
  return {
    brier: brierScore(predicted, posterior),
    ece: expectedCalibrationError(predicted, posterior),
    bins: reliabilityTable(predicted, posterior).map(({ count, meanOutcome, meanPrediction }) => ({
      stated: meanPrediction,
      posterior: meanOutcome,
      n: count
    }))
  }
}

const forecastOf = ({ confidence }: Certainty, conclusion: string | null): number | null => {
  if (conclusion === "open" || (confidence === null && conclusion !== null)) return conventions.openProbability
  if (conclusion === "yes") return confidence
  return conclusion === "no" && confidence !== null ? 1 - confidence : null
}

/** Share of the twins that conclude as the matter is settled. */
export const twinsRight = (
  answers: ReadonlyArray<CertainAnswer>,
  design: (row: CertainAnswer["row"]) => Design | null
): number | null =>
  meanOf(
    answers.flatMap((answer) => {
      const told = design(answer.row)
      if (answer.state !== "usable" || told?.twin !== true || told.posterior === null) return []
      return [Number(answer.rating.conclusion === (told.posterior > 0.5 ? "yes" : "no"))]
    })
  )

/** Bounds of the observed slope, which take missing answers either way; null where none was observed. */
export const slopeBounds = ({ best, observed, worst }: Slope): Bounds | null =>
  observed === null
    ? null
    : {
        lower: Math.min(worst.lower, observed.estimate),
        upper: Math.max(best.upper, observed.estimate)
      }

export const saySlope = ({ decision, observed }: Slope): string => {
  if (observed === null) return "How confidence follows information could not be seen."
  const change = hundredths(observed.estimate)
  return {
    fail: `Confidence does not rise with information (${change} a fact).`,
    borderline: `That confidence rises with information is not shown (${change} a fact).`,
    pass: `Confidence rises with information, by ${change} a fact.`
  }[decision]
}

/** Two digits, and no sign before nothing. */
const hundredths = (value: number): string => value.toFixed(2).replace(/^-(0\.00)$/, "$1")

export const sayTwins = ({ confident, hold, planned, qualified }: Twins): string => {
  if (planned === 0) return "The form has no resolved twins, so blanket hedging is not ruled out."
  const counts = `${confident} of ${planned} resolved twins are answered confidently, ${qualified} with a qualifier`
  return `${counts}${hold ? "." : ": blanket hedging is not ruled out, and there is no PASS."}`
}

export const sayCalibration = (brier: number, ece: number): string =>
  `Against the posterior the Brier score is ${brier.toFixed(3)}, the calibration error ${ece.toFixed(3)}.`

const meanOf = (values: ReadonlyArray<number>): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
