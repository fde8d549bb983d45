/** Backend onnx: examines any model in the Hugging Face folder layout with an ONNX export, local or from the hub. */
import { stat } from "node:fs/promises"
import { type Backend, BackendError, definePlugin, type Subject } from "@model-intake/core"
import { OnnxOptions, openOnnxExaminee } from "@model-intake/onnx-runtime"
import * as Effect from "effect/Effect"
import { fetchSnapshot, isHubName } from "./Hub.ts"

const id = "onnx"
const version = "0.1.0"

/** A local folder where there is one of that name, `@` and all; else a name on the hub. */
const locate = Effect.fnUntraced(function* (
  subject: Subject,
  file: string | null
): Effect.fn.Return<{ readonly path: string; readonly subject: Subject }, BackendError> {
  const local = subject.revision === null ? subject.model : `${subject.model}@${subject.revision}`
  if (yield* Effect.promise(() => isFolder(local))) return { path: local, subject }
  if (!isHubName(subject.model)) {
    const message = `${local} is neither a local folder nor a name on the hub, such as organisation/model`
    return yield* new BackendError({ backend: id, reason: "not-found", message, retryable: false, retryAfterMs: null })
  }
  const { path, commit } = yield* fetchSnapshot(subject, file)
  return { path, subject: { ...subject, revision: commit } }
})

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (status) => status.isDirectory(),
    () => false
  )

const make = (options: OnnxOptions): Effect.Effect<Backend> =>
  Effect.succeed({
    id,
    open: Effect.fn("Onnx.open")(function* (subject) {
      const found = yield* locate(subject, options.file ?? null)
      return yield* openOnnxExaminee(found.subject, found.path, options)
    })
  })

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Models in the Hugging Face folder layout with an ONNX export, run on this machine",
  capabilities: ["system prompt", "seed", "log-probabilities", "hidden states", "offline"],
  config: OnnxOptions,
  // Weights are fetched from the hub, and big ones take their time on a processor.
  deadlines: { open: 86_400, activations: 86_400 },
  make
})
