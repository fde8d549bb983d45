import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { renderHtml, renderJUnit, renderMarkdown, renderText } from "../src/index.ts"
import { codeSpan, escapeMarkdown, visible } from "../src/internal/hostile.ts"
import { skeleton, xmlProblem } from "./support/markup.ts"
import { attacks, filledWith } from "./support/verdicts.ts"

const anything = fc
  .tuple(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(...attacks),
    fc.string({ unit: "binary", maxLength: 40 })
  )
  .map((parts) => `a${parts.join("")}`)

const hiding = /\p{Cc}|\p{Cf}|\p{Cs}|[\u115f\u1160\u3164\uffa0]|\u034f|[\u{e0100}-\u{e01ef}]/u

/** What is left of Markdown once code spans and escaped characters are taken out. */
const active = (markdown: string): string => markdown.replaceAll(/\\[!-/:-@[-`{-~]/g, " ").replaceAll(/`[^`\n]*`/g, "")

describe("hostile text", () => {
  it("becomes one line of at most the given length in which nothing hides", () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const shown = visible(text, limit)
        expect(shown).not.toMatch(hiding)
        expect([...shown].length).toBeLessThanOrEqual(limit)
        expect(shown.isWellFormed()).toBe(true)
      })
    )
    expect(visible("a\u202eb\nc")).toBe("a⟨U+202E⟩b c")
  })

  it("adds no tag and no attribute to HTML", async () => {
    const ours = skeleton(await renderHtml(filledWith("plain words")))
    const briefing = skeleton(await renderHtml(filledWith("plain words"), { style: "briefing" }))
    expect(ours.length).toBeGreaterThan(500)
    for (const attack of attacks) expect(skeleton(await renderHtml(filledWith(attack)))).toEqual(ours)
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        expect(skeleton(await renderHtml(filledWith(text), { style: "briefing" }))).toEqual(briefing)
        expect(skeleton(await renderHtml(filledWith(text)))).toEqual(ours)
      }),
      { numRuns: 12 }
    )
  })

  it("stays inert in Markdown: no markup, link, mention, heading or table cell", () => {
    const ours = renderMarkdown(filledWith("plain words"))
    const shape = (markdown: string) =>
      markdown.split("\n").map((line) => ({
        kind: /^(#{1,3} |\d+\. |- |> |\|)?/.exec(line)![0],
        cells: active(line).split("|").length
      }))
    fc.assert(
      fc.property(anything, (text) => {
        const markdown = renderMarkdown(filledWith(text))
        expect(shape(markdown)).toEqual(shape(ours))
        expect(active(markdown).replaceAll(/<\/?sub>|\*\*|^> /gm, "")).not.toMatch(
          /[<>@*~[\]]|:\/\/|\bwww\.|mailto:|#\d|!\[|gh-\d/i
        )
        expect(markdown.replaceAll("\n", "")).not.toMatch(hiding)
      })
    )
    expect(escapeMarkdown("[a](http://b) @c #1")).toBe("\\[a\\]\\(http\\[:\\]//b\\) ＠c ＃1")
    expect(codeSpan("a`b`")).toBe("`aˋbˋ`")
    expect(codeSpan(" ")).toBe("`(empty)`")
  })

  it("leaves JUnit well-formed, with the same test cases", () => {
    const ours = skeleton(renderJUnit(filledWith("plain words")))
    fc.assert(
      fc.property(anything, (text) => {
        const xml = renderJUnit(filledWith(text))
        expect(xmlProblem(xml)).toBeNull()
        expect(skeleton(xml)).toEqual(ours)
      })
    )
  })

  it("puts no control sequence into plain text", () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(renderText(filledWith(text)).replaceAll("\n", "")).not.toMatch(hiding)
      })
    )
  })
})
