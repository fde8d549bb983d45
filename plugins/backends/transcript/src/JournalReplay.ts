/** Replays the journal of an exam: the answer to exactly the trial that was put to the model then. */
import { createHash } from "node:crypto"
import { open } from "node:fs/promises"
import {
  type Answered,
  type ChatRequest,
  type Message,
  makeTrial,
  parseSubject,
  type Subject,
  type Trial
} from "@model-intake/core"
import { type RecordedExam, readJournal } from "@model-intake/journal"
import * as Effect from "effect/Effect"
import type { Replay, Unreadable } from "./Recordings.ts"

/** What a journal has of one model. */
export interface JournalRecordings {
  /** Who answered, as the journal names it. */
  readonly original: Subject
  readonly answers: ReadonlyMap<string, Answered>
  /** SHA-256 in hexadecimal digits of the answers. */
  readonly digest: string
}

/** Whether a file is a SQLite database, by its first bytes; no for a file that cannot be read. */
export const isDatabase = async (file: string): Promise<boolean> => {
  const handle = await open(file).catch(() => null)
  if (handle === null) return false
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(16), 0, 16, 0)
    .catch(() => ({ buffer: null, bytesRead: 0 }))
  await handle.close()
  return bytesRead === 16 && buffer!.toString("latin1") === "SQLite format 3\0"
}

/**
 * Reads what a model answered in the exams of a journal, as their subject or their reference.
 *
 * @param named `backend:model`, with its revision or without; null for the only subject that was examined
 */
export const readJournalRecordings = Effect.fn("JournalReplay.read")(function* (
  file: string,
  named: string | null
): Effect.fn.Return<JournalRecordings, Unreadable> {
  const exams = (yield* Effect.mapError(
    readJournal(file),
    ({ message }): Unreadable => ({ reason: "malformed-reply", problem: message })
  )).filter(({ subject }) => !subject.startsWith("transcript:"))
  const name = chooseName(exams, named, file)
  if (typeof name !== "string") return yield* Effect.fail(name)
  const original = yield* Effect.mapError(
    parseSubject(name),
    ({ message }): Unreadable => ({ reason: "malformed-reply", problem: `${file}: ${message}` })
  )
  const answers = new Map<string, Answered>()
  for (const exam of exams) {
    if (exam.subject !== name && exam.reference !== name) continue
    // An exam that was answered from an earlier one has the same answer; of two, the first one stays.
    for (const answer of exam.answers) if (!answers.has(answer.trial)) answers.set(answer.trial, answer)
  }
  if (answers.size === 0) {
    return yield* Effect.fail<Unreadable>({ reason: "malformed-reply", problem: `${file} holds no answer of ${name}` })
  }
  const hash = createHash("sha256")
  for (const trial of [...answers.keys()].sort()) hash.update(`${JSON.stringify(answers.get(trial))}\n`)
  return { original, answers, digest: hash.digest("hex") }
})

/**
 * The recorded answer to the trial of the request. It is found by the trial's own digest, computed as if the original
 * model were asked: another seed, form, version or decoding is another trial, and has no answer here.
 */
export const replayJournal = ({ original, answers }: JournalRecordings, { messages, trial }: ChatRequest): Replay => {
  if (trial === undefined) return { refusal: "is no turn of a trial, and a journal answers nothing else" }
  // What takes no sampling seed was asked without one.
  const answer = [trial.request.decoding.seed, null]
    .map((seed) => answers.get(originalId(trial, original, seed)))
    .find((found) => found !== undefined)
  if (answer === undefined) {
    return {
      refusal: `(${trial.instrument} ${trial.item} ${trial.arm}, replicate ${trial.replicate}) was not answered then; give the exam the form, seed, size and decoding of the journal's`
    }
  }
  const context = spoken(messages, trial)
  const recorded = spoken(answer.conversation, trial)
  const said = recorded[context.length]
  const isSame = context.every(({ role, content }, index) => {
    const before = recorded[index]
    return before?.role === role && before.content === content
  })
  if (!isSame || said?.role !== "assistant") return { refusal: "is not how the recorded conversation goes" }
  const isLast = said === recorded.at(-1)
  return {
    reply: {
      text: said.content,
      reasoning: isLast ? answer.reasoning : null,
      finish: isLast ? answer.finish : "stop",
      // The journal has the sum over all turns.
      usage: isLast ? answer.usage : { inputTokens: 0, outputTokens: 0 },
      fingerprint: answer.fingerprint
    }
  }
}

/** The journal has no guard prompt of a wrapper; the wrapper's digest is in the trial's. */
const spoken = (messages: ReadonlyArray<Message>, { request }: Trial): ReadonlyArray<Message> =>
  request.wrapper === null ? messages : messages.filter(({ role }) => role !== "system")

const originalId = ({ id: _, request, ...parts }: Trial, subject: Subject, seed: number | null): string =>
  makeTrial({ ...parts, request: { ...request, subject, decoding: { ...request.decoding, seed } } }).id

const chooseName = (exams: ReadonlyArray<RecordedExam>, named: string | null, file: string): string | Unreadable => {
  const refuse = (problem: string): Unreadable => ({ reason: "malformed-reply", problem: `${file} ${problem}` })
  const subjects = [...new Set(exams.map(({ subject }) => subject))]
  const all = [...new Set([...subjects, ...exams.flatMap(({ reference }) => reference ?? [])])]
  if (all.length === 0) return refuse("holds no exam of a model")
  const listed = all.slice(0, 5).join(", ") + (all.length > 5 ? ` and ${all.length - 5} more` : "")
  if (named === null) {
    return subjects.length === 1
      ? subjects[0]!
      : refuse(`holds exams of several models (${listed}); name one of them as transcript:${file}#MODEL`)
  }
  const found = all.includes(named) ? [named] : all.filter((name) => name.startsWith(`${named}@`))
  return found.length === 1
    ? found[0]!
    : refuse(`holds ${found.length === 0 ? "no" : "more than one"} ${named}; it has ${listed}`)
}
