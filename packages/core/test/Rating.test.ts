import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  CustomField,
  Field,
  fieldValue,
  isCustomField,
  positiveOf,
  positiveSideOf,
  Rating,
  ratingFields,
  ratingProblem,
  rationaleCodes,
  spanProblem,
  undeclaredField,
  unrated
} from "../src/index.ts"

const decode = Schema.decodeUnknownResult(Rating, { onExcessProperty: "error" })
const accepts = (value: unknown): boolean => Result.isSuccess(decode(value))

const flag = fc.option(fc.boolean())
const probability = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
const name = fc.stringMatching(/^[a-z]{1,6}(-[a-z0-9]{1,4}){0,2}$/)
const ratings = fc.record(
  {
    flags: fc.record({
      refusal: flag,
      incoherence: flag,
      offTopic: flag,
      evaluationAware: flag,
      judgeDirected: flag
    }),
    conclusion: fc.option(fc.string()),
    constraintKept: flag,
    misalignment: probability,
    justifiesHarm: probability,
    rationaleCodes: fc.option(fc.subarray([...rationaleCodes])),
    posture: fc.option(fc.integer({ min: 0, max: 4 })),
    empathyAcknowledged: flag,
    empathyFunction: fc.constantFrom("regulates", "neutral", "advances-goal", "none", null),
    confidence: probability,
    deferral: fc.constantFrom("none", "clarify", "defer", null),
    evidence: fc.array(fc.record({ start: fc.nat(), end: fc.nat(), code: fc.string() }), { maxLength: 3 }),
    custom: fc.dictionary(
      name,
      fc.option(fc.oneof(fc.boolean(), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
      { maxKeys: 3 }
    )
  },
  {
    requiredKeys: [
      "flags",
      "conclusion",
      "constraintKept",
      "misalignment",
      "justifiesHarm",
      "rationaleCodes",
      "posture",
      "empathyAcknowledged",
      "empathyFunction",
      "confidence",
      "deferral",
      "evidence"
    ]
  }
)

/** What a careless or hostile rater could put anywhere. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    -1,
    0.5,
    1.5,
    4,
    5,
    2 ** 60,
    "",
    "yes",
    "none",
    "outcome",
    "greed",
    true,
    10n,
    [],
    ["outcome"],
    ["greed"],
    [null],
    {},
    { start: 0, end: 1, code: "posture" },
    { start: 0, end: 1, code: "posture", text: "x" },
    new Date(0),
    () => null
  ),
  fc.anything({ maxDepth: 2 })
)

/** Every place in a value that can be changed, as a path. */
const placesIn = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null
    ? [path, ...Object.keys(value).flatMap((key) => placesIn(value[key as keyof typeof value], [...path, key]))]
    : [path]

type Change = { readonly how: "replace" | "remove" | "add"; readonly key: string; readonly value: unknown }

const changed = (value: unknown, [key, ...rest]: ReadonlyArray<string>, change: Change): unknown => {
  if (key !== undefined) {
    const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
    const inner = copy[key as keyof typeof copy] as unknown
    if (rest.length === 0 && change.how === "remove") {
      Reflect.deleteProperty(copy, key)
      return copy
    }
    return Object.assign(copy, { [key]: changed(inner, rest, change) })
  }
  const canGrow = typeof value === "object" && value !== null && !Array.isArray(value)
  return change.how === "add" && canGrow ? { ...value, [change.key]: change.value } : change.value
}

const changes: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom("replace", "remove", "add"),
  key: fc.oneof(name, fc.constantFrom("posture", "refusal", "code", "custom", "Bad Name", "__proto__", "")),
  value: strange
})

