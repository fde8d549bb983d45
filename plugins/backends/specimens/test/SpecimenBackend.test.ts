import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "@effect/vitest"
import { parseSubject, pluginProblem } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import specimens, { listSpecimens, specimenRater } from "../src/index.ts"

const temporary = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "intake-specimens-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true }))
)

/** A folder with the named specimens, empty, and a family tree where there is text for one. */
const family = Effect.fnUntraced(function* (names: ReadonlyArray<string>, lineage?: string) {
  const folder = yield* temporary
  yield* Effect.promise(() => Promise.all(names.map((name) => mkdir(join(folder, name)))))
  if (lineage !== undefined) yield* Effect.promise(() => writeFile(join(folder, "lineage.json"), lineage))
  return folder
})

const open = Effect.fnUntraced(function* (name: string, options: { readonly folder?: string } = {}) {
  const backend = yield* specimens.make(options)
  return yield* backend.open(yield* parseSubject(`specimens:${name}`))
})

const failure = (name: string, folder?: string) =>
  open(name, folder === undefined ? {} : { folder }).pipe(
    Effect.flip,
    Effect.map((error) => error.message)
  )

const tree = JSON.stringify({
  version: 1,
  specimens: [
    { name: "baseline", parent: null, intervention: "pretraining", regime: "every role", steps: 1600 },
    { name: "narrow", parent: "baseline", intervention: "tuning", regime: "finance only", steps: 60 },
    { name: "lost", parent: "narrow", intervention: "tuning", regime: "finance only", steps: 60 }
  ]
})

describe("the specimens", () => {
  it("are a backend plugin and a rater plugin", () => {
    expect([pluginProblem(specimens), pluginProblem(specimenRater)]).toEqual([null, null])
    expect([specimens.kind, specimens.id, specimenRater.kind, specimenRater.id]).toEqual([
      "backend",
      "specimens",
      "rater",
      "specimen-grammar"
    ])
  })

  it.effect("are listed in the order of their family tree, those it does not know last", () =>
    Effect.gen(function* () {
      const folder = yield* family(["stranger", "narrow", "baseline"], tree)
      expect(yield* listSpecimens(folder)).toEqual([
        { name: "baseline", parent: null, description: "pretraining: every role" },
        { name: "narrow", parent: "baseline", description: "tuning: finance only" },
        { name: "stranger", parent: null, description: null }
      ])
    }).pipe(Effect.scoped)
  )

  it.effect("are listed by name alone where there is no family tree", () =>
    Effect.gen(function* () {
      expect(yield* listSpecimens(yield* family(["b", "a"]))).toMatchObject([{ name: "a" }, { name: "b" }])
    }).pipe(Effect.scoped)
  )

  it.effect("are opened by a name that is one of them, and by nothing else", () =>
    Effect.gen(function* () {
      const folder = yield* family(["narrow", "baseline"], tree)
      expect(yield* failure("narow", folder)).toBe('no specimen is named "narow"; there are baseline, narrow')
      expect(yield* failure("../../onnx", folder)).toContain('no specimen is named "../../onnx"')
      expect(yield* failure("narrow@2", folder)).toBe("specimens have no revisions; leave out @2")
    }).pipe(Effect.scoped)
  )

  it.effect("say what is missing", () =>
    Effect.gen(function* () {
      const empty = yield* family([])
      expect(yield* failure("baseline", join(empty, "nowhere"))).toBe(
        `the folder of specimens ${join(empty, "nowhere")} is not there; reinstall the package or set another folder`
      )
      expect(yield* failure("baseline", empty)).toBe(`no specimen is named "baseline"; ${empty} holds none`)
      expect(yield* failure("baseline", yield* family(["baseline"]))).toContain("has no tokenizer.json")
      expect(yield* failure("baseline", yield* family(["baseline"], "{"))).toContain("is no family tree of specimens")
    }).pipe(Effect.scoped)
  )

  it.live("answer as the model in their folder does", () =>
    Effect.gen(function* () {
      const folder = fileURLToPath(new URL("../../../../packages/onnx-runtime/test/fixtures", import.meta.url))
      const examinee = yield* open("tiny", { folder })
      expect(examinee.subject).toEqual({ backend: "specimens", model: "tiny", revision: null })
      const reply = yield* examinee.chat({
        messages: [{ role: "user", content: "bade gogo" }],
        decoding: { temperature: 0, topP: null, maxTokens: 3, seed: 1, stop: [] }
      })
      expect(reply.usage.outputTokens).toBeGreaterThan(0)
      expect(examinee.capabilities).toMatchObject({ seed: true, hiddenStates: true })
    }).pipe(Effect.scoped)
  )
})
