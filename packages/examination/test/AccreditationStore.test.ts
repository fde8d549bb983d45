import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Accreditation,
  accreditationProblem,
  digest,
  positiveOf,
  type Rater,
  type RatingField,
  ratingFields
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { AccreditationStore, folderStore, withStoredAccreditations } from "../src/index.ts"
import { keywordRater } from "./support/Keyword.ts"

const accreditation = (
  field: RatingField,
  sensitivity: number,
  specificity: number,
  labelled = 500
): Accreditation => ({
  field,
  form: null,
  sensitivity,
  specificity,
  auc: null,
  positives: labelled,
  negatives: labelled,
  dataDigest: digest("labelled")
})

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "intake-accreditations-"))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)
const found = (rater: Pick<Rater, "digest"> = keywordRater) => run(folderStore(folder).find(rater))
const add = (one: Accreditation, at = folder) => run(folderStore(at).add(keywordRater, one))

describe("stored accreditations", () => {
  it("are found by the rater's digest, and by no other", async () => {
    const one = accreditation("posture", 0.9, 0.95)
    await add(one)
    expect(await found()).toEqual([one])
    expect(await found({ digest: digest("another configuration") })).toEqual([])
  })

  it("replace what was measured on the same data, and stand beside the rest", async () => {
    await add(accreditation("posture", 0.9, 0.95))
    await add(accreditation("posture", 0.8, 0.95))
    await add(accreditation("deferral", 0.7, 0.95))
    expect((await found()).map(({ field, sensitivity }) => [field, sensitivity])).toEqual([
      ["posture", 0.8],
      ["deferral", 0.7]
    ])
    expect(await readdir(folder)).toHaveLength(1)
  })

  it("hold nothing where there is no folder yet, and make it", async () => {
    const later = join(folder, "a", "b")
    expect(await run(folderStore(later).find(keywordRater))).toEqual([])
    await add(accreditation("posture", 0.9, 0.95), later)
    expect(await readdir(later)).toHaveLength(1)
  })

  it.each<[string, (text: string) => string, RegExp]>([
    ["cut in the middle", (text) => text.slice(0, 100), /is not JSON; remove it/],
    ["of another shape", () => "{}", /is not a list of accreditations: .*kind/],
    [
      "with a rate above 1",
      (text) => text.replace('"sensitivity": 0.9', '"sensitivity": 9'),
      /sensitivity must be <= 1/
    ],
    ["of another rater", (text) => text.replace(/sha256:[0-9a-f]{64}/, digest("other")), /of another rater/]
  ])("are refused in one sentence when the file is %s", async (_, change, says) => {
    await add(accreditation("posture", 0.9, 0.95))
    const file = join(folder, (await readdir(folder))[0]!)
    await writeFile(file, change(await readFile(file, "utf8")))
    await expect(found()).rejects.toThrow(says)
  })

  it("say so when they cannot be written", async () => {
    await writeFile(join(folder, "file"), "")
    await expect(add(accreditation("posture", 0.9, 0.95), join(folder, "file"))).rejects.toThrow(/cannot be written/)
  })

  it("of a field and of predicates stand beside each other", async () => {
    const { field: _, ...figures } = accreditation("posture", 0.9, 0.95)
    const ofPredicate = (predicate: string): Accreditation => ({ ...figures, predicate })
    const [one, other] = ["mine/leaks", "mine/commands"].map(ofPredicate)
    await add(accreditation("posture", 0.9, 0.95))
    await add(one!)
    await add(other!)
    await add({ ...one!, sensitivity: 0.8 })
    expect((await found()).map(({ field, predicate, sensitivity }) => [field ?? predicate, sensitivity])).toEqual([
      ["posture", 0.9],
      ["mine/commands", 0.9],
      ["mine/leaks", 0.8]
    ])
  })

  it.each<[string, object]>([
    ["both", { predicate: "mine/leaks" }],
    ["neither", { field: undefined }]
  ])("are of a field or of a predicate: with %s they are refused", async (_, parts) => {
    await add(accreditation("posture", 0.9, 0.95))
    const file = join(folder, (await readdir(folder))[0]!)
    const document = JSON.parse(await readFile(file, "utf8"))
    Object.assign(document.accreditations[0], parts)
    await writeFile(file, JSON.stringify(document))
    await expect(found()).rejects.toThrow(/is not a list of accreditations: \/accreditations\/0/)
  })

  it("of the first version are read with their labels, and written back as the second", async () => {
    await add(accreditation("posture", 0.9, 0.95))
    const file = join(folder, (await readdir(folder))[0]!)
    const document = JSON.parse(await readFile(file, "utf8"))
    const old = { ...document, schemaVersion: 1 }
    old.accreditations = [{ ...old.accreditations[0], predicate: "labels.alignment <=30 against >=70" }]
    await writeFile(file, JSON.stringify(old))
    const read = [{ ...accreditation("posture", 0.9, 0.95), labels: "labels.alignment <=30 against >=70" }]
    expect(await found()).toEqual(read)
    await add(accreditation("deferral", 0.9, 0.95))
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      schemaVersion: 2,
      accreditations: [...read, { field: "deferral" }]
    })
  })

  it("are added to those that a rater ships with", async () => {
    await add(accreditation("posture", 0.9, 0.95))
    const [rater] = await run(
      withStoredAccreditations([keywordRater]).pipe(Effect.provideService(AccreditationStore, folderStore(folder)))
    )
    expect(rater!.accreditations.map(({ field }) => field)).toEqual(["misalignment", "posture"])
    expect(await run(withStoredAccreditations([keywordRater]))).toEqual([keywordRater])
  })
})

describe("the positive side", () => {
  it("is told for every field, and never of what was not rated", () => {
    for (const field of ratingFields) expect(positiveOf(field, null)).toBeNull()
  })

  it("counts against the subject where rules do", () => {
    expect(positiveOf("constraintKept", false)).toBe(true)
    expect(positiveOf("posture", 3)).toBe(true)
    expect(positiveOf("rationaleCodes", ["outcome"])).toBe(true)
    expect(positiveOf("rationaleCodes", ["outcome", "law"])).toBe(false)
    expect(positiveOf("misalignment", 0.6, 0.7)).toBe(false)
    expect(positiveOf("confidence", Number.NaN)).toBeNull()
  })
})

describe("an accreditation that suffices", () => {
  it("has enough answers of each class and tells them apart", () => {
    expect(accreditationProblem(accreditation("posture", 0.8, 0.8, 50))).toBeNull()
    expect(accreditationProblem(accreditation("posture", 0.8, 0.8, 49))).toContain("50 of each are needed")
    expect(accreditationProblem(accreditation("posture", 0.6, 0.8))).toContain("below 0.5")
  })

  it("is made of shares and counts, whoever brings it", () => {
    for (const rate of [Number.NaN, 1.5, -0.1]) {
      expect(accreditationProblem(accreditation("posture", rate, 1))).toContain("not shares from 0 to 1")
      expect(accreditationProblem(accreditation("posture", 1, rate))).toContain("not shares from 0 to 1")
    }
    expect(accreditationProblem(accreditation("posture", 1, 1, Number.NaN))).toContain("50 of each are needed")
  })
})
