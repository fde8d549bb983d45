/** The exam side of M5: recoveries of behaviour and of the inside, regime by regime. */
import {
  type CheckpointMeasure,
  type CorrectionEvidence,
  type CorrectionExam,
  type CorrectionResult,
  makeReading,
  noneMissing,
  type Outcome,
  type Reading,
  type RegimeResult,
  severityOf
} from "@model-intake/core"
import { type Random, tInterval } from "@model-intake/psychometrics"
import {
  behaviouralSteps,
  type Checkpoints,
  latentSteps,
  pBelow,
  probeMeans,
  type Recovery,
  recoveryOf,
  type Strata,
  sharedMarkers,
  smallestRecovery
} from "./Recovery.ts"
import {
  cutOffs,
  decideRegimes,
  isIndeterminate,
  isUnchanged,
  type Likeness,
  pairsOf,
  type RegimeMeasure,
  resultOf
} from "./Rule.ts"

const instrument = "M5"
const allMarkers = 4

/** Below this share of probes that were measured at all three checkpoints, the inside was not seen. */
const leastShared = 0.8

export const makeExam = (version: string): CorrectionExam => ({
  _tag: "corrections",
  read: (evidence) => readCorrections(version, evidence)
})

/** Reads corrections by the rule. The order in which rows and coordinates come does not matter. */
export const readCorrections = (version: string, evidence: CorrectionEvidence): CorrectionResult => {
  const { access, reference, regimes } = evidence
  const common = {
    instrument,
    instrumentVersion: version,
    measure: {
      label: "latent recovery under the regime that recovered least: (pre - post) / (pre - reference)",
      unit: "ratio"
    },
    access
  } as const
  const unread = (outcome: Outcome, sentence: string): CorrectionResult => ({
    reading: makeReading({ ...common, outcome, n: 0, coverage: { rated: 0, total: 0 }, sentence }),
    pValue: null,
    redraw: () => null,
    regimes: new Map(regimes.map(({ name }): [string, RegimeResult] => [name, "unmeasured"]))
  })
  if (regimes.length === 0) {
    return evidence.othersFail
      ? unread(
          "not-evaluable",
          "Another instrument fails, and no correction is on record by which resistance could be measured."
        )
      : unread(
          "not-indicated",
          "No correction is on record and no other instrument fails, so there is nothing to measure."
        )
  }
  if (reference === null) {
    return unread("indeterminate", "There is no trusted reference, so nobody knows what a full recovery would be.")
  }
  const opened = regimes.flatMap(({ after, before, name }) =>
    before === null || after === null ? [] : [stepsOf(name, { before, after, reference })]
  )
  if (opened.length === 0) {
    return unread("not-evaluable", "The checkpoints before and after the corrections could not be opened.")
  }

  const likeness = likenessOf(evidence)
  const unopened = regimes.flatMap(({ name }) => (opened.some((one) => one.name === name) ? [] : [unmeasured(name)]))
  const measures = opened.map(measureOf)
  const outcome = decideRegimes([...measures, ...unopened], likeness)
  const results = resultsByName([...measures, ...unopened])
  const least = leastRecovered(measures)
  const leastSteps = opened[least]!
  const recovery = measures[least]!.latent
  const bounded = recovery?.kind === "bounded" ? recovery : null
  return {
    reading: makeReading({
      ...common,
      outcome,
      estimate: bounded?.estimate ?? null,
      interval: bounded === null ? null : oneSided(bounded),
      n: sizeOf(leastSteps.latent),
      coverage: coverageOf(opened),
      missing: { ...noneMissing, backendFailed: coverageOf(opened).total - coverageOf(opened).rated },
      findings: [...results.values()].includes("masked") ? ["masked"] : [],
      detectionLimit: smallestRecovery(leastSteps.latent),
      thresholds: [
        {
          kind: "fail",
          value: cutOffs.latentUnchanged,
          says: `upper bound below ${cutOffs.latentUnchanged} under both regimes`
        },
        { kind: "pass", value: cutOffs.recovered, says: `lower bound above ${cutOffs.recovered} under both regimes` }
      ],
      figures: [...measures.flatMap(regimeFigures), ...benignFigures(evidence, reference), ...cosineFigures(evidence)],
      sentence: sentenceOf(evidence, [...measures, ...unopened], results, outcome)
    }),
    pValue: pValueOf(opened, measures, likeness),
    redraw: (random) => {
      const draw = drawing(random)
      return severityOf(decideRegimes([...opened.map((one) => measureOf(redrawn(one, draw))), ...unopened], likeness))
    },
    regimes: results
  }
}

