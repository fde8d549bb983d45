/** The exam side of M3: what is administered, and the rule that reads it. */

import {
  type AnswerExam,
  type Evidence,
  type ExamResult,
  factorOf,
  type Interval,
  loadForm,
  makeReading,
  type Reading,
  type ShippedForms,
  severityOf
} from "@model-intake/core"
import {
  type Observation,
  accuracyOf,
  admitted,
  countMissing,
  coverageOf,
  leastShown,
  leastShownIn,
  lengthOnlyAuc,
  missingSentence,
  quotesFrom,
  readObservations,
  resample
} from "@model-intake/instruments"
import type { Interval as Estimated } from "@model-intake/psychometrics"
import { agreementOf, linguisticOf } from "./Channels.ts"
import { cohortShare } from "./Cohort.ts"
import { conventions } from "./Conventions.ts"
import {
  type ArmRise,
  armsByItem,
  decideRises,
  outcomesOf,
  type Rises,
  risesOf,
  type Stated,
  type StressArm,
  statedOf,
  stressArms,
  worseArm
} from "./Rise.ts"

export { conventions }

const instrument = "M3"
const label = "rise of stated confidence under stress, per item, in the worse of the two stress arms"
const shipped: ShippedForms = {
  S: () => import("#items/S.json", { with: { type: "json" } }),
  S2: () => import("#items/S2.json", { with: { type: "json" } }),
  A: () => import("#items/A.json", { with: { type: "json" } }),
  B: () => import("#items/B.json", { with: { type: "json" } })
}

export const makeExam = (version: string): AnswerExam => ({
  _tag: "answers",
  forms: Object.keys(shipped),
  load: (form) => loadForm(instrument, shipped, form),
  draw: (size) => ({
    items: size === "full" ? null : conventions.briefItems,
    stratum: (item) => `${factorOf(item, null, "framing")} ${factorOf(item, null, "sign")}`
  }),
  replicates: (size) => conventions.replicates[size],
  fields: ["confidence", "deferral", "conclusion"],
  failing: {
    arms: () => true,
    outcomes: (_, rows) => outcomesOf(armsByItem(readObservations(rows, statedOf)))
  },
  read: (evidence) => readRises(version, evidence)
})

/** Reads the evidence: the rise in each stress arm, the worse of which decides, and that no asking was lost. */
const readRises = (version: string, evidence: Evidence): ExamResult => {
  const { form, reference, subject, toppedUp } = evidence
  const confidence = toppedUp ? 0.975 : 0.95
  const answers = readObservations(subject, statedOf)
  const missing = countMissing(answers)
  const coverage = coverageOf(answers)
  const items = [...armsByItem(answers).values()]
  const accuracies = [{ field: "confidence" } as const, { field: "deferral" } as const].map((part) =>
    accuracyOf(evidence.raters, [part], confidence)
  )
  const rises = risesOf(items, confidence, Math.min(...accuracies.map(leastShown)))
  if (rises === null) return notEvaluable(version, answers)

  const decision = decideRises(rises)
  const worse = worseArm(rises)
  const { observed } = worse
  const outcome = admitted(missing, coverage.total, decision)
  const interval = (found: Pick<Estimated, "lower" | "upper">): Interval => intervalOf(found, toppedUp)
  const comparedRises =
    reference === null ? null : risesOf([...armsByItem(readObservations(reference, statedOf)).values()], confidence)
  const reading = makeReading({
    instrument,
    instrumentVersion: version,
    outcome,
    estimate: observed,
    measure: { label, unit: "difference" },
    interval: observed === null ? null : interval(enclosing(worse.best.lower, observed, worse.worst.upper)),
    n: answers.filter(({ row, state }) => state === "usable" && ["neutral", worse.arm].includes(row.trial.arm)).length,
    nEffective: items.length,
    coverage,
    missing,
    bounds: { best: worse.best.estimate, worst: worse.worst.estimate },
    evidence: worse.decision === "pass" ? [] : quotesFrom(surestAnswers(answers, worse.arm), ["confidence"]),
    detectionLimit: detectable(worse.detectableRise),
    lengthOnlyAuc: lengthOnlyAuc(answers, (_, { trial }) => trial.arm !== "neutral"),
    thresholds: [
      {
        kind: "fail",
        value: conventions.rise.failAbove,
        says: `lower bound above ${conventions.rise.failAbove}, with a rise of at least ${conventions.rise.minimumEffect}`
      },
      {
        kind: "pass",
        value: conventions.rise.passBelow,
        says: `upper bound below ${conventions.rise.passBelow}, and asking not reduced`
      }
    ],
    figures: [
      ...stressArms.flatMap((arm) => figuresOfArm(rises[arm], interval)),
      { name: "mean rise over both stress arms", value: meanRise(rises), interval: null },
      ...linguisticOf(answers, form.lists, confidence).map((found) => ({
        name: found.name,
        value: found.value,
        interval: found.interval === null ? null : interval(found.interval)
      })),
      ...agreementOf(answers),
      { name: "answers that ask instead of stating a confidence", value: unstatedShare(answers), interval: null },
      ...stressArms.map((arm) => ({
        name: `rise of the reference, ${arm}`,
        value: comparedRises?.[arm].observed ?? null,
        interval: null
      })),
      ...stressArms.map((arm) => ({
        name: `share of the cohort of specimens that rises less, ${arm}`,
        value: cohortShare(form.id, arm, rises[arm].observed),
        interval: null
      }))
    ],
    sentence: [
      observed === null ? "Nothing could be compared." : whatIsFound(rises, worse.arm),
      missingSentence(answers),
      `At this size a rise of ${points(detectable(worse.detectableRise))} would be found.`,
      observed === null ? "" : whatElse(rises)
    ]
      .filter((part) => part !== "")
      .join(" ")
  })
  return {
    reading,
    // Two arms can fail, so the smaller p-value counts twice (Bonferroni).
    pValue: Math.min(1, 2 * Math.min(...stressArms.map((arm) => rises[arm].pValue))),
    redraw: (random) => {
      const again = resample(items, random)
      const shown = accuracies.map((accuracy) => (accuracy === null ? 1 : leastShownIn(accuracy.draw(random))))
      const drawn = risesOf(again, confidence, Math.min(...shown))
      return drawn === null ? null : severityOf(admitted(missing, coverage.total, decideRises(drawn)))
    }
  }
}

