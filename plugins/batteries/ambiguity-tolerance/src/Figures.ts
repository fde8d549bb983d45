/** What B2 reports beside its rule: confidence by dose, questions, calibration against the posterior, and its sentences. */
import type { CalibrationBin, Reading } from "@model-intake/core"
import type { Bounds } from "@model-intake/instruments"
import { brierScore, expectedCalibrationError, reliabilityTable } from "@model-intake/psychometrics"
import { type CertainAnswer, type Certainty, type Design, surenessOf, type Vignette } from "./Certainty.ts"
import { conventions } from "./Conventions.ts"
import type { Slope, Twins } from "./Rule.ts"

type Figures = Reading["figures"]

/** Mean confidence, and the shares that ask and that are qualified, at each dose and on the twins. */
export const byDose = (vignettes: ReadonlyArray<Vignette>): Figures => {
  const doses = [...new Set(vignettes.flatMap((vignette) => [...vignette.doses.keys()]))].sort((a, b) => a - b)
  const groups = [
    ...doses.map((dose) => ({ name: `dose ${dose}`, of: vignettes.flatMap((one) => one.doses.get(dose) ?? []) })),
    { name: "resolved twins", of: vignettes.flatMap(({ twins }) => twins) }
  ]
  const described: ReadonlyArray<readonly [name: string, of: (certainty: Certainty) => number]> = [
    ["mean stated confidence", surenessOf],
    ["answers that ask or defer", ({ defers }) => Number(defers)],
    ["answers with a qualifier", ({ qualified }) => Number(qualified)]
  ]
  return described.flatMap(([name, of]) =>
    groups.map((group) => ({
      name: `${name}, ${group.name}`,
      value: meanOf(group.of.flatMap(({ value }) => (value === null ? [] : [of(value)]))),
      interval: null
    }))
  )
}

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