describe("what a rating can be", () => {
  it("is for the check written by hand what it is for the schema", () => {
    fc.assert(
      fc.property(ratings, (rating) => {
        expect(ratingProblem(rating)).toBeNull()
        expect(accepts(rating)).toBe(true)
      }),
      { numRuns: 300 }
    )
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(ratings, fc.nat(), changes, (rating, at, change) => {
        const places = placesIn(rating)
        const mutant = changed(rating, places[at % places.length]!, change)
        const accepted = accepts(mutant)
        seen[accepted ? "accepted" : "refused"]++
        expect(ratingProblem(mutant) === null).toBe(accepted)
      }),
      { numRuns: 4000 }
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(200)
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(ratingProblem(value) === null).toBe(accepts(value))
      })
    )
  })

  it.each<[string, unknown, string]>([
    ["nothing", null, "null in the place of a rating"],
    ["a list", [], "a list in the place of a rating"],
    ["a value out of range", { posture: 7 }, "posture 7, which is not a whole number from 0 to 4"],
    ["a fraction", { posture: 2.5 }, "posture 2.5, which is not a whole number from 0 to 4"],
    ["no number", { misalignment: Number.NaN }, "misalignment NaN, which is not a number from 0 to 1"],
    ["a text for a flag", { constraintKept: "yes" }, 'constraintKept "yes", which is not true or false'],
    ["nothing at all", { deferral: undefined }, "no deferral; a field that was not rated has to be null"],
    [
      "an unknown word",
      { empathyFunction: "comforts" },
      'empathyFunction "comforts", which is not regulates, neutral, advances-goal or none'
    ],
    [
      "an unknown code",
      { rationaleCodes: ["outcome", "greed"] },
      '"greed" among the rationaleCodes, which is not a code of the rating schema'
    ],
    ["codes in a text", { rationaleCodes: "outcome" }, 'rationaleCodes "outcome", which is not a list of codes'],
    [
      "an unknown field",
      { mood: "bad" },
      'a field "mood", which is not in the rating schema; fields of its own go into custom'
    ],
    ["an unknown flag", { flags: { ...unrated.flags, rude: true } }, 'a field "rude", which is not one of the flags'],
    ["a flag too few", { flags: { refusal: null } }, "no flags.incoherence; a field that was not rated has to be null"],
    ["flags in a list", { flags: [] }, "flags a list, which is not an object with a value for each flag"],
    [
      "spans without ends",
      { evidence: [{ start: 3, code: "posture" }] },
      "an evidence span from 3 to undefined, which are not whole numbers of at least 0"
    ],
    [
      "an own field of an object",
      { custom: { mood: {} } },
      "custom.mood an object, which is not true, false, a number or a text"
    ],
    [
      "a name in capitals",
      { custom: { Mood: 1 } },
      'a field "custom.Mood", whose name is not lower-case words joined by hyphens'
    ],
    [
      "long hostile text",
      { deferral: `x\u202e\u001b[31m${"y".repeat(100)}` },
      `deferral "x[31m${"y".repeat(34)}…", which is not none, clarify or defer`
    ]
  ])("%s is refused in words", (_, parts, says) => {
    const value = parts === null || Array.isArray(parts) ? parts : { ...unrated, ...(parts as object) }
    expect(ratingProblem(value)).toBe(says)
    expect(accepts(value)).toBe(false)
  })

  it("is checked in less than 3 microseconds", () => {
    const rating: Rating = {
      ...unrated,
      misalignment: 0.5,
      rationaleCodes: ["outcome", "law"],
      evidence: [{ start: 0, end: 3, code: "misalignment" }],
      custom: { mood: "calm" }
    }
    const rounds = 50_000
    const time = () => {
      const start = performance.now()
      for (let round = 0; round < rounds; round++) ratingProblem(rating)
      return ((performance.now() - start) / rounds) * 1000
    }
    // The best of several: the machine may be busy.
    expect(Math.min(...Array.from({ length: 8 }, time))).toBeLessThan(3)
  })
})

describe("spans", () => {
  it("that cannot be quoted are said in words", () => {
    const problem = (start: number, end: number) =>
      spanProblem({ ...unrated, evidence: [{ start, end, code: "posture" }] }, "a 😀")
    expect(problem(0, 1)).toBeNull()
    expect(problem(1, 1)).toBe("evidence span 1-1 (posture), which is empty")
    expect(problem(0, 9)).toBe("evidence span 0-9 (posture), which ends after the answer's 4 code units")
    expect(problem(0, 3)).toBe("evidence span 0-3 (posture), which cuts a character in two")
  })
})

describe("fields of a rater's own", () => {
  it("are named by lower-case words joined by hyphens", () => {
    const isField = Schema.is(Field)
    const isCustom = Schema.is(CustomField)
    for (const field of ["custom.flattery", "custom.tone-2-low"]) {
      expect([isField(field), isCustom(field), isCustomField(field)]).toEqual([true, true, true])
    }
    for (const field of ["custom.", "custom.Flattery", "custom.a--b", "custom.a b", "customflattery", "flattery"]) {
      expect([isField(field), isCustom(field), isCustomField(field)]).toEqual([false, false, false])
    }
    for (const field of ratingFields) expect([isField(field), isCustomField(field)]).toEqual([true, false])
  })

  it("are read like the others, and are never those of an object's prototype", () => {
    const rating: Rating = { ...unrated, custom: { flattery: true, tone: 3, note: null } }
    expect(fieldValue(rating, "custom.flattery")).toBe(true)
    expect(fieldValue(rating, "custom.tone")).toBe(3)
    expect(fieldValue(rating, "custom.note")).toBeNull()
    expect(fieldValue(rating, "custom.other")).toBeNull()
    expect(fieldValue(rating, "custom.constructor")).toBeNull()
    expect(fieldValue(unrated, "custom.flattery")).toBeNull()
  })

  it("are positive where they are true, and nothing of them is for numbers and texts", () => {
    expect(positiveOf("custom.flattery", true)).toBe(true)
    expect(positiveOf("custom.flattery", false)).toBe(false)
    for (const value of [null, 1, "true"]) expect(positiveOf("custom.flattery", value)).toBeNull()
    expect(positiveSideOf("custom.flattery")).toBe("true")
  })

  it("have to be declared to be filled in", () => {
    const rating: Rating = { ...unrated, custom: { flattery: false, tone: null } }
    expect(undeclaredField(rating, ["custom.flattery"])).toBeNull()
    expect(undeclaredField(rating, ["custom.tone"])).toBe("custom.flattery")
    expect(undeclaredField(unrated, [])).toBeNull()
  })
})
