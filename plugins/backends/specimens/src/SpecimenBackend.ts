/** Opens specimens by name, on the runtime that serves any other model in a local folder. */
import type { Backend } from "@model-intake/core"
import { OnnxOptions, openOnnxExaminee } from "@model-intake/onnx-runtime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { findSpecimen, problem } from "./SpecimenFolders.ts"

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

export const makeSpecimenBackend = ({ folder, ...options }: SpecimenOptions): Backend => ({
  id: "specimens",
  open: Effect.fn("SpecimenBackend.open")(function* (subject) {
    if (subject.revision !== null) {
      return yield* problem("unsupported", `specimens have no revisions; leave out @${subject.revision}`)
    }
    const { name, path } = yield* findSpecimen(subject.model, folder)
    const named = { ...subject, model: name }
    const examinee = yield* openOnnxExaminee(named, path, { maxTokens: longestAnswer, ...options })
    return { ...examinee, limits: [limit] }
  })
})
