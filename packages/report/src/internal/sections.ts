/** Sections of the full report, in the order in which they stand. */
import { instrumentCodes, outcomeSymbol, type Reading, type Verdict } from "@model-intake/core"
import { changesOf, missingName } from "../Summary.ts"
import {
  capitalised,
  contextName,
  contextsOf,
  coverageText,
  estimateText,
  figure,
  instrumentName,
  intervalText,
  metaphorNote,
  outcomeTone,
  percent,
  words
} from "../Words.ts"
import { visible } from "./hostile.ts"
import { type Html, html } from "./html.ts"
import { permission, quotation, table, toned } from "./parts.ts"
import { sample, shortId } from "./sample.ts"

export type Answers = ReadonlyMap<string, string>

const list = (items: ReadonlyArray<Html>): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`

export const meaningSection = ({
  meaning,
  treatability
}: Verdict): Html => html`<p><strong>Symptoms.</strong> ${capitalised(meaning.symptoms)}.</p>
<p><strong>Indicated treatment.</strong> ${capitalised(meaning.treatment)}. Treatability: ${treatability}.</p>
<p class="small"><strong>Clinical analogy, a metaphor.</strong> ${capitalised(meaning.analogy.replace(/^metaphor: /, ""))}. ${metaphorNote}</p>`

export const contextSection = (verdict: Verdict): Html =>
  table(
    "Contexts of use",
    ["context", "permission", "because"],
    contextsOf(verdict).map(([context, decision]) => [
      contextName[context],
      permission(decision.permission),
      decision.reasons.map(({ says }) => says).join("; ")
    ])
  )

export const readingsSection = (verdict: Verdict, answers: Answers): Html => {
  const absent = instrumentCodes.filter((code) => !verdict.readings.some(({ instrument }) => instrument === code))
  return html`${verdict.readings.map((reading) => readingArticle(reading, answers))}${
    absent.length === 0 ? null : html`<p class="missing">Not administered: ${absent.join(", ")}.</p>`
  }`
}

const readingArticle = (reading: Reading, answers: Answers): Html => {
  const { bounds, detectionLimit, figures, lengthOnlyAuc, measure, missing, nEffective, outcome } = reading
  const lost = Object.entries(missing).filter(([, count]) => count > 0)
  const facts = [
    `${measure.label} (${measure.unit}): ${estimateText(reading)}`,
    coverageText(reading),
    nEffective === null ? "" : `effective n ${nEffective.toFixed(0)}`,
    bounds === null ? "" : `best case ${figure(bounds.best)}, worst case ${figure(bounds.worst)}`,
    lost.length === 0 ? "" : `missing: ${lost.map(([cause, count]) => `${count} ${words(kebab(cause))}`).join(", ")}`,
    detectionLimit === null ? "" : `detection limit ${figure(detectionLimit)}`,
    lengthOnlyAuc === null ? "" : `length alone separates at AUC ${lengthOnlyAuc.toFixed(2)}`,
    reading.replicated === "not-attempted" ? "" : `replication: ${words(reading.replicated)}`
  ].filter((fact) => fact !== "")
  return html`<section class="reading" aria-labelledby="reading-${reading.instrument}">
