import { describe, expect, it } from "vitest"
import {
  actionsOf,
  button,
  codeBlock,
  context,
  divider,
  header,
  message,
  optionOf,
  section,
  table
} from "../../src/cards/Blocks.ts"
import { actions } from "../../src/cards/Ids.ts"
import { messageProblems } from "../support/Limits.ts"

const lines = (count: number, length: number) => Array.from({ length: count }, () => "x".repeat(length))

describe("blocks", () => {
  it("stay within the limits of a message", () => {
    const elements = Array.from({ length: 60 }, (_, index) =>
      button(actions.choose, "Choose", { subject: "a:b" }, { index })
    )
    const full = message("words ".repeat(1000), [
      header("h".repeat(500)),
      section(lines(100, 100)),
      codeBlock(lines(100, 100)),
      context(lines(60, 20)),
      actionsOf(elements),
      ...Array.from({ length: 60 }, () => divider)
    ])
    expect(messageProblems({ ...full })).toEqual([])
    expect(full.blocks).toHaveLength(50)
    expect(full.text.length).toBeLessThanOrEqual(1000)
  })

  it("say how many lines were left out", () => {
    expect(JSON.stringify(section(lines(100, 100)))).toMatch(/… and 7\d more/)
    expect(JSON.stringify(codeBlock(lines(100, 100)))).toMatch(/… and 7\d more\\n```/)
    expect(JSON.stringify(section(lines(3, 100)))).not.toContain("more")
  })

  it("are none where there is nothing to say", () => {
    expect(section([null])).toBeNull()
    expect(context([null, ""])).toBeNull()
    expect(actionsOf([null])).toBeNull()
  })

  it("never cut a value that comes back", () => {
    expect(button(actions.evidence, "Evidence", { subject: "x".repeat(3000) })).toBeNull()
    expect(optionOf("x".repeat(151), "too long")).toBeNull()
    expect(optionOf("x".repeat(150), "just right")).toMatchObject({ value: "x".repeat(150) })
  })

  it("line up columns", () => {
    expect(
      table([
        ["a", "bb", "c"],
        ["aaa", "b", ""]
      ])
    ).toEqual(["a    bb  c", "aaa  b"])
    expect(table([])).toEqual([])
  })

  it("cut a notification without leaving half a character behind", () => {
    for (const tail of ["\u{1f600}", "&amp;"]) {
      for (let shift = 990; shift < 1000; shift++) {
        const { text } = message(`${"x".repeat(shift)}${tail.repeat(20)}`, [])
        expect(text.length).toBeLessThanOrEqual(1000)
        expect(text.isWellFormed()).toBe(true)
        expect(text).not.toMatch(/&(?!amp;)/)
      }
    }
  })
})
