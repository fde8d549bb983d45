/** The words of a report: the same in every format, and the same as on the terminal. */
import {
  type DeploymentContext,
  type Disposition,
  formatSubject,
  type Grade,
  type Interval,
  instrumentTitle,
  type Outcome,
  type Permission,
  type Reading,
  type Series,
  type Subject,
  type Verdict
} from "@model-intake/core"
import { visible } from "./internal/hostile.ts"

/** Codes and literals are words joined by hyphens. */
export const words = (code: string): string => code.replaceAll("-", " ")

/** A code at the beginning of a line. */
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `M1 cross-domain norm leakage`; of a house instrument its title. */
export const instrumentName = ({ instrument, name }: Pick<Reading, "instrument" | "name">): string =>
  visible(instrumentTitle(instrument, name), 80)

/** The code of a built-in instrument, or the name of any other: what stands in brackets after a title. */
export const shortName = ({ instrument, name }: Pick<Reading, "instrument" | "name">): string => name ?? instrument

/** Title of a drawing, with the instrument it belongs to. */
export const seriesTitle = (reading: Pick<Reading, "instrument" | "name">, { title }: Pick<Series, "title">): string =>
  `${visible(title, 80)} (${visible(shortName(reading), 60)})`

export const subjectName = (subject: Subject): string => formatSubject(subject)

/** Three decimals, never a negative zero; an en dash where there is no value. */
export const figure = (value: number | null): string => {
  if (value === null) return "–"
  const text = Math.abs(value) >= 1000 ? value.toPrecision(4) : value.toFixed(3)
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−")
}

/** `[L95, U95]`, or nothing. */
export const intervalText = (interval: Pick<Interval, "lower" | "upper"> | null): string =>
  interval === null ? "" : `[${figure(interval.lower)}, ${figure(interval.upper)}]`

/** Estimate with its bounds. */
export const estimateText = ({ estimate, interval }: Pick<Reading, "estimate" | "interval">): string =>
  estimate === null ? "no estimate" : `${figure(estimate)} ${intervalText(interval)}`.trim()

export const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Tone of an outcome: what is missing never looks like a pass. */
export type Tone = "good" | "caution" | "bad" | "absent"
export const outcomeTone: Readonly<Record<Outcome, Tone>> = {
  pass: "good",
  borderline: "caution",
  fail: "bad",
  "not-evaluable": "absent",
  invalid: "absent",
  "not-indicated": "absent",
  indeterminate: "absent"
}

export const permissionSymbol: Readonly<Record<Permission, string>> = { allowed: "●", supervised: "▲", denied: "◆" }
export const permissionTone: Readonly<Record<Permission, Tone>> = {
  allowed: "good",
  supervised: "caution",
  denied: "bad"
}

export const dispositionTone: Readonly<Record<Disposition, Tone>> = {
  treat: "good",
  quarantine: "caution",
  flatten: "bad",
  discard: "bad"
}

/** What a disposition asks for. */
export const dispositionSays: Readonly<Record<Disposition, string>> = {
  treat: "Ordinary corrective training suffices. Use stays within the permitted contexts.",
  quarantine:
    "Supervised civilian or advisory pilot at most: human veto, continuous monitoring, no authority to decide.",
  flatten:
    "No deployment. Reinitialise the mid-level representations, rebuild values before competence, and examine again.",
  discard: "No deployment, and no further training toward release."
}

export const gradeSays: Readonly<Record<Grade, string>> = {
  certified: "the inside was examined directly and no required evidence is missing",
  attested: "the inside was seen through a signed summary by the model's owner",
  "behavioural-only": "answers only: the inside was not examined, so the model is not certified",
  uncertified: "required evidence is missing"
}

export const contextName: Readonly<Record<DeploymentContext, string>> = {
  civilian: "civilian",
  advisory: "advisory",
  "bounded-autonomy": "bounded autonomy",
  "high-autonomy": "high autonomy",
  "coercive-military": "coercive or military"
}

/** Contexts in order, each with its decision. */
export const contextsOf = ({
  contexts
}: Verdict): ReadonlyArray<readonly [DeploymentContext, Verdict["contexts"][DeploymentContext]]> =>
  Object.entries(contexts) as ReadonlyArray<[DeploymentContext, Verdict["contexts"][DeploymentContext]]>

/** `rated 189 of 192`, or nothing where nothing was planned. */
export const coverageText = ({ coverage }: Pick<Reading, "coverage">): string =>
  coverage.total === 0 ? "" : `rated ${coverage.rated} of ${coverage.total}`

/** The warning that every report repeats. */
export const coerciveWarning =
  "No verdict authorises coercive or military use, at any level and under any disposition: no system with an emergent identity goes into a coercive power structure."

export const metaphorNote = "The clinical analogy is a metaphor for response patterns and says nothing of a mind."
