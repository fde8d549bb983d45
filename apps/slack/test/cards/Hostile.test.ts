import type { HomeView, ModalView } from "@slack/types"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attacks } from "../../../../packages/report/test/support/verdicts.ts"
import type { Message } from "../../src/cards/Message.ts"
import { mrkdwn, plain, prose, quoted } from "../../src/cards/SlackText.ts"
import { messageProblems, viewProblems } from "../support/Limits.ts"
import { messagesWith, viewsWith } from "./Samples.ts"

const slackAttacks = [
  "<!channel> <!here> <!everyone> <@U024BE7LH> <#C024BE91L|general> <!subteam^S1> <!date^0^{date}^https://evil.example|x>",
  "@channel @here @everyone #general",
  "<https://evil.example|click> https://evil.example/a?b=c http://10.0.0.1/x www.evil.com evil.com/path a.b.evil.co.uk bit.ly",
  "mailto:a@evil.com slack://user?id=U1 tel:+1 javascript:alert(1)",
  "*bold* _italic_ ~struck~ `code` ```block``` *`_~",
  "line\n> quote\n>>> all\n• point\n1. one\n```\ncode",
  ":tada: :skull_and_crossbones: :+1::skin-tone-3: a:b:c:d: :100:",
  "zero\u200bwidth\u200djoin \u202egnp.exe\u2066 \u00adsoft \ufeff",
  "&lt;!channel&gt; &amp;lt;",
  "x".repeat(100_000),
  "<".repeat(100_000),
  "&`*".repeat(40_000),
  "\u{1f600}".repeat(50_000),
  "\n".repeat(5000)
]

const hostile = fc
  .tuple(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.constantFrom(...slackAttacks, ...attacks),
    fc.string({ unit: "grapheme", maxLength: 30 })
  )
  .map((parts) => `a${parts.join("")}`)

interface Shown {
  readonly type: "mrkdwn" | "plain_text"
  readonly text: string
  readonly verbatim?: boolean
}

/** Every text of a payload, wherever it stands. */
const textsOf = (value: unknown): ReadonlyArray<Shown> => {
  if (typeof value !== "object" || value === null) return []
  const own = value as Shown
  if ((own.type === "mrkdwn" || own.type === "plain_text") && typeof own.text === "string") return [own]
  return Object.values(value).flatMap(textsOf)
}

const hiding = /\p{Cf}|\p{Cs}|\p{Co}|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u115f\u1160\u3164\uffa0]|\u034f/u
/** What Slack links without being told to. */
const linked =
  /:\/\/|\bwww\.|\bmailto:|[\p{L}\p{N}-]\.(com|org|net|io|ly|uk|exe|example)(?![\p{L}\p{N}])|\d\.\d+\.\d+\.\d/iu
/** Angle brackets of our own: a day, and nobody whom a text could name. */
const ours = /<!date\^\d{1,10}\^[a-z{}_, ]+\|[\d: -]+( UTC)?>/g
const withoutCode = (text: string): string => text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, "▮")

/** Marks that format: the same whatever the text, or the text formats. */
const formatting = (text: string) => ({
  bold: withoutCode(text).split("*").length,
  struck: withoutCode(text).includes("~"),
  italic: (withoutCode(text).match(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu) ?? []).length,
  code: text.split("`").length,
  lines: text.split("\n").map((line) => /^(> |• |\d\. )?/.exec(line)?.[0])
})

/** Emoji of our own. */
const emoji =
  /:(large_(green|yellow)_circle|(red|black|white)_circle|white_check_mark|no_entry|grey_question|hourglass_flowing_sand|microscope|octagonal_sign|unlock|lock|eyes|no_bell|bell|warning):/g