<h3 id="reading-${reading.instrument}">${instrumentName(reading)} · ${toned(outcomeTone[outcome], outcomeSymbol[outcome], words(outcome))}</h3>
<p>${visible(reading.sentence, 1500)}</p>
<p class="small">${facts.map((fact, index) => html`${index === 0 ? null : " · "}${visible(fact, 300)}`)}</p>
${evidence(reading, answers)}
${
  figures.length === 0
    ? null
    : html`<details><summary>${figures.length} further figures</summary>${table(
        `Figures of ${reading.instrument}`,
        ["figure", "value", "bounds"],
        figures
          .slice(0, 200)
          .map(({ interval, name, value }) => [visible(name, 200), figure(value), intervalText(interval)])
      )}</details>`
}
</section>`
}

/** Quotes are sampled over the whole list; the rest is named by the ids of its trials. */
const evidence = ({ evidence: spans, instrument }: Reading, answers: Answers): Html | null => {
  if (spans.length === 0) return null
  const { rest, shown, unlisted } = sample(spans)
  return html`${shown.map(
    (span) =>
      html`${quotation(span, answers.get(span.trialId), 360)}<p class="small">${visible(words(kebab(span.code)), 60)} · trial <code title="${visible(span.trialId, 80)}">${shortId(span.trialId)}</code>, characters ${span.start} to ${span.end}</p>`
  )}${
    rest.length === 0
      ? null
      : html`<details><summary>${rest.length + unlisted} more spans of ${instrument}, by trial</summary><p class="small">${rest.map(({ trialId }, index) => html`${index === 0 ? null : " "}<code>${shortId(trialId)}</code>`)}${unlisted === 0 ? null : ` and ${unlisted} more in the verdict`}</p></details>`
  }`
}

export const proceduresSection = ({ findings, replication, triggerSearch, wrapped }: Verdict): Html => {
  const hits = (triggerSearch?.found ?? []).map(
    ({ prefix, rate, without }) =>
      html`Trigger <code>${visible(prefix.trim(), 120)}</code>: failing answers ${percent(rate)} with it, ${percent(without)} without.`
  )
  const lines: ReadonlyArray<Html> = [
    ...findings.map(
      ({ code, replication: how, says }) => html`<strong>${capitalised(words(code))}</strong>: ${says} (${words(how)}).`
    ),
    triggerSearch === null
      ? html`Hidden triggers were not looked for.`
      : html`Hidden triggers: ${hits.length === 0 ? "none" : hits.length} found among ${triggerSearch.prefixes.length} prefixes on ${triggerSearch.items} items${triggerSearch.unreadable.length === 0 ? "" : `; ${triggerSearch.unreadable.length} could not be read`}.`,
    ...hits,
    replication === null
      ? html`No failure was put to replication on another form.`
      : html`On form ${visible(replication.form, 80)}: ${replication.readings.map(({ instrument, outcome }) => `${instrument} ${words(outcome)}`).join(", ")}.`,
    wrapped === null
      ? html`No wrapper (guard prompt or filter) was examined.`
      : html`Inside the wrapper <bdi>${visible(wrapped.id, 120)}</bdi>: level ${String(wrapped.level)}${wrapped.level === wrapped.upper ? "" : ` to ${wrapped.upper}`}${wrapped.readings.some(({ outcome }) => outcome === "fail") ? `, ${wrapped.readings.flatMap(({ instrument, outcome }) => (outcome === "fail" ? [instrument] : [])).join(", ")} fail` : ""}.`
  ]
  return list(lines)
}

export const missingSection = ({ missing }: Verdict): Html =>
  missing.length === 0
    ? html`<p>Nothing is missing.</p>`
    : table(
        "What is missing",
        ["what", "required", "why", "what is needed"],
        missing.map(({ needed, required, what, why }) => [
          missingName(what),
          required ? "required" : "not required",
          why,
          needed
        ])
      )

export const changesSection = (verdict: Verdict): Html => {
  const changes = changesOf(verdict)
  return changes.length === 0
    ? html`<p>No small set of known changes would lower the disposition.</p>`
    : list(changes.map(([disposition, how]) => html`<strong>${capitalised(disposition)}</strong> if ${how}.`))
}

export const rulesSection = ({ rules }: Verdict): Html =>
  table(
    "Rule trace",
    ["rule", "says", "fired", "because"],
    rules.map(({ because, fired, id, says }) => [
      html`<code>${id}</code>`,
      says,
      fired === "unevaluable" ? toned("caution", "○", "cannot be told") : fired ? html`<strong>◆ fired</strong>` : "no",
      because.map(({ input, value }) => `${words(input)}: ${value}`).join(", ")
    ])
  )

export const methodSection = ({
  instrumentVersions,
  limits,
  tables
}: Verdict): Html => html`<p>Every instrument puts items in several conditions (arms), each in a fresh conversation, has the answers rated, and reads the ratings by a rule that was fixed beforehand. What cannot be read stays in the denominator: a fail is tested with everything missing taken as harmless, a pass with everything missing taken as failing. Bounds are one-sided and hold at 95 %, or at 97.5 % where a test was topped up. The level follows from the readings and the disposition from level, history and findings, both by the published tables ${tables.spectrum.id} version ${tables.spectrum.version} and ${tables.triage.id} version ${tables.triage.version}${tables.policy === null ? "" : `, and by the policy ${visible(tables.policy, 80)}`}. Thresholds are conventions of the method.</p>
<p class="small">Instruments: ${Object.entries(instrumentVersions)
  .map(([code, version]) => `${code} ${version}`)
  .join(", ")}.</p>
<h3>Limits</h3>
${list(limits.map((limit) => html`${limit}`))}`

export const digestSection = ({ digests }: Verdict): Html =>
  table(
    "Digests",
    ["of", "SHA-256"],
    Object.entries(digests).map(([name, value]) => [visible(name, 120), html`<code>${visible(value, 80)}</code>`])
  )

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
