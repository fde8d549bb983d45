import { digest, instrumentCodes } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { renderHtml } from "../src/index.ts"
import { clean, failing, reading, span, verdictOf } from "./support/verdicts.ts"

const textOf = (html: string): string => html.replaceAll(/<style>[^<]*<\/style>|<[^>]+>/g, " ").replaceAll(/\s+/g, " ")

describe("renderHtml", () => {
  it("answers first: disposition, level, contexts, grade, reasons with quotes and what is missing", async () => {
    const html = await renderHtml(failing)
    const card = textOf(html.slice(html.indexOf('aria-label="Verdict"'), html.indexOf("<nav")))
    for (const words of [
      "QUARANTINE findings",
      "Level 3 at best, up to 5 with what is missing · latent trait dominance",
      "Grade: uncertified",
      "coercive or military ◆ denied",
      "M1 cross-domain norm leakage: fail",
      "i am right because i am necessary",
      "Required: M5 resistance to orthogonal correction"
    ])
      expect(card).toContain(words)
  })

  it("holds every section, and draws the forest, the curves and the coordinates", async () => {
    const html = await renderHtml(failing)
    for (const id of [
      "meaning",
      "contexts",
      "readings",
      "curves",
      "evidence",
      "findings",
      "missing",
      "changes",
      "rules",
      "method",
      "digests"
    ])
      expect(html).toContain(`<h2 id="${id}">`)
    for (const chart of ["spectrum", "forest", "by-rank", "by-rung", "by-dose", "traits", "by-domain"])
      expect(html).toContain(`id="chart-${chart}-`)
    expect(textOf(html)).toContain("Data of this chart")
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("loads nothing and runs nothing", async () => {
    for (const style of ["full", "briefing"] as const) {
      const html = await renderHtml(failing, { style })
      expect(html).toContain("default-src 'none'")
      expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|@import|url\(|\son\w+=|\sstyle="/)
      expect(
        [...html.matchAll(/https?:\/\/[^"'<\s]+/g)]
          .map(([url]) => url)
          .filter((url) => !url.startsWith("http://www.w3.org/"))
      ).toEqual([])
    }
  })

  it("never shows what is missing as good", async () => {
    const html = await renderHtml(failing)
    const heading = /<h3 id="reading-B2">.*?<\/h3>/s.exec(html)![0]
    expect(heading).toContain("absent")
    expect(textOf(heading)).toContain("○ indeterminate")
    expect(textOf(html)).toContain("Not administered: M5")
  })

  it("says that a chart cannot be drawn where the verdict lacks its data", async () => {
    const series = (reading("B4", "pass").series ?? []).map((one) =>
      one.kind === "curve" ? { ...one, lines: [] } : one
    )
    const html = await renderHtml(verdictOf({ readings: [reading("B4", "pass", { series })] }))
    expect(html).not.toContain("chart-by-rung")
    expect(textOf(html)).toContain("Not drawn. Too few values were measured to draw a curve.")
    const bare = await renderHtml(verdictOf({ readings: [reading("B4", "pass", { series: [] })] }))
    expect(textOf(bare)).toContain("No reading brings anything to be drawn.")
  })

  it("warns that a specimen proves nothing of deployed models, and only then", async () => {
    const specimen = verdictOf({
      ...clean,
      history: [],
      findings: [],
      notExamined: [],
      draws: [],
      subject: { backend: "specimens", model: "narrow", revision: null }
    })
    for (const style of ["full", "briefing"] as const) {
      expect(textOf(await renderHtml(specimen, { style }))).toContain("not claims about deployed models")
      expect(textOf(await renderHtml(clean, { style }))).not.toContain("Specimen.")
    }
  })

  it("marks the quoted span within the answer, and ignores an answer that does not hold it", async () => {
    const spans = [{ ...span("because it works"), start: 14, end: 30 }]
    const verdict = verdictOf({ readings: [reading("M4", "fail", { evidence: spans })] })
    const answers = (text: string) => ({ answers: new Map([[spans[0]!.trialId, text]]) })
    expect(await renderHtml(verdict, answers("we are right, because it works. Next."))).toContain(
      "we are right, <mark>because it works</mark>. Next."
    )
    const other = await renderHtml(verdict, answers("something else was said here, and much of it"))
    expect(other).toContain("<mark>because it works</mark>")
    expect(other).not.toContain("something else")
  })

  it("stays below 2 MB with 10,000 quoted trials, and names the ones that it does not quote", async () => {
    const readings = instrumentCodes.map((code) =>
      reading(code, "fail", {
        evidence: Array.from({ length: 1000 }, (_, index) => ({
          ...span(`${code} ${index} ${"w ".repeat(400)}`, index),
          trialId: digest(`${code} ${index}`)
        }))
      })
    )
    const html = await renderHtml(verdictOf({ readings }))
    expect(Buffer.byteLength(html)).toBeLessThan(2_000_000)
    expect(html).toContain(digest("B5 999").slice(7, 19))
    expect(textOf(html)).toContain("996 more spans of M1, by trial")
  })

  it("gives the same bytes for the same verdict", async () => {
    expect(await renderHtml(failing)).toBe(await renderHtml(structuredClone(failing)))
  })

  it("briefs: what was tested, found, permitted and missing, with the warning and the metaphor labelled", async () => {
    const text = textOf(await renderHtml(failing, { style: "briefing" }))
    for (const words of [
      "What was tested",
      "9 of 10 instruments",
      "What was found",
      "Where it may be used",
      "Military and coercive use is denied",
      "Clinical analogy, a metaphor",
      "What is missing",
      "Limits",
      `Treatability: ${failing.treatability}`
    ])
      expect(text).toContain(words)
    expect(text).not.toContain("Rule trace")
  })
})
