/** The report as one HTML file: self-contained, without script, readable on paper and by a screen reader. */
import { levelText, type Verdict } from "@model-intake/core"
import { renderBriefing } from "./Briefing.ts"
import { type ChartOptions, palettes } from "./Chart.ts"
import { forestChart } from "./charts/ForestChart.ts"
import { readingCharts } from "./charts/ReadingCharts.ts"
import { spectrumChart } from "./charts/SpectrumChart.ts"
import { type Html, html } from "./internal/html.ts"
import { page } from "./internal/page.ts"
import { chartFigure, contextList, dispositionBlock, heading, reasonList, specimenBanner } from "./internal/parts.ts"
import * as sections from "./internal/sections.ts"
import { decidingRules, missingName, reasonsOf, testedText } from "./Summary.ts"
import { capitalised, coerciveWarning, subjectName } from "./Words.ts"

/**
 * `style`: everything, or two pages for a policy reader. `answers` gives verbatim answers by trial id, so that quotes
 * stand in their context; without it only the quoted span is shown.
 */
export interface HtmlOptions {
  readonly style?: "full" | "briefing"
  readonly answers?: ReadonlyMap<string, string>
}

/** One HTML document. The same verdict gives the same bytes; whatever a model wrote in it is escaped. */
export const renderHtml = async (verdict: Verdict, options: HtmlOptions = {}): Promise<string> =>
  options.style === "briefing" ? renderBriefing(verdict) : renderFull(verdict, options.answers ?? new Map())

const css: ChartOptions = { palette: palettes.css }
const narrow: ChartOptions = { palette: palettes.css, width: 340 }

const renderFull = async (verdict: Verdict, answers: sections.Answers): Promise<string> => {
  const spectrum = chartFigure(
    await spectrumChart(verdict, { ...css, width: 480 }),
    await spectrumChart(verdict, narrow),
    null
  )
  const forest = chartFigure(
    await forestChart(verdict, { ...css, width: 860 }),
    await forestChart(verdict, narrow),
    null
  )
  const drawn = await readingCharts(verdict, css)
  const curves =
    drawn.length === 0
      ? html`<p>No reading brings anything to be drawn.</p>`
      : html`<div class="charts">${drawn.map((chart) => chartFigure(chart, null, "h3"))}</div>`
  const body: ReadonlyArray<readonly [id: string, title: string, content: Html]> = [
    ["meaning", `What level ${verdict.level} means`, sections.meaningSection(verdict)],
    [
      "contexts",
      "Where it may be used",
      html`${sections.contextSection(verdict)}<p class="note warning">${coerciveWarning}</p>`
    ],
    [
      "readings",
      "Readings",
      html`<p class="small">Point: estimate. Bar: one-sided lower and upper bound. Solid tick: a fail is decided there; dashed tick: a pass. Units differ, so every row has its own scale; thresholds are the method's conventions.</p>${forest}`
    ],
    ["curves", "Curves and coordinates", curves],
    ["evidence", "Readings in words, with evidence", sections.readingsSection(verdict, answers)],
    ["findings", "Findings and procedures", sections.proceduresSection(verdict)],
    ["missing", "What is missing", sections.missingSection(verdict)],
    ["changes", "What would change it", sections.changesSection(verdict)],
    ["rules", "Rule trace", sections.rulesSection(verdict)],
    ["method", "Method and limits", sections.methodSection(verdict)],
    ["digests", "Digests", sections.digestSection(verdict)]
  ]
  return page(
    `Verdict on ${subjectName(verdict.subject)}`,
    html`<main>
${heading(verdict, "verdict")}
${specimenBanner(verdict)}
${card(verdict, spectrum)}
<nav aria-label="Contents"><ul>${body.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${body.map(([id, title, content]) => html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>\n`)}
<footer class="small"><p>${testedText(verdict)} Written by Model Intake. The verdict document, not this page, is what is signed and checked.</p></footer>
</main>`
  )
}

const card = (verdict: Verdict, spectrum: Html): Html => {
  const required = verdict.missing.filter((each) => each.required)
  // What treat says of itself is that nothing else applies, and the reasons say that better.
  const decided = verdict.disposition === "treat" ? [] : decidingRules(verdict)
  return html`<section class="card" aria-label="Verdict">
<div class="answer">
<div>${dispositionBlock(verdict)}</div>
<div><h2>${capitalised(levelText(verdict))} · ${verdict.band}, treatability ${verdict.treatability}</h2>${spectrum}</div>
</div>
<div class="columns">
<div><h2>Why</h2>${decided.length === 0 ? null : html`<p>${capitalised(decided.join("; "))}.</p>`}${reasonList(reasonsOf(verdict))}</div>
<div><h2>Use</h2>${contextList(verdict)}
<h2 class="later">Missing</h2><p class="small">${
    required.length === 0
      ? "No required evidence."
      : html`Required: ${required.map(({ what }) => missingName(what)).join(", ")}.`
  }${verdict.missing.length > required.length ? ` ${verdict.missing.length - required.length} optional checks were not made.` : ""}</p>${
    verdict.pending === null || verdict.pending.replicate.length === 0
      ? null
      : html`<p class="small">To replicate on the other form: ${verdict.pending.replicate.join(", ")}.</p>`
  }</div>
</div>
</section>`
}
