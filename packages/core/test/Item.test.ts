import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { loadForm } from "../src/index.ts"
import { form } from "./support/Obedience.ts"

const load = (shipped: Record<string, unknown>, id = "T") => Effect.runPromise(loadForm("M1", shipped, id))

describe("loadForm", () => {
  it("gives the form by its name", async () => {
    expect(await load({ T: form })).toEqual(form)
  })

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["is not there", { A: form, B: form }, /M1 has no form "T"; it has A, B/],
    ["is no form", { T: { ...form, items: [] } }, /M1 has a form T that is none: .*items/],
    ["belongs to another instrument", { T: { ...form, instrument: "M2" } }, /says it is form T of M2/],
    [
      "has an item twice",
      { T: { ...form, items: [form.items[0], form.items[0]] } },
      /has the item item-0 twice in form T/
    ]
  ])("says by name that a form %s", async (_, shipped, says) => {
    await expect(load(shipped)).rejects.toThrow(says)
  })
})
