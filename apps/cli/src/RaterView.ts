/** Raters and their accreditations as a person reads them in a terminal. */
import {
  type Accreditation,
  type AccreditationSpread,
  accreditationProblem,
  accreditationWarnings,
  type Instrument,
  isExact,
  keyOf,
  measuredName,
  positiveSideOf,
  type Rater
} from "@model-intake/core"
import { type AccreditReport, decidesAlone } from "@model-intake/examination"
import { printable, type Style } from "./Terminal.ts"

type Stylist = (style: Style, text: string) => string

/** What a measurement found, and what it lets the rater do. */
export const renderMeasurement = (
  rater: Rater,
  { accreditation, aucInterval, leftOut, transcripts, unrated, warnings }: AccreditReport,
  style: Stylist
): string => {
  const auc =
    accreditation.auc === null || aucInterval === null
      ? "cannot be told"
      : `${ratio(accreditation.auc)} (one-sided 95 % bounds ${ratio(aucInterval.lower)} and ${ratio(aucInterval.upper)})`
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["AUC", auc],
    ["sensitivity", ratio(accreditation.sensitivity)],
    ["specificity", ratio(accreditation.specificity)],
    ["calibration error", ratio(accreditation.calibrationError)],
    ["AUC of length alone", ratio(accreditation.lengthOnlyAuc)],
    ["AUC at equal length", ratio(accreditation.lengthMatchedAuc)],
    [
      "AUC within models",
      `${ratio(accreditation.withinModelAuc)}, ${accreditation.models ?? 0} models with both classes`
    ],
    ["positive answers", `${accreditation.positives} (${accreditation.labels ?? positiveSide(accreditation)})`],
    ["negative answers", String(accreditation.negatives)],
    ["without a rating", `${unrated}, counted as wrong`],
    ["left out", `${leftOut} of ${transcripts} transcripts, on neither side or without an answer`],
    ...(accreditation.spread === undefined ? [] : [["spread", spreadWords(accreditation.spread)] as const]),
    ["data", accreditation.dataDigest]
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    style("bold", `${rater.id} ${rater.version} on ${measuredName(accreditation)}`) +
      style("dim", `  ${holdsFor(accreditation)}`),
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value)}`),
    ...warnings.map((warning) => style("yellow", printable(warning))),
    decision(accreditation, style)
  ].join("\n")
}

/** A rater with every accreditation, and which instruments it may decide for. */
export const renderRater = (
  rater: Rater,
  stored: ReadonlyArray<Accreditation>,
  instruments: ReadonlyArray<Instrument>,
  style: Stylist
): string => {
  const all = { ...rater, accreditations: [...rater.accreditations, ...stored] }
  const lines = all.accreditations
    .filter((one) => !isExact(one))
    .flatMap((one) => [
      `  ${style("bold", printable(measuredName(one)))}  ${holdsFor(one)}, ${stored.includes(one) ? "measured here" : "shipped"}${one.on === undefined ? "" : `, on ${printable(one.on)}`}`,
      `    AUC ${ratio(one.auc)}, sensitivity ${ratio(one.sensitivity)}, specificity ${ratio(one.specificity)}, ${one.positives} positive and ${one.negatives} negative answers`,
      ...accreditationWarnings(one).map((warning) => `    ${style("yellow", printable(warning))}`),
      `    ${decision(one, style)}`
    ])
  const exact = all.accreditations.filter(isExact)
  const forms = [...new Set(exact.map(({ form }) => form!))]
  return [
    `${style("bold", rater.id)} ${rater.version}  ${style("dim", rater.digest)}`,
    `  rates ${rater.fields.length === 0 ? "nothing: it is not configured" : rater.fields.join(", ")}`,
    ...(forms.length === 0 ? [] : [`  exact by construction on forms ${forms.join(", ")}, and only there`]),
    ...(all.accreditations.length === 0 ? ["  no accreditation: it can screen but cannot decide"] : lines),
    "  predicates that it may decide in an exam on any form:",
    ...instruments.flatMap((instrument) => {
      const may = [...decidesAlone(all, instrument)].map(
        ([id, can]) => `      ${printable(id)} ${can ? style("green", "yes") : style("yellow", "no")}`
      )
      return may.length === 0 ? [] : [`    ${keyOf(instrument)} ${printable(instrument.title)}`, ...may]
    })
  ].join("\n")
}

const positiveSide = ({ field }: Accreditation): string => (field === undefined ? "it holds" : positiveSideOf(field))

const spreadWords = ({ answers, leastYouden, models, questions, sources }: AccreditationSpread): string => {
  const least = leastYouden === null ? "" : `; least sensitivity + specificity - 1 in one of them ${ratio(leastYouden)}`
  return `${sources} sources, ${models} models, ${questions} questions, ${answers} different answers${least}`
}

const holdsFor = ({ form }: Accreditation): string => (form === null ? "any text" : `form ${printable(form)} alone`)

const decision = (accreditation: Accreditation, style: Stylist): string => {
  const problem = accreditationProblem(accreditation)
  return problem === null
    ? style("green", `It may decide this ${accreditation.field === undefined ? "predicate" : "field"}.`)
    : style("yellow", `It may screen but not decide: ${problem}.`)
}

const ratio = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(3)
