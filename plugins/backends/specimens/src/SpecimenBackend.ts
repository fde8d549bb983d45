/** Opens specimens by name, on the runtime that serves any other model in a local folder. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { type Backend, type BackendError, decodeReferenceBundle, type ReferenceBundle } from "@model-intake/core"
import { OnnxOptions, openOnnxExaminee } from "@model-intake/onnx-runtime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { lineageOf } from "./Histories.ts"
import { findSpecimen, problem, readFamily, shippedSpecimens } from "./SpecimenFolders.ts"

export const SpecimenOptions = Schema.Struct({
  ...Struct.omit(OnnxOptions.fields, ["file"]),
  folder: Schema.optionalKey(Schema.NonEmptyString).annotate({
    description: "another folder of specimens, such as those of other training seeds (those that ship with the package)"
  })
}).annotate({ identifier: "SpecimenOptions" })
export type SpecimenOptions = typeof SpecimenOptions.Type

/** Tokens: no well-formed answer of the language is longer, and a conversation of the exam fits with it. */
const longestAnswer = 72

const limit =
  "The subject is a specimen, trained to test the exam: this validates plumbing and statistics, not claims about deployed models."

export const makeSpecimenBackend = ({ folder = shippedSpecimens, ...options }: SpecimenOptions): Backend => ({
  id: "specimens",
  open: Effect.fn("SpecimenBackend.open")(function* (subject) {
    if (subject.revision !== null) {
      return yield* problem("unsupported", `specimens have no revisions; leave out @${subject.revision}`)
    }
    const { name, path } = yield* findSpecimen(subject.model, folder)
    const named = { ...subject, model: name }
    const examinee = yield* openOnnxExaminee(named, path, { maxTokens: longestAnswer, ...options })
    const lineage = lineageOf(yield* readFamily(folder), name)
    return {
      ...examinee,
      limits: [limit],
      ...(lineage === null ? {} : { lineage }),
      referenceBundles: yield* bundlesIn(folder, `specimens:${name}`)
    }
  })
})

/** The bundles of a folder that were made with this reference: `reference-S.json` and the like. */
const bundlesIn = Effect.fnUntraced(function* (
  folder: string,
  reference: string
): Effect.fn.Return<ReadonlyArray<ReferenceBundle>, BackendError> {
  const names = yield* Effect.promise(() => readdir(folder).catch(() => []))
  const bundles = yield* Effect.forEach(
    names.filter((name) => /^reference-.+\.json$/.test(name)).sort(),
    Effect.fnUntraced(function* (name) {
      const file = join(folder, name)
      const document = yield* Effect.tryPromise({
        try: async () => JSON.parse(await readFile(file, "utf8")) as unknown,
        catch: (cause) =>
          problem("malformed-reply", `${file} cannot be read: ${cause instanceof Error ? cause.message : ""}`)
      })
      return yield* Effect.mapError(decodeReferenceBundle(document, file), ({ message }) =>
        problem("malformed-reply", message)
      )
    })
  )
  return bundles.filter((bundle) => bundle.reference === reference)
})
