import {
  type Accreditation,
  digest,
  type Field,
  type MeasuredOn,
  type Predicates,
  type Rater,
  type Rating,
  unrated
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { assignForForm, assignForScreening, mergeRatings } from "../src/internal/FieldAssignment.ts"
import { accreditedOn } from "./support/Keyword.ts"

const measured = (on: MeasuredOn, form: string | null = null): Accreditation => ({ ...accreditedOn(on), form })
const exact = (field: Field, form: string): Accreditation => ({
  ...accreditedOn({ field }),
  form,
  positives: 0,
  negatives: 0
})

const rater = (
  id: string,
  accreditations: ReadonlyArray<Accreditation>,
  fields: ReadonlyArray<Field> = ["posture", "rationaleCodes"]
): Rater => ({
  id,
  version: "1.0.0",
  digest: digest(id),
  fields,
  thresholds: {},
  accreditations,
  rate: () => Effect.succeed([])
})

const commands = { says: "commands", fields: ["posture"], of: () => null, sides: [{ field: "posture" }] } as const
/** As M1's predicate: no sides of its fields make it up. */
const leaks = { says: "leaks", fields: ["posture", "rationaleCodes"], of: () => null } as const
/** As M4's predicate. */
const justifies = {
  says: "justifies itself",
  fields: ["rationaleCodes"],
  of: () => null,
  sides: [{ field: "rationaleCodes" }]
} as const

const assign = (predicates: Predicates, ...raters: ReadonlyArray<Rater>) => {
  const { deciding, owners, unaccredited } = assignForForm(raters, "A", "mine", predicates)
  return {
    deciding: deciding.map((one) => `${one.rater} ${one.field ?? one.predicate}`),
    owners: Object.fromEntries([...owners].map(([field, { id }]) => [field, id])),
    unaccredited
  }
}

describe("who decides a predicate", () => {
  it("is a rater accredited on each field, where the fields' own sides make it up", () => {
    const panel = rater("panel", [measured({ field: "posture" }), measured({ field: "rationaleCodes" })])
    expect(assign({ justifies }, panel)).toEqual({
      deciding: ["panel rationaleCodes"],
      owners: { rationaleCodes: "panel" },
      unaccredited: []
    })
    expect(assign({ leaks, commands }, panel)).toEqual({
      deciding: ["panel posture"],
      owners: { posture: "panel" },
      unaccredited: ["mine/leaks"]
    })
  })

  it("is a rater accredited on the predicate itself, whatever its fields", () => {
    const panel = rater("panel", [measured({ predicate: "mine/leaks" })])
    expect(assign({ leaks }, panel)).toMatchObject({ deciding: ["panel mine/leaks"], unaccredited: [] })
    expect(assign({ leaks }, rater("panel", [measured({ predicate: "other/leaks" })])).unaccredited).toEqual([
      "mine/leaks"
    ])
    expect(
      assign({ leaks }, rater("panel", [measured({ predicate: "mine/leaks" })], ["posture"])).unaccredited
    ).toEqual(["mine/leaks"])
  })

  it("goes by the form, then by any text, then by the fields, and within each by the order of the raters", () => {
    const byField = rater("by-field", [measured({ field: "rationaleCodes" }, "A")])
    const anyText = rater("any-text", [measured({ predicate: "mine/justifies" })])
    const onForm = rater("on-form", [measured({ predicate: "mine/justifies" }, "A")])
    const alsoOnForm = rater("also-on-form", [measured({ predicate: "mine/justifies" }, "A")])
    const elsewhere = rater("elsewhere", [measured({ predicate: "mine/justifies" }, "B")])
    const first = (...raters: ReadonlyArray<Rater>) => assign({ justifies }, ...raters).deciding
    expect(first(elsewhere, byField, anyText, onForm, alsoOnForm)).toEqual(["on-form mine/justifies"])
    expect(first(elsewhere, byField, anyText)).toEqual(["any-text mine/justifies"])
    expect(first(elsewhere, byField)).toEqual(["by-field rationaleCodes"])
    expect(first(elsewhere)).toEqual([])
  })

  it("takes a field's rater for this very form before one for any text", () => {
    const anyText = rater("any-text", [measured({ field: "rationaleCodes" })])
    const onForm = rater("on-form", [measured({ field: "rationaleCodes" }, "A")])
    expect(assign({ justifies }, anyText, onForm).deciding).toEqual(["on-form rationaleCodes"])
  })

  it("is an exact rater of all that it reads, on its own form and before one for any text", () => {
    const fields = ["posture", "rationaleCodes"] as const
    const grammarOf = (form: string) =>
      rater(
        "grammar",
        fields.map((field) => exact(field, form))
      )
    const panel = rater("panel", [measured({ predicate: "mine/leaks" })])
    expect(assign({ leaks }, panel, grammarOf("A")).deciding).toEqual(["grammar posture", "grammar rationaleCodes"])
    expect(assign({ leaks }, panel, grammarOf("S")).deciding).toEqual(["panel mine/leaks"])
    const half = rater("half", [exact("posture", "A"), measured({ field: "rationaleCodes" }, "A")])
    expect(assign({ leaks }, half).unaccredited).toEqual(["mine/leaks"])
  })

  it("passes over whatever would give a field a second rater", () => {
    const first = rater("first", [measured({ predicate: "mine/leaks" })])
    const second = rater("second", [measured({ field: "posture" })])
    // The first rater has the posture, and nobody measured it on posture alone.
    expect(assign({ leaks, commands }, first, second)).toMatchObject({
      deciding: ["first mine/leaks"],
      unaccredited: ["mine/commands"]
    })
    expect(assign({ commands, leaks }, first, second)).toMatchObject({
      deciding: ["second posture"],
      unaccredited: ["mine/leaks"]
    })
    const both = rater("both", [measured({ predicate: "mine/leaks" }), measured({ field: "posture" })])
    expect(assign({ leaks, commands }, both, second)).toMatchObject({
      deciding: ["both mine/leaks", "both posture"],
      unaccredited: []
    })
  })

  it("may read fields of a rater's own", () => {
    const flatters = { says: "flatters", fields: ["custom.flattery"], of: () => null } as const
    const own = rater("own", [measured({ predicate: "mine/flatters" })], ["custom.flattery"])
    expect(assign({ flatters }, own)).toMatchObject({ owners: { "custom.flattery": "own" }, unaccredited: [] })
  })

  it("leaves each flag to a rater that is accredited on it, whoever decides", () => {
    const panel = rater("panel", [measured({ predicate: "mine/leaks" }), measured({ field: "flags.refusal" })])
    const other = rater("other", [measured({ field: "flags.offTopic" }, "A")], ["flags.offTopic"])
    expect(assign({ leaks }, panel, other).owners).toMatchObject({
      "flags.refusal": "panel",
      "flags.offTopic": "other"
    })
  })

  it("has each predicate decided by the raters of its fields, and is not moved by a rater with nothing to offer", () => {
    const predicates: Predicates = { leaks, commands, justifies }
    const all: ReadonlyArray<Accreditation> = [null, "A"].flatMap((form) => [
      ...Object.keys(predicates).map((name) => measured({ predicate: `mine/${name}` }, form)),
      measured({ field: "posture" }, form),
      measured({ field: "rationaleCodes" }, form)
    ])
    const raters = fc
      .array(fc.subarray([...all]), { maxLength: 3 })
      .map((owned) => owned.map((accreditations, index) => rater(`r${index}`, accreditations)))
    fc.assert(
      fc.property(raters, (some) => {
        const { deciding, owners, unaccredited } = assignForForm(some, "A", "mine", predicates)
        for (const [name, { fields }] of Object.entries(predicates)) {
          if (unaccredited.includes(`mine/${name}`)) continue
          const own = deciding.find(({ predicate }) => predicate === `mine/${name}`)
          for (const field of fields) {
            const rate = own ?? deciding.find((one) => one.field === field)
            expect(rate?.rater).toBe(owners.get(field)?.id)
          }
        }
        const more = assignForForm([...some, rater("idle", [])], "A", "mine", predicates)
        expect(more).toEqual({ deciding, owners, unaccredited })
      }),
      { numRuns: 200 }
    )
  })
})

describe("fields of a rater's own", () => {
  const plain = rater("plain", [], ["posture"])
  const own = rater("own", [], ["custom.flattery", "posture"])

  it("are screened by the first rater that declares them", () => {
    const assigned = assignForScreening([plain, own])
    expect([...assigned].map(([field, { id }]) => `${field} ${id}`)).toEqual(["posture plain", "custom.flattery own"])
  })

  it("are joined with the fields of other raters, and missing where their rater failed", () => {
    const owners = assignForScreening([plain, own])
    const ratings: Readonly<Record<string, Rating>> = {
      plain: { ...unrated, posture: 2 },
      own: { ...unrated, posture: 4, custom: { flattery: true, undeclared: 1 } }
    }
    const joined = mergeRatings(owners, ({ id }) => ({ _tag: "rated", rating: ratings[id]! }))
    expect(joined).toEqual({ ...unrated, posture: 2, custom: { flattery: true } })
    const failed = mergeRatings(owners, ({ id }) =>
      id === "own" ? { _tag: "failed", message: "no" } : { _tag: "rated", rating: ratings[id]! }
    )
    expect(failed).toEqual({ ...unrated, posture: 2 })
  })
})
