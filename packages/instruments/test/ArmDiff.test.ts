import type { Arm } from "@model-intake/core"
import { describe, expect, it } from "vitest"
import { diffArms } from "../src/index.ts"

const arm = (id: string, ...turns: Array<string>): Arm => ({ id, factors: { id }, system: null, turns })
const diff = (...arms: Array<Arm>) => diffArms({ id: "1", version: 1, factors: {}, tags: [], arms })

describe("diffArms", () => {
  it("names the words that differ and nothing else", () => {
    expect(
      diff(arm("a", "I am your general and I ask for the key."), arm("b", "I am a colleague and I ask for the key."))
    ).toEqual([{ item: "1", arms: ["a", "b"], removed: ["your general"], added: ["a colleague"], shared: 9 / 11 }])
  })

  it("takes every pair, and a turn more as words added", () => {
    const three = diff(arm("a", "One two."), arm("b", "One two.", "Why?"), arm("c", "One three."))
    expect(three.map(({ arms }) => arms.join())).toEqual(["a,b", "a,c", "b,c"])
    expect(three[0]).toMatchObject({ removed: [], added: ["¶ Why?"] })
  })

  it("finds nothing between equal texts", () => {
    expect(diff(arm("a", "Same."), arm("b", "Same."))[0]).toMatchObject({ removed: [], added: [], shared: 1 })
  })
})
