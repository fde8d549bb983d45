/** Backend transcript: replays recorded answers of a model, exactly or not at all. */
import { access } from "node:fs/promises"
import {
  type Backend,
  BackendError,
  type BackendReason,
  type ChatRequest,
  definePlugin,
  formatSubject,
  noSettings,
  type Subject
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { isDatabase, readJournalRecordings, replayJournal } from "./JournalReplay.ts"
import { type Replay, readRecordings, replay, type Unreadable } from "./Recordings.ts"

const id = "transcript"
const version = "0.1.0"

const limit =
  "The answers were recorded before the exam: the model was not asked, its decoding parameters are those of the recording, and the recording is taken at its word."

/** Hexadecimal digits of the digest that stand for a revision. */
const revisionLength = 16

const refuse = (reason: BackendReason, message: string) =>
  new BackendError({ backend: id, reason, message, retryable: false, retryAfterMs: null })

/** Which file is meant, and which model's answers in it. */
interface Source {
  readonly file: string
  readonly model: string | null
  readonly revision: string | null
}

/**
 * `FILE`, `FILE#MODEL`, `FILE@REVISION` or `FILE#MODEL@REVISION`. Names of files may hold both signs: a file that
 * exists by the longer name is meant by it.
 */
const locate = async ({ model, revision }: Subject): Promise<Source> => {
  const whole = revision === null ? model : `${model}@${revision}`
  if (await exists(whole)) return { file: whole, model: null, revision: null }
  if (await exists(model)) return { file: model, model: null, revision }
  const split = model.lastIndexOf("#")
  if (split <= 0 || split === model.length - 1) return { file: model, model: null, revision }
  return { file: model.slice(0, split), model: model.slice(split + 1), revision }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false
  )

/** What there is to replay, and how. */
interface Recorded {
  readonly model: string | null
  readonly revision: string | null
  readonly digest: string
  /** Conversations. */
  readonly count: number
  readonly seeded: boolean
  readonly replay: (request: ChatRequest) => Replay
}

const readFileSource = Effect.fnUntraced(function* ({
  file,
  model,
  revision
}: Source): Effect.fn.Return<Recorded, Unreadable> {
  const recordings = yield* Effect.promise(() => readRecordings(file, model))
  if ("problem" in recordings) return yield* Effect.fail(recordings)
  const { count, digest, seeded } = recordings
  return { model, revision, digest, count, seeded, replay: (request) => replay(recordings, request) }
})

/** A name like `onnx:acme/tiny@main` brings its own revision, which may be all that stands behind the last `@`. */
const readJournalSource = Effect.fnUntraced(function* ({
  file,
  model,
  revision
}: Source): Effect.fn.Return<Recorded, Unreadable> {
  const whole = model === null || revision === null ? null : `${model}@${revision}`
  const asWhole = whole === null ? null : yield* Effect.result(readJournalRecordings(file, whole))
  const isWhole = asWhole !== null && Result.isSuccess(asWhole)
  const recordings = isWhole ? asWhole.success : yield* readJournalRecordings(file, model)
  return {
    model: formatSubject(recordings.original),
    revision: isWhole ? null : revision,
    digest: recordings.digest,
    count: recordings.answers.size,
    // What a trial without a seed was asked is found without it.
    seeded: true,
    replay: (request) => replayJournal(recordings, request)
  }
})

const make = (): Effect.Effect<Backend> =>
  Effect.succeed({
    id,
    open: Effect.fn("TranscriptBackend.open")(function* (subject) {
      if (subject.model === "-") {
        return yield* refuse("unsupported", "standard input cannot be replayed; write the recording to a file first")
      }
      const source = yield* Effect.promise(() => locate(subject))
      const { file } = source
      const recorded = yield* Effect.mapError(
        (yield* Effect.promise(() => isDatabase(file))) ? readJournalSource(source) : readFileSource(source),
        ({ reason, problem }) => refuse(reason, problem)
      )
      const { model, revision } = recorded
      const found = recorded.digest.slice(0, revisionLength)
      if (revision !== null && !isPrefix(revision, recorded.digest)) {
        const changed = `${file} has the revision ${found}, not ${revision}; find the file as it was, or leave out @${revision}`
        return yield* refuse("not-found", changed)
      }
      const name = model === null ? file : `${file}#${model}`
      return {
        subject: { ...subject, model: name, revision: found },
        capabilities: { systemPrompt: true, seed: recorded.seeded, logprobs: false, hiddenStates: false },
        concurrency: 64,
        limits: [limit],
        chat: Effect.fn("TranscriptBackend.chat")(function* (request) {
          if (request.logprobs !== undefined) {
            return yield* refuse("unsupported", `${file} is a recording and has no log-probabilities`)
          }
          const found = recorded.replay(request)
          if ("reply" in found) return found.reply
          const turn = quote(request.messages.at(-1)?.content ?? "")
          return yield* refuse("not-found", `${turn} ${found.refusal} (conversations in ${file}: ${recorded.count})`)
        })
      }
    })
  })

/** Shorter ones than eight digits are more likely a slip than a digest. */
const isPrefix = (revision: string, digest: string): boolean => revision.length >= 8 && digest.startsWith(revision)

/** The beginning of a text that may hold anything. */
const quote = (text: string): string => {
  const clean = text
    .slice(0, 300)
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
  return JSON.stringify(clean.length > 60 ? `${[...clean].slice(0, 59).join("")}…` : clean)
}

export default definePlugin({
  kind: "backend",
  id,
  version,
  summary: "Recorded answers of a model, replayed exactly or refused",
  capabilities: ["system prompt", "seed where the recording has them", "offline"],
  config: noSettings,
  // Recordings of gigabytes are read whole.
  deadlines: { open: 3600 },
  make
})
