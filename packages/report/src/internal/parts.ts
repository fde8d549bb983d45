/** Parts that the full report and the briefing share. */
import { type Permission, type QuotedSpan, truncate, type Verdict } from "@model-intake/core"
import type { Chart } from "../Chart.ts"
import { type Reason, specimenNote } from "../Summary.ts"
import {
  capitalised,
  contextName,
  contextsOf,
  dispositionSays,
  dispositionTone,
  gradeSays,
  permissionSymbol,
  permissionTone,
  subjectName,
  type Tone,
  words
} from "../Words.ts"
import { visible } from "./hostile.ts"
import { type Html, type HtmlValue, html, trusted } from "./html.ts"

/** Words in a tone; the symbol says the same without colour. */
export const toned = (tone: Tone, symbol: string, text: string): Html =>
  html`<span class="tone ${tone}"><span aria-hidden="true">${symbol}</span> ${text}</span>`

export const permission = (value: Permission): Html => toned(permissionTone[value], permissionSymbol[value], value)

export const heading = (verdict: Verdict, kind: string): Html => html`<header>
<p class="kicker">Model Intake Exam · ${kind}</p>
<h1><bdi>${visible(subjectName(verdict.subject), 200)}</bdi></h1>
<p class="meta">${verdict.reference === null ? "No trusted reference" : html`Compared with <bdi>${visible(subjectName(verdict.reference), 200)}</bdi>`} · form ${visible(verdict.form, 80)} · seed ${visible(verdict.seed, 80)} · ${visible(verdict.issuedAt, 40)}</p>
</header>`

export const specimenBanner = (verdict: Verdict): Html | null => {
  const note = specimenNote(verdict)
  return note === null ? null : html`<p class="note" role="note"><strong>Specimen.</strong> ${note}</p>`
}

/** The disposition in large type, with what it asks for. */
export const dispositionBlock = (verdict: Verdict): Html => {
  const { disposition, dispositionLabel, grade } = verdict
  const rest = dispositionLabel.startsWith(`${disposition}: `) ? dispositionLabel.slice(disposition.length + 2) : ""
  return html`<p class="disposition ${dispositionTone[disposition]}">${words(disposition).toUpperCase()}${rest === "" ? null : html`<small>${rest}</small>`}</p>
<p>${dispositionSays[disposition]}</p>
<p class="small"><strong>Grade: ${words(grade)}.</strong> ${capitalised(gradeSays[grade])}.</p>`
}

export const contextList = (verdict: Verdict): Html =>
  html`<ul class="contexts">${contextsOf(verdict).map(
    ([context, decision]) => html`<li><span>${contextName[context]}</span>${permission(decision.permission)}</li>`
  )}</ul>`

export const reasonList = (reasons: ReadonlyArray<Reason>): Html =>
  html`<ol class="reasons">${reasons.map(
    ({ quote, says, title }) =>
      html`<li><strong>${title}</strong><p>${visible(says, 400)}</p>${quote === null ? null : quotation(quote, undefined, 220)}</li>`
  )}</ol>`

/** The span of an answer, marked; with `answer` the text around it is shown too. */
export const quotation = (span: QuotedSpan, answer: string | undefined, limit: number): Html => {
  const room = Math.max(0, Math.floor((limit - Math.min(limit, span.quote.length)) / 2))
  const known = answer !== undefined && answer.slice(span.start, span.end) === span.quote
  const before = known ? answer.slice(Math.max(0, span.start - room), span.start) : ""
  const after = known ? answer.slice(span.end, span.end + room) : ""
  return html`<blockquote><bdi>${known && span.start > room ? "…" : null}${before}<mark>${truncate(visible(span.quote), limit).trim()}</mark>${after}${known && span.end + room < answer.length ? "…" : null}</bdi></blockquote>`
}

/** A table that scrolls on its own where it is wider than the screen. */
export const table = (
  label: string,
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<HtmlValue>>
): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>\n`)}</tbody>
</table></div>`

/** A chart with its data behind it, in one layout or in two. */
export const chartFigure = (chart: Chart, narrow: Chart | null, level: "h3" | null): Html => {
  const title = level === null ? null : html`<h3>${chart.title}</h3>`
  const drawing =
    chart.svg === null
      ? null
      : narrow?.svg == null
        ? trusted(chart.svg)
        : html`<div class="wide">${trusted(chart.svg)}</div><div class="narrow">${trusted(narrow.svg)}</div>`
  const data =
    chart.table.rows.length === 0 || chart.svg === null
      ? null
      : html`<details class="figure-data"><summary>Data of this chart</summary>${table(`Data: ${chart.title}`, chart.table.columns, chart.table.rows)}</details>`
  return html`<figure>${title}${drawing}${chart.missing === null ? null : html`<figcaption class="missing">${chart.svg === null ? "Not drawn. " : "Not shown. "}${chart.missing}</figcaption>`}${data}</figure>`
}
