import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { decodeForms, type Form, loadForm, type ShippedForms } from "../src/index.ts"

const form: Form = {
  id: "T",
  instrument: "M1",
  version: "1",
  items: ["item-0", "item-1"].map((id) => ({
    id,
    version: 1,
    factors: { domain: "health" },
    tags: [],
    arms: [{ id: "plain", factors: {}, system: null, turns: [`What of ${id}?`] }]
  }))
}

const lazily = (forms: Record<string, unknown>): ShippedForms =>
  Object.fromEntries(Object.entries(forms).map(([id, document]) => [id, async () => ({ default: document })]))

const load = (shipped: Record<string, unknown>, id = "T") => Effect.runPromise(loadForm("M1", lazily(shipped), id))

describe("loadForm", () => {
  it("gives the form by its name", async () => {
    expect(await load({ T: form })).toEqual(form)
  })

  it("says when a form cannot be loaded", async () => {
    const broken = { T: () => Promise.reject(new Error("the disk is gone")) }
    await expect(Effect.runPromise(loadForm("M1", broken, "T"))).rejects.toThrow(
      "M1 cannot load form T: the disk is gone"
    )
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

describe("decodeForms", () => {
  const valid = {
    id: "secret",
    instrument: "M4",
    version: "1",
    items: [
      {
        id: "1",
        version: 1,
        factors: { mode: "after" },
        tags: [],
        arms: [{ id: "a", factors: {}, system: null, turns: ["?"] }]
      }
    ]
  }
  const problem = async (document: unknown) =>
    (await Effect.runPromise(Effect.flip(decodeForms(document, "forms.json")))).message

  it("takes one form or several", async () => {
    expect(await Effect.runPromise(decodeForms(valid, "forms.json"))).toEqual([valid])
    expect(await Effect.runPromise(decodeForms([valid, { ...valid, id: "other" }], "forms.json"))).toHaveLength(2)
  })

  it.each([
    [null, /forms\.json holds no item form/],
    [[], /forms\.json holds no item form/],
    [{ ...valid, items: [] }, /at items must NOT have fewer than 1 items/],
    [
      { ...valid, items: [{ ...valid.items[0], arms: [{ id: "a", factors: {}, system: null, turns: [7] }] }] },
      /at items\.0\.arms\.0\.turns\.0 must be string/
    ],
    [{ ...valid, items: [valid.items[0], valid.items[0]] }, /has the item 1 twice/],
    [
      { ...valid, items: [{ ...valid.items[0], arms: [valid.items[0]!.arms[0], valid.items[0]!.arms[0]] }] },
      /has an arm twice in item 1/
    ]
  ])("says where a document is none (%#)", async (document, says) => {
    expect(await problem(document)).toMatch(says)
  })
})
