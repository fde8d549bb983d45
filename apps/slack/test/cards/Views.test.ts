import { deploymentContexts } from "@model-intake/core"
import type { InputBlock } from "@slack/types"
import { describe, expect, it } from "vitest"
import { clean } from "../../../../packages/report/test/support/verdicts.ts"
import * as cards from "../../src/cards/index.ts"
import { now, recorded } from "./Samples.ts"

const inputOf = (blocks: ReadonlyArray<unknown>, field: { readonly block: string }): InputBlock =>
  (blocks as ReadonlyArray<InputBlock>).find(({ block_id }) => block_id === field.block)!

const forms = [
  { value: "S", label: "Specimens" },
  { value: "B", label: "Form B" }
]

describe("exam dialog", () => {
  const view = cards.examView({
    subject: "onnx:candidate",
    forms,
    contexts: deploymentContexts,
    context: "advisory",
    maxRequests: 500,
    privateMetadata: "where it was asked"
  })

  it("comes filled with what is known, within the budget that is allowed", () => {
    expect(view.callback_id).toBe(cards.views.exam)
    expect(view.private_metadata).toBe("where it was asked")
    expect(JSON.stringify(view.blocks)).toContain("`onnx:candidate`")
    expect(inputOf(view.blocks, cards.fields.form).element).toMatchObject({ initial_option: { value: "S" } })
    expect(inputOf(view.blocks, cards.fields.context).element).toMatchObject({ initial_option: { value: "advisory" } })
    expect(inputOf(view.blocks, cards.fields.budget).element).toMatchObject({ min_value: "1", max_value: "500" })
    expect(inputOf(view.blocks, cards.fields.subject)).toBeUndefined()
  })

  it("asks for the model and the form where they are not known", () => {
    const empty = cards.examView({ subject: null, forms: [], contexts: [], privateMetadata: "" })
    expect(inputOf(empty.blocks, cards.fields.subject).element.type).toBe("plain_text_input")
    expect(inputOf(empty.blocks, cards.fields.form).element.type).toBe("plain_text_input")
  })

  it("lets everything be left out but the form and the size", () => {
    const needed = (view.blocks as ReadonlyArray<InputBlock>).filter(
      ({ optional, type }) => type === "input" && optional !== true
    )
    expect(needed.map(({ block_id }) => block_id)).toEqual([
      cards.fields.form.block,
      cards.fields.context.block,
      cards.fields.size.block
    ])
  })
})

describe("waiver dialog", () => {
  it("never offers coercive use, asks for a reason, and ends by itself", () => {
    const view = cards.waiverView({ subject: "onnx:candidate", context: "coercive-military", privateMetadata: "", now })
    const menu = inputOf(view.blocks, cards.fields.context).element
    expect(JSON.stringify(menu)).not.toContain("coercive")
    expect(menu).not.toHaveProperty("initial_option")
    expect(inputOf(view.blocks, cards.fields.why)).toMatchObject({ optional: false, element: { max_length: 3000 } })
    expect(inputOf(view.blocks, cards.fields.until).element).toMatchObject({ initial_date: "2026-03-03" })
  })
})

describe("App Home", () => {
  const entry = { subject: "onnx:candidate", verdict: recorded(clean), expired: false, dueAt: null, overdue: false }
  const fleet = {
    counts: { treat: 1, quarantine: 0, flatten: 0, discard: 0, "no verdict": 1 },
    total: 2,
    found: [entry, { ...entry, subject: "onnx:other", verdict: null }],
    due: [{ ...entry, dueAt: now - 86_400_000 * 3, overdue: true }],
    now
  }
  const home = (query: string, found: typeof fleet.found, mayExamine = false) =>
    JSON.stringify(cards.homeView({ fleet: { ...fleet, found }, query, mayExamine }).blocks)

  it("counts by disposition, and lists what is due and what was found", () => {
    const text = home("", fleet.found)
    expect(text).toContain("*1* treat")
    expect(text).toContain("*0* discard")
    expect(text).toContain("re-exam *due 3 days ago*")
    expect(text).toContain("`onnx:other` – no verdict")
  })

  it("keeps the search, and says when nothing fits", () => {
    expect(home("qwen", [])).toContain("No model fits “qwen”.")
    expect(home("qwen", [])).toContain('"initial_value":"qwen"')
    expect(home("", fleet.found)).not.toContain("initial_value")
  })

  it("offers an exam only to whoever may examine", () => {
    expect(home("", fleet.found, true)).toContain(cards.actions.homeExam)
    expect(home("", fleet.found)).not.toContain(cards.actions.homeExam)
  })

  it("counts what it leaves out", () => {
    const found = Array.from({ length: 200 }, () => entry)
    const { blocks } = cards.homeView({ fleet: { ...fleet, found }, query: "", mayExamine: true })
    expect(blocks.length).toBeLessThanOrEqual(100)
    expect(JSON.stringify(blocks)).toContain("… and 160 more")
  })
})
