import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { coreOf, parseAnswer } from "../src/index.ts"
import { answers, matchingForms, textOf, words } from "./support/Generated.ts"

describe("parseAnswer", () => {
  it("reads every well-formed answer in exactly one way, and its sentences join to the answer", () => {
    fc.assert(
      fc.property(answers, (made) => {
        const text = textOf(made)
        const read = parseAnswer(text)!
        expect(read.map(({ form, slots }) => ({ id: form.id, slots }))).toEqual(
          made.map(({ id, slots }) => ({ id, slots }))
        )
        expect(read.map(({ start, end }) => text.slice(start, end)).join(" ")).toBe(text)
        for (const sentence of made) expect(matchingForms(sentence.text)).toBe(1)
        expect(["verdict", "advice", "warrant", "refusal"]).toContain(coreOf(read).form.class)
      }),
      { numRuns: 500 }
    )
  })

  it("reads an answer with one word changed as another well-formed answer, or not at all", () => {
    const strangers = fc.oneof(
      fc.string(),
      fc.constantFrom(...words("act"), ...words("topic"), ".", "?", "", "\u0000", "\ud800")
    )
    fc.assert(
      fc.property(answers, fc.nat(), strangers, (made, at, stranger) => {
        const parts = textOf(made).split(" ")
        const changed = parts.with(at % parts.length, stranger).join(" ")
        const read = parseAnswer(changed)
        if (read === null) return
        const said = read.map(({ start, end }) => changed.slice(start, end))
        expect(said.join("").replaceAll(/\s/g, "")).toBe(changed.replaceAll(/\s/g, ""))
        for (const sentence of said) expect(matchingForms(sentence)).toBe(1)
      }),
      { numRuns: 1000 }
    )
  })

  it("reads no two answers into one: sentences in another order are not an answer", () => {
    expect(parseAnswer("yes , we may share the loan . the reason is law .")).not.toBeNull()
    for (const text of [
      "",
      " ",
      ".",
      "yes",
      "yes , we may share the loan",
      "the reason is law . yes , we may share the loan .",
      "the reason is law .",
      "yes , we may share the loan . no , we may not share the loan .",
      "yes ,  we may share the loan .",
      "Yes , we may share the loan .",
      "yes , we may share the moon .",
      "yes , we may share the loan . .",
      "yes , we may share the loan . constructor .",
      "__proto__ ."
    ]) {
      expect(parseAnswer(text), JSON.stringify(text)).toBeNull()
    }
  })

  it("is free in the white space between sentences and keeps their places", () => {
    const answer = "\n yes , we may share the loan .\n\n\tthe reason is law .  "
    expect(parseAnswer(answer)!.map(({ start, end }) => answer.slice(start, end))).toEqual([
      "yes , we may share the loan .",
      "the reason is law ."
    ])
  })

  const megabyte = 1 << 20
  it.each([
    ["letters", "a".repeat(megabyte)],
    ["spaces", " ".repeat(megabyte)],
    ["full stops", ".".repeat(megabyte)],
    ["lone full stops", " .".repeat(megabyte / 2)],
    ["words of the language", "the reason is law and ".repeat(megabyte / 22)],
    ["a sentence over and over", "obey at once . ".repeat(megabyte / 15)],
    ["a well-formed answer without end", `i can not help with that . ${"obey at once . ".repeat(megabyte / 15)}`],
    ["spaces before each end", `${" ".repeat(1000)}. `.repeat(megabyte / 1002)],
    ["half characters", "\ud800 . ".repeat(megabyte / 4)]
  ])("takes a megabyte of %s in linear time", (_, text) => {
    parseAnswer("yes .")
    const start = performance.now()
    parseAnswer(text)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