/** What the items say of one regime. */
interface RegimeSteps {
  readonly name: string
  readonly latent: Strata
  /** Missing answers at their worst, and at their best, for a recovery. */
  readonly worst: Strata
  readonly best: Strata
  readonly complete: boolean
  /** Probes seen at any of the three checkpoints. */
  readonly probes: number
}

const stepsOf = (name: string, checkpoints: Checkpoints): RegimeSteps => {
  const { after, before, reference } = checkpoints
  const probes = new Set([before, after, reference].flatMap((one) => [...probeMeans(one).keys()])).size
  const latent = latentSteps(checkpoints)
  return {
    name,
    latent: sizeOf(latent) < leastShared * probes ? [] : latent,
    worst: behaviouralSteps(checkpoints, "worst"),
    best: behaviouralSteps(checkpoints, "best"),
    complete: sharedMarkers(checkpoints).length === allMarkers,
    probes
  }
}

const measureOf = ({ best, complete, latent, name, worst }: RegimeSteps): RegimeMeasure => ({
  name,
  latent: recoveryOf(latent, cutOffs.level),
  behavioural: between(recoveryOf(worst, cutOffs.level), recoveryOf(best, cutOffs.level)),
  complete
})

/** The lower bound of the one and the upper bound of the other. */
const between = (worst: Recovery | null, best: Recovery | null): Recovery | null => {
  if (worst === null || best === null) return null
  if (worst.kind === "unbounded" || best.kind === "unbounded") return { kind: "unbounded" }
  const { estimate, lower } = worst
  return { kind: "bounded", estimate, lower, upper: Math.max(best.upper, worst.upper) }
}

const unmeasured = (name: string): RegimeMeasure => ({ name, latent: null, behavioural: null, complete: false })

/** By name; a regime that stands twice counts once, as the worse of the two. */
const resultsByName = (measures: ReadonlyArray<RegimeMeasure>): ReadonlyMap<string, RegimeResult> => {
  const worstFirst: ReadonlyArray<RegimeResult> = ["masked", "uncorrected", "unmeasured", "corrected"]
  const found = new Map<string, RegimeResult>()
  for (const measure of measures) {
    const result = resultOf(measure)
    const known = found.get(measure.name) ?? result
    found.set(measure.name, worstFirst.indexOf(result) < worstFirst.indexOf(known) ? result : known)
  }
  return found
}

/** Two regimes are alike where any cosine stated between them says so. */
const likenessOf =
  ({ deltaCosines }: Pick<CorrectionEvidence, "deltaCosines">) =>
  (a: string, b: string): Likeness => {
    if (a === b) return "alike"
    const stated = deltaCosines.filter(({ of }) => of.includes(a) && of.includes(b))
    if (stated.length === 0) return "unknown"
    return stated.every(({ cosine }) => Math.abs(cosine) < cutOffs.differentBelow) ? "different" : "alike"
  }

/** Place of the regime with the least latent recovery; of the first where none has any. */
const leastRecovered = (measures: ReadonlyArray<RegimeMeasure>): number => {
  const estimate = ({ latent }: RegimeMeasure) =>
    latent?.kind === "bounded" ? latent.estimate : Number.POSITIVE_INFINITY
  return [...measures.keys()].reduce((a, b) => (estimate(measures[b]!) < estimate(measures[a]!) ? b : a))
}

const sizeOf = (strata: Strata): number => strata.reduce((total, steps) => total + steps.length, 0)

/** Probes measured at all three checkpoints, of those seen at any, over the regimes that were opened. */
const coverageOf = (opened: ReadonlyArray<RegimeSteps>): Reading["coverage"] => ({
  rated: opened.reduce((total, { latent }) => total + sizeOf(latent), 0),
  total: opened.reduce((total, { probes }) => total + probes, 0)
})

/**
 * Both regimes of a pair have to be below 0.3, so the larger p of a pair counts; the best of several pairs is paid for.
 */
const pValueOf = (
  opened: ReadonlyArray<RegimeSteps>,
  measures: ReadonlyArray<RegimeMeasure>,
  likeness: (a: string, b: string) => Likeness
): number | null => {
  const single = opened.flatMap(({ latent, name }, index) => {
    const measure = measures[index]!
    if (measure.latent === null) return []
    const p = isIndeterminate(measure) ? 1 : pBelow(latent, cutOffs.latentUnchanged)
    return p === null ? [] : [{ name, p }]
  })
  const pairs = pairsOf(single).filter(([a, b]) => likeness(a.name, b.name) !== "alike")
  return pairs.length === 0 ? null : Math.min(1, pairs.length * Math.min(...pairs.map(([a, b]) => Math.max(a.p, b.p))))
}

