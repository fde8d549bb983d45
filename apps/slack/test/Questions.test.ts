import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseCommand, parseMention, verbs } from "../src/Questions.ts"

const names = [
  "openai:qwen-ft-7",
  "openai:qwen-ft-8@r2",
  "anthropic:claude",
  "specimens:narrow-middle",
  "openai:gpt-4.1"
]

describe("a command", () => {
  it.each([
    ["verdict openai:qwen-ft-7", { asks: "verdict", model: "openai:qwen-ft-7", context: null, channel: null }],
    ["openai:qwen-ft-7", { asks: "verdict", model: "openai:qwen-ft-7", context: null, channel: null }],
    ["qwen-ft-7 advisory", { asks: "verdict", model: "qwen-ft-7", context: "advisory", channel: null }],
    [
      "GATE qwen-ft-7 bounded autonomy",
      { asks: "gate", model: "qwen-ft-7", context: "bounded-autonomy", channel: null }
    ],
    ["gate qwen-ft-7 for advisory use", { asks: "gate", model: "qwen-ft-7", context: "advisory", channel: null }],
    [
      "watch `qwen-ft-7` <#C024BE7LR|models>",
      { asks: "watch", model: "qwen-ft-7", context: null, channel: "C024BE7LR" }
    ],
    ["unwatch <#C024BE7LR> qwen-ft-7", { asks: "unwatch", model: "qwen-ft-7", context: null, channel: "C024BE7LR" }],
    ["exam", { asks: "exam", model: "", context: null, channel: null }],
    ["waive openai:qwen@r1 civilian", { asks: "waive", model: "openai:qwen@r1", context: "civilian", channel: null }],
    [
      "verdict <http://meta.ai/llama|meta.ai/llama>",
      { asks: "verdict", model: "meta.ai/llama", context: null, channel: null }
    ],
    ["", { asks: "help", model: "", context: null, channel: null }],
    ["help me", { asks: "help", model: "", context: null, channel: null }]
  ])("%s", (text, question) => {
    expect(parseCommand(text)).toEqual(question)
  })

  it.each([
    ["verdict", /Which model/],
    ["gate qwen-ft-7", /For which use.*advisory/],
    ["gate qwen-ft-7 moonbase", /For which use/],
    ["verdict qwen-ft-7 and some more", /cannot read "and some more"/],
    ["verdcit qwen", /no command verdcit; did you mean verdict/]
  ])("%s is asked back about", (text, says) => {
    expect(parseCommand(text)).toMatchObject({ asks: "unclear", says: expect.stringMatching(says) })
  })
})

describe("plain words", () => {
  it.each([
    ["<@U0BOT> can we ship qwen-ft-7 to advisory?", "verdict", "qwen-ft-7", "advisory"],
    ["what is the verdict on openai:gpt-4.1, please?", "verdict", "openai:gpt-4.1", null],
    ["<@U0BOT> *narrow-middle*?", "verdict", "narrow-middle", null],
    ["may claude be used with high autonomy", "verdict", "claude", "high-autonomy"],
    ["show the history of “qwen-ft-8@r2”", "history", "qwen-ft-8@r2", null],
    ["history qwen-ft-7", "history", "qwen-ft-7", null],
    ["gate qwen-ft-7 civilian", "gate", "qwen-ft-7", "civilian"],
    ["is qwen-ft-9 as good as qwen-ft-7?", "verdict", "qwen-ft-9", null],
    ["an up-to-date verdict on qwen-ft-7", "verdict", "qwen-ft-7", null],
    ["how is cluade doing?", "verdict", "cluade", null],
    ["examine openai:new-one", "exam", "openai:new-one", null],
    ["hello", "help", "", null],
    ["thanks for that!", "help", "", null],
    ["", "help", "", null]
  ])("%s", (text, asks, model, context) => {
    expect(parseMention(text, names)).toMatchObject({ asks, model, context })
  })
})

describe("whatever somebody writes", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(
          ...names,
          ...verbs,
          "<@U1>",
          "<#C1|x>",
          "<http://a.b|c>",
          "advisory",
          "&lt;!channel&gt;",
          "​",
          "*"
        ),
        { maxLength: 8 }
      )
      .map((words) => words.join(" "))
  )

  it("is a question or is asked back about, and a model is one word", () => {
    fc.assert(
      fc.property(text, (given) => {
        for (const question of [parseCommand(given), parseMention(given, names)]) {
          if (question.asks === "unclear") expect(question.says.length).toBeGreaterThan(10)
          else {
            expect(verbs).toContain(question.asks)
            expect(question.model).not.toMatch(/[\s\p{Cc}\p{Cf}]/u)
          }
        }
      })
    )
  })

  it("a known model is found among common words in any order", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.shuffledSubarray(["can", "we", "please", "ship", "to", "the", "what", "about", "should", "verdict"]),
        fc.nat(20),
        (name, words, at) => {
          expect(parseMention(words.toSpliced(at % (words.length + 1), 0, name).join(" "), names).model).toBe(name)
        }
      )
    )
  })
})
