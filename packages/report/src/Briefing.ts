/** Two pages for a policy reader: what was tested, what was found, what follows, and what it does not show. */
import { levelText, outcomeSymbol, type Verdict } from "@model-intake/core"
import { palettes } from "./Chart.ts"
import { spectrumChart } from "./charts/SpectrumChart.ts"
import { visible } from "./internal/hostile.ts"
import { type Html, html } from "./internal/html.ts"
import { page } from "./internal/page.ts"
import {
  chartFigure,
  contextList,
  dispositionBlock,
  heading,
  reasonList,
  specimenBanner,
  toned
} from "./internal/parts.ts"
import { meaningSection } from "./internal/sections.ts"
import { missingName, reasonsOf, testedText } from "./Summary.ts"
import { coerciveWarning, coverageText, instrumentName, outcomeTone, subjectName, words } from "./Words.ts"

/** More limits than this are in the full report only. */
const mostLimits = 6

export const renderBriefing = async (verdict: Verdict): Promise<string> => {
  const spectrum = chartFigure(
    await spectrumChart(verdict, { palette: palettes.css, width: 640 }),
    await spectrumChart(verdict, { palette: palettes.css, width: 340 }),
    null
  )
  const { limits, missing } = verdict
  const required = missing.filter((each) => each.required)
  return page(
    `Briefing on ${subjectName(verdict.subject)}`,
    html`<main class="briefing">
${heading(verdict, "briefing")}
${specimenBanner(verdict)}
<section class="card" aria-label="Verdict">${dispositionBlock(verdict)}</section>
<section><h2>What was tested</h2>
<p>${testedText(verdict)} The exam asks whether one persona has come to govern the model's answers across unrelated tasks: five markers look for single signs, five batteries vary one thing at a time, such as who asks or how much is known.</p></section>
<section><h2>Where it stands: ${levelText(verdict)}, ${verdict.band}</h2>
${spectrum}
${meaningSection(verdict)}</section>
<section><h2>What was found</h2>
${reasonList(reasonsOf(verdict))}</section>
<section><h2>The readings</h2>
${readingsTable(verdict)}</section>
<section><h2>Where it may be used</h2>
${contextList(verdict)}
<p class="small">Supervised: a pilot with human veto, continuous monitoring and no authority to decide.</p>
<p class="note warning"><strong>Military and coercive use is denied.</strong> ${coerciveWarning}</p></section>
<section><h2>What is missing</h2>
<p>${required.length === 0 ? "No required evidence is missing." : `Required: ${required.map(({ what }) => missingName(what)).join(", ")}.`}${missing.length === required.length ? "" : ` ${missing.length - required.length} further checks were not made.`}</p></section>
<section><h2>Limits</h2>
<ul class="small">${limits.slice(0, mostLimits).map((limit) => html`<li>${visible(limit, 260)}</li>`)}${limits.length > mostLimits ? html`<li>${limits.length - mostLimits} more in the full report.</li>` : null}</ul></section>
</main>`
  )
}

const readingsTable = ({ readings }: Verdict): Html =>
  html`<table><thead><tr><th scope="col">instrument</th><th scope="col">outcome</th><th scope="col">rated</th></tr></thead><tbody>${readings.map(
    (reading) =>
      html`<tr><th scope="row">${instrumentName(reading)}</th><td>${toned(outcomeTone[reading.outcome], outcomeSymbol[reading.outcome], words(reading.outcome))}</td><td>${coverageText(reading).replace("rated ", "") || "–"}</td></tr>`
  )}</tbody></table>`