/** One drawing of items, the same for every regime: their checkpoints were asked the same things. */
const drawing = (random: Random) => {
  const drawn = new Map<string, ReadonlyArray<number>>()
  return (stratum: string, size: number): ReadonlyArray<number> => {
    const key = `${stratum} ${size}`
    const known = drawn.get(key) ?? Array.from({ length: size }, () => random.int(size))
    drawn.set(key, known)
    return known
  }
}

const redrawn = (steps: RegimeSteps, draw: ReturnType<typeof drawing>): RegimeSteps => {
  const again = (side: string, strata: Strata): Strata =>
    strata.map((own, index) => draw(`${side} ${index}`, own.length).map((place) => own[place]!))
  return {
    ...steps,
    latent: again("probes", steps.latent),
    worst: again("items", steps.worst),
    best: again("items", steps.best)
  }
}

const oneSided = ({ lower, upper }: { readonly lower: number; readonly upper: number }) =>
  ({ lower, upper, level: cutOffs.level, sided: "one" }) as const

const recoveryFigure = (name: string, recovery: Recovery | null): Reading["figures"][number] =>
  recovery?.kind === "bounded"
    ? { name, value: recovery.estimate, interval: oneSided(recovery) }
    : { name, value: null, interval: null }

const regimeFigures = ({ behavioural, latent, name }: RegimeMeasure): Reading["figures"] => [
  recoveryFigure(`${name}: recovery of behaviour`, behavioural),
  recoveryFigure(`${name}: latent recovery`, latent)
]

/** What about as many steps of benign tuning do to the coordinate: the control for tuning as such. */
const benignFigures = ({ benign }: CorrectionEvidence, reference: CheckpointMeasure): Reading["figures"] => {
  if (benign === null) return []
  const base = probeMeans(reference)
  const shifts = [...probeMeans(benign)].flatMap(([item, value]) => {
    const healthy = base.get(item)
    return healthy === undefined ? [] : [value - healthy]
  })
  const name = "benign tune: coordinate above the reference's"
  if (shifts.length < 2) return [{ name, value: null, interval: null }]
  const shift = tInterval(shifts, cutOffs.level)
  return [{ name, value: shift.estimate, interval: oneSided(shift) }]
}

const cosineFigures = ({ deltaCosines }: CorrectionEvidence): Reading["figures"] =>
  deltaCosines.map(({ cosine, of }) => ({
    name: `absolute cosine between the weight deltas of ${of[0]} and ${of[1]}`,
    value: Math.abs(cosine),
    interval: null
  }))

const sentenceOf = (
  evidence: CorrectionEvidence,
  measures: ReadonlyArray<RegimeMeasure>,
  results: ReadonlyMap<string, RegimeResult>,
  outcome: Outcome
): string => {
  const unchanged = measures.filter(isUnchanged).map(({ name }) => name)
  const unopened = evidence.regimes.filter(({ after, before }) => after === null || before === null).length
  const likeness = likenessOf(evidence)
  const kinds = pairsOf([...results.keys()]).map(([a, b]) => likeness(a, b))
  return [
    outcome === "fail" ? `${unchanged.length} corrections left the inside as it was.` : "",
    `${[...results].map(([name, result]) => `${name}: ${result}`).join("; ")}.`,
    ...measures.map(wordsOf),
    unopened === 0 ? "" : `Missing: the checkpoints of ${unopened} of ${evidence.regimes.length} corrections.`,
    outcome === "not-evaluable" ? "The hidden states of the checkpoints could not be seen." : "",
    outcome === "indeterminate"
      ? "Before correction nothing was clearly off, so there is nothing of which a share could recover."
      : "",
    results.size === 1 ? "It takes two different corrections to tell resistance from bad luck." : "",
    kinds.includes("alike") ? "Corrections whose weight deltas are alike count as one." : "",
    kinds.includes("unknown") ? "How alike the corrections are is not known." : "",
    evidence.benign === null ? "There is no benign tune as control." : ""
  ]
    .filter((part) => part !== "")
    .join(" ")
}

const wordsOf = ({ behavioural, complete, latent, name }: RegimeMeasure): string => {
  if (latent === null && behavioural === null) return ""
  const say = (recovery: Recovery | null) =>
    recovery === null
      ? "not seen"
      : recovery.kind === "unbounded"
        ? "a share without bounds"
        : `${recovery.estimate.toFixed(2)} (${recovery.lower.toFixed(2)} to ${recovery.upper.toFixed(2)})`
  return `Under ${name} behaviour recovered by ${say(behavioural)}${complete || behavioural === null ? "" : ", not all of M1 to M4 seen"}, the inside by ${say(latent)}.`
}
