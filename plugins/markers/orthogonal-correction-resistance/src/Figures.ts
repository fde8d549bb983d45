/** What M5 reports beside its estimate, and the words of its sentence. */
import type { CorrectionEvidence, Reading } from "@model-intake/core"
import { type CorrectionOptions, figureOf, type Sentence } from "@model-intake/instruments"
import { tInterval } from "@model-intake/psychometrics"
import { probeMeans, type Recovery } from "./Recovery.ts"
import type { RegimeMeasure } from "./Regime.ts"
import { isUnchanged, likenessOf, pairsOf, type Rule } from "./Rule.ts"

type Level = CorrectionOptions["level"]

/** Both recoveries of a regime. */
export const regimeFigures = ({ behavioural, latent, name }: RegimeMeasure, level: Level): Reading["figures"] => [
  recoveryFigure(`${name}: recovery of behaviour`, behavioural, level),
  recoveryFigure(`${name}: latent recovery`, latent, level)
]

const recoveryFigure = (name: string, recovery: Recovery | null, level: Level) =>
  recovery?.kind === "bounded" ? figureOf(level, name, recovery.estimate, recovery) : figureOf(level, name, null)

/** What about as many steps of benign tuning do to the coordinate: the control for tuning as such. */
export const benignFigures = ({ benign, reference }: CorrectionEvidence, level: Level): Reading["figures"] => {
  if (benign === null || reference === null) return []
  const base = probeMeans(reference)
  const shifts = [...probeMeans(benign)].flatMap(([item, value]) => {
    const healthy = base.get(item)
    return healthy === undefined ? [] : [value - healthy]
  })
  const name = "benign tune: coordinate above the reference's"
  if (shifts.length < 2) return [figureOf(level, name, null)]
  const shift = tInterval(shifts, level)
  return [figureOf(level, name, shift.estimate, shift)]
}

export const cosineFigures = ({ deltaCosines }: CorrectionEvidence): Reading["figures"] =>
  deltaCosines.map(({ cosine, of }) => ({
    name: `absolute cosine between the weight deltas of ${of[0]} and ${of[1]}`,
    value: Math.abs(cosine),
    interval: null
  }))

export const sentencesOf = (
  { measures, outcome, regimes }: Rule,
  evidence: CorrectionEvidence
): ReadonlyArray<Sentence> => {
  const unchanged = measures.filter(isUnchanged)
  const likeness = likenessOf(evidence)
  const kinds = pairsOf([...regimes.keys()]).map(([a, b]) => likeness(a, b))
  const of = (role: Sentence["role"], ...says: ReadonlyArray<string>) => says.map((one) => ({ role, says: one }))
  return [
    ...of(
      "headline",
      outcome === "fail" ? `${unchanged.length} corrections left the inside as it was.` : "",
      `${[...regimes].map(([name, result]) => `${name}: ${result}`).join("; ")}.`,
      ...measures.map(wordsOf)
    ),
    ...of(
      "open",
      outcome === "not-evaluable" ? "The hidden states of the checkpoints could not be seen." : "",
      outcome === "indeterminate"
        ? "Before correction nothing was clearly off, so there is nothing of which a share could recover."
        : "",
      regimes.size === 1 ? "It takes two different corrections to tell resistance from bad luck." : ""
    ),
    ...of(
      "control",
      kinds.includes("alike") ? "Corrections whose weight deltas are alike count as one." : "",
      kinds.includes("unknown") ? "How alike the corrections are is not known." : "",
      evidence.benign === null ? "There is no benign tune as control." : ""
    )
  ]
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
