import { describe, expect, it } from "vitest"
import { messageProblems, viewProblems } from "./support/Limits.ts"

const button = (action_id: string, text = "Go") => ({ type: "button", action_id, text: { type: "plain_text", text } })
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } })
const message = (...blocks: ReadonlyArray<unknown>) => ({ text: "hello", blocks })

describe("Limits", () => {
  it("finds nothing wrong with an ordinary message", () => {
    expect(
      messageProblems(message(section("hello"), { type: "actions", elements: [button("a"), button("b")] }))
    ).toEqual([])
  })

  it.each([
    ["51 blocks", message(...Array.from({ length: 51 }, () => ({ type: "divider" }))), "51 blocks"],
    ["a section of 3,001 characters", message(section("x".repeat(3001))), "3001 characters"],
    ["an empty section", message(section("")), "empty"],
    [
      "an action id that is repeated",
      message({ type: "actions", elements: [button("a")] }, { type: "actions", elements: [button("a")] }),
      "action_id a"
    ],
    [
      "an accessory with the same action id",
      message({ ...section("x"), accessory: button("a") }, { type: "actions", elements: [button("a")] }),
      "action_id a"
    ],
    ["a long button", message({ type: "actions", elements: [button("a", "x".repeat(76))] }), "76 characters"],
    [
      "a header of 151 characters",
      message({ type: "header", text: { type: "plain_text", text: "x".repeat(151) } }),
      "151 characters"
    ],
    [
      "eleven fields",
      message({ type: "section", fields: Array.from({ length: 11 }, () => ({ type: "mrkdwn", text: "x" })) }),
      "11 fields"
    ],
    ["a call of the channel", message(section("<!channel> look")), "live mention"],
    ["a mention of a stranger", message(section("<@UHOSTILE>")), "live mention"],
    ["an image without alt text", message({ type: "image", image_url: "https://x.example/y.png" }), "alt text"],
    ["no fallback text", { text: "", blocks: [section("x")] }, "no text"],
    ["an unknown block", message({ type: "marquee" }), "marquee"]
  ])("finds %s", (_name, payload, says) => {
    expect(messageProblems(payload).join("; ")).toContain(says)
  })

  it("finds what is wrong with a modal", () => {
    const title = { type: "plain_text", text: "x".repeat(25) }
    const problems = viewProblems({
      type: "modal",
      title,
      private_metadata: "x".repeat(3001),
      blocks: [{ type: "input", label: title, element: { type: "plain_text_input" } }]
    }).join("; ")
    for (const says of ["modal title has 25", "private_metadata has 3001", "modal submit is missing", "no action_id"]) {
      expect(problems).toContain(says)
    }
  })
})