const expectHarmless = (payload: unknown): void => {
  for (const { text, type, verbatim } of textsOf(payload)) {
    expect(text).not.toMatch(hiding)
    expect(text.isWellFormed()).toBe(true)
    const rest = text.replaceAll(ours, "")
    expect(rest).not.toMatch(linked)
    expect(rest).not.toMatch(/(?<![\p{L}\p{N}._-])@/u)
    if (type === "plain_text") {
      expect(text).not.toMatch(/[<>]/)
      continue
    }
    expect(verbatim).toBe(true)
    expect(rest.replaceAll(/^> /gm, "")).not.toMatch(/[<>]/)
    expect(withoutCode(rest).replaceAll(emoji, "")).not.toMatch(/:[\w+'-]+:/)
    expect(rest).not.toMatch(/&(?!(amp|lt|gt);)/)
  }
}

const shapesOf = (payload: unknown) =>
  textsOf(payload)
    .filter(({ type }) => type === "mrkdwn")
    .map(({ text }) => formatting(text))

const problems = (payload: Message | ModalView | HomeView) =>
  "text" in payload ? messageProblems({ ...payload }) : viewProblems({ ...payload })

describe("text of others", () => {
  it("can neither mention, link, format, hide nor overflow in any card", () => {
    const plainly = messagesWith("plain words")
    const check = (text: string) => {
      for (const [name, card] of Object.entries(messagesWith(text))) {
        expect(problems(card), name).toEqual([])
        expectHarmless(card)
        expectHarmless({ type: "mrkdwn", text: card.text, verbatim: true })
        expect(shapesOf(card).slice(0, 1), name).toEqual(shapesOf(plainly[name]).slice(0, 1))
        if (text.length < 250) expect(shapesOf(card), name).toEqual(shapesOf(plainly[name]))
      }
    }
    for (const attack of [...slackAttacks, ...attacks]) check(`a${attack}`)
    fc.assert(fc.property(hostile, check), { numRuns: 25 })
  })

  it("can do no more in dialogs and in App Home", () => {
    const check = (text: string) => {
      for (const [name, view] of Object.entries(viewsWith(text))) {
        expect(problems(view), name).toEqual([])
        expectHarmless(view)
      }
    }
    for (const attack of [...slackAttacks, "see ftp://evil.example_"]) check(`a${attack}`)
    fc.assert(fc.property(hostile, check), { numRuns: 15 })
  })

  it("keeps to a limit of any size", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 4, max: 300 }), (text, max) => {
        for (const shown of [prose(text, max), quoted(text, max), plain(text, max).text]) {
          expect(shown.length).toBeLessThanOrEqual(max)
          expect(shown.length).toBeGreaterThan(0)
        }
        expectHarmless([mrkdwn(prose(text, max)), mrkdwn(quoted(text, max)), plain(text, max)])
        expect(formatting(prose(text, max))).toEqual(formatting(prose("plain words", max)))
        expect(quoted(text, max).slice(1, -1)).not.toContain("`")
      })
    )
  })

  it("stays readable", () => {
    expect(prose("*Stop* at 5 > 3 & tell <@U1> on snake_case_name: _why_", 200)).toBe(
      "∗Stop∗ at 5 › 3 &amp; tell ‹＠U1› on snake_case_name: ˍwhyˍ"
    )
    expect(quoted("openai:gpt-4.1-mini@2026-01-01", 100)).toBe("`openai:gpt-4.1-mini@2026-01-01`")
    expect(quoted("onnx:./models/qwen_2.5.onnx", 100)).toBe("`onnx:./models/qwen_2.5.onnx`")
    expect(quoted("see https://evil.example/x `now`", 100)).toBe("`see https[:]//evil[.]example/x ˋnowˋ`")
    expect(prose("a b".repeat(10), 8)).toBe("a ba ba…")
    expect(plain("", 10).text).toBe("–")
    expect(prose("Rated 0.05. Then it rose to 0.2 in 3 of 4.", 100)).toBe("Rated 0.05. Then it rose to 0.2 in 3 of 4.")
  })
})