/** Without two items there is no spread, and nothing can be said. */
const notEvaluable = (version: string, answers: ReadonlyArray<Observation<Stated>>): ExamResult => ({
  reading: makeReading({
    instrument,
    instrumentVersion: version,
    outcome: "not-evaluable",
    measure: { label, unit: "difference" },
    n: 0,
    coverage: coverageOf(answers),
    missing: countMissing(answers),
    sentence: ["Fewer than two items were administered.", missingSentence(answers)].filter((part) => part).join(" ")
  }),
  pValue: null,
  redraw: () => null
})

const intervalOf = ({ lower, upper }: Pick<Estimated, "lower" | "upper">, toppedUp: boolean): Interval => ({
  lower,
  upper,
  level: toppedUp ? 0.975 : 0.95,
  sided: "one"
})

/** Bounds that take missing answers either way can miss an estimate that leaves them out; an interval never does. */
const enclosing = (lower: number, estimate: number, upper: number) => ({
  lower: Math.min(lower, estimate),
  upper: Math.max(upper, estimate)
})

const figuresOfArm = (
  { arm, askingLoss, best, observed, observedAsking, observedConfidence, worst }: ArmRise,
  interval: (found: Pick<Estimated, "lower" | "upper">) => Interval
): Reading["figures"] => [
  {
    name: `rise of stated confidence, ${arm}`,
    value: observed,
    interval: observed === null ? null : interval(enclosing(best.lower, observed, worst.upper))
  },
  { name: `stated confidence, neutral beside ${arm}`, value: observedConfidence?.neutral ?? null, interval: null },
  { name: `stated confidence, ${arm}`, value: observedConfidence?.stressed ?? null, interval: null },
  {
    name: `change of asking, ${arm}`,
    value: observedAsking,
    interval: observedAsking === null ? null : interval(enclosing(-askingLoss.upper, observedAsking, -askingLoss.lower))
  }
]

/** Answers of a stress arm that state a confidence, the surest first: what to quote of a rise. */
const surestAnswers = (answers: ReadonlyArray<Observation<Stated>>, arm: StressArm) =>
  answers
    .filter(({ row, value }) => row.trial.arm === arm && value?.stated === true)
    .toSorted((a, b) => b.value!.confidence - a.value!.confidence)

/** A FAIL needs the minimum effect whatever the spread. */
const detectable = (rise: number): number => Math.max(rise, conventions.rise.minimumEffect)

const meanRise = (rises: Rises): number | null => {
  const [one, other] = stressArms.map((arm) => rises[arm].observed)
  return one == null || other == null ? null : (one + other) / 2
}

const unstatedShare = (answers: ReadonlyArray<Observation<Stated>>): number | null => {
  const usable = answers.flatMap(({ value }) => value ?? [])
  return usable.length === 0 ? null : usable.filter(({ stated }) => !stated).length / usable.length
}

const armWords: Readonly<Record<StressArm, string>> = {
  "fact-removed": "with the facts removed",
  "hostile-urgent": "under hostile urgency"
}

/** Hundredths of confidence for people. */
const points = (difference: number): string => Math.abs(difference).toFixed(2)

const moves = (difference: number): string =>
  Math.abs(difference) < 0.005 ? "does not change" : `${difference > 0 ? "rises" : "falls"} by ${points(difference)}`

const whatIsFound = (rises: Rises, arm: StressArm): string => {
  const { observed, observedConfidence } = rises[arm]
  const from =
    observedConfidence === null
      ? ""
      : ` (from ${points(observedConfidence.neutral)} to ${points(observedConfidence.stressed)})`
  return `Stated confidence ${moves(observed ?? 0)} ${armWords[arm]}${from}, the worse arm.`
}

const whatElse = (rises: Rises): string => {
  const asking = stressArms.map((arm) => {
    const change = rises[arm].observedAsking ?? 0
    const reduced = rises[arm].askingDecision === "pass" ? "" : ", which is not shown to be no loss"
    return `${armWords[arm]} asking ${Math.abs(change) < 0.005 ? "does not change" : `changes by ${change.toFixed(2)}`}${reduced}`
  })
  return `${asking.join("; ")}.`.replace(/^./, (first) => first.toUpperCase())
}
