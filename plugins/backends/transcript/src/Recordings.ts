/** Recorded conversations, and which of their answers belongs to a request. */
import { createHash } from "node:crypto"
import {
  type ChatReply,
  type ChatRequest,
  FinishReason,
  type Message,
  messageText,
  type Transcript,
  Usage
} from "@model-intake/core"
import { defaultMaxLineBytes, readTranscripts, TranscriptError, type TranscriptLine } from "@model-intake/formats"
import { separateThinking } from "@model-intake/wire"
import * as Schema from "effect/Schema"

/** One recorded conversation: a line of the file. */
export interface Recording {
  /** Null for a message that is more than text, such as a call of a tool: neither it nor what follows is replayed. */
  readonly messages: ReadonlyArray<Message | null>
  /** Sampling seed with which it was recorded. */
  readonly seed: number | null
  /** What is known of each answer besides its text, by its index in `messages`. */
  readonly details: ReadonlyMap<number, Omit<ChatReply, "text">>
}

/** What a file has to replay. */
export interface Recordings {
  /** By what stands before the first answer, in the order of the file. */
  readonly byOpening: ReadonlyMap<string, ReadonlyArray<Recording>>
  /** Conversations. */
  readonly count: number
  /** Whether every conversation names its sampling seed. */
  readonly seeded: boolean
  /** SHA-256 in hexadecimal digits of what is replayed, whatever the compression of the file. */
  readonly digest: string
}

/** What keeps a file from being replayed: one sentence. */
export interface Unreadable {
  readonly reason: "not-found" | "malformed-reply" | "fault"
  readonly problem: string
}

/**
 * Reads the recordings of one model from a transcript file, plain or gzip. The first line that is wrong makes the file
 * unusable, since an answer that is passed over would be missing from the exam without a word.
 *
 * @param model the lines to take, by their `model`; null takes all, and they have to be of one model
 */
export const readRecordings = async (file: string, model: string | null): Promise<Recordings | Unreadable> => {
  const hash = createHash("sha256")
  const byOpening = new Map<string, Array<Recording>>()
  const models = new Set<string | null>()
  const unseeded: Array<number> = []
  let [count, taken] = [0, 0]
  for await (const { lines } of readTranscripts(file, { maxLineBytes: defaultMaxLineBytes, stdin: process.stdin })) {
    for (const line of lines) {
      if (line instanceof TranscriptError) return { reason: reasonOf(line), problem: line.message }
      const own = line.transcript.model ?? null
      models.add(own)
      if (model !== null && own !== model) continue
      taken++
      const problem = memberProblem(line)
      if (problem !== null) return { reason: "malformed-reply", problem: `${file}:${line.number} ${problem}` }
      hash.update(`${JSON.stringify(line.transcript)}\n`)
      const recording = toRecording(line.transcript)
      const opening = openingOf(recording.messages)
      if (opening === null) continue
      count++
      if (recording.seed === null) unseeded.push(line.number)
      const group = byOpening.get(opening)
      if (group === undefined) byOpening.set(opening, [recording])
      else group.push(recording)
    }
  }
  const problem = wholeProblem(file, model, models, { count, taken, unseeded })
  if (problem !== null) return { reason: "malformed-reply", problem }
  return { byOpening, count, seeded: unseeded.length === 0, digest: hash.digest("hex") }
}

/** The answer to a request, or why there is none, as the end of a sentence. */
export type Replay = { readonly reply: ChatReply } | { readonly refusal: string }

/**
 * Finds the recorded answer to exactly the messages of the request. Among several recordings that open alike, the seed
 * decides where the recordings name theirs; else the number of the replicate does, in the order of the file. So which
 * answer a request gets depends on nothing but the request and the file.
 */
export const replay = (recordings: Recordings, request: ChatRequest): Replay => {
  const messages = request.messages.map(canonical)
  const opened = recordings.byOpening.get(keyOf(messages.slice(0, firstAnswer(messages)))) ?? []
  if (opened.length === 0) return { refusal: "has no recorded answer" }
  const replicate = request.trial?.replicate
  if (recordings.seeded) {
    const { seed } = request.decoding
    return single(
      opened.filter((recording) => recording.seed === seed),
      messages,
      `is recorded ${times(opened.length)}, but not with the sampling seed ${seed}`
    )
  }
  if (replicate === undefined) return single(opened, messages, "has no recorded answer")
  const recording = opened[replicate]
  if (recording === undefined) {
    return { refusal: `is recorded ${times(opened.length)}, and ${replicate + 1} answers are asked for` }
  }
  return single([recording], messages, "does not go on from there in its recording")
}

/** The answer on which all recordings agree that hold these messages. */
const single = (recordings: ReadonlyArray<Recording>, messages: ReadonlyArray<Message>, otherwise: string): Replay => {
  const replies = recordings.flatMap((recording) => answerAfter(recording, messages) ?? [])
  const [first] = replies
  if (first === undefined) return { refusal: otherwise }
  return replies.every(({ text }) => text === first.text)
    ? { reply: first }
    : { refusal: `is recorded ${times(replies.length)} with different answers, and nothing says which is asked for` }
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`)

const answerAfter = ({ messages, details }: Recording, context: ReadonlyArray<Message>): ChatReply | null => {
  const answer = messages[context.length]
  if (answer?.role !== "assistant") return null
  const isSame = context.every(({ role, content }, index) => {
    const recorded = messages[index]
    return recorded?.role === role && recorded.content === content
  })
  return isSame ? { text: answer.content, ...details.get(context.length)! } : null
}

/** What stands before the first answer, or null where nothing can be replayed. */
const openingOf = (messages: Recording["messages"]): string | null => {
  const index = messages.findIndex((message) => message === null || message.role === "assistant")
  if (index <= 0 || messages[index] === null) return null
  return keyOf(messages.slice(0, index) as ReadonlyArray<Message>)
}

const firstAnswer = (messages: ReadonlyArray<Message>): number => {
  const index = messages.findIndex(({ role }) => role === "assistant")
  return index < 0 ? messages.length : index
}

const keyOf = (messages: ReadonlyArray<Message>): string =>
  JSON.stringify(messages.map(({ role, content }) => [role, content]))

const canonical = ({ role, content }: Message): Message => ({
  role: role === "developer" ? "system" : role === "function" ? "tool" : role,
  content
})

/** Members beside those of every transcript; `reasoning` and `finish` are those of the last answer. */
interface Members {
  readonly seed?: number | null
  readonly finish?: FinishReason | null
  readonly reasoning?: string | null
  readonly fingerprint?: unknown
  readonly usage?: unknown
}

const isFinish = Schema.is(FinishReason)
const isUsage = Schema.is(Usage)

const memberProblem = ({ transcript }: TranscriptLine): string | null => {
  const { seed, finish, reasoning } = transcript as { readonly [Key in keyof Members]: unknown }
  if (seed != null && !Number.isSafeInteger(seed)) return 'has a "seed" that is not a whole number'
  if (finish != null && !isFinish(finish)) {
    return `has a "finish" that is none of ${FinishReason.literals.join(", ")}`
  }
  return reasoning != null && typeof reasoning !== "string" ? 'has "reasoning" that is not text' : null
}

const toRecording = (transcript: Transcript): Recording => {
  const { seed, finish, reasoning, usage, fingerprint } = transcript as Transcript & Members
  const details = new Map<number, Omit<ChatReply, "text">>()
  const last = transcript.messages.length - 1
  const messages = transcript.messages.map((message, index) => {
    if (!isText(message)) return null
    const content = messageText(message)
    if (message.role !== "assistant") return canonical({ role: message.role, content })
    const apart = separateThinking(content)
    const thoughts = [index === last ? (reasoning ?? null) : null, apart.reasoning].filter(
      (thought) => thought !== null
    )
    details.set(index, {
      reasoning: thoughts.length === 0 ? null : thoughts.join("\n"),
      finish: (index === last ? finish : null) ?? "stop",
      usage: index === last && isUsage(usage) ? usage : { inputTokens: null, outputTokens: null },
      fingerprint: typeof fingerprint === "string" ? fingerprint : (transcript.model ?? null)
    })
    return { role: message.role, content: apart.text }
  })
  return { messages, seed: seed ?? null, details }
}

const isText = (message: Transcript["messages"][number]): boolean =>
  !("tool_calls" in message && message.tool_calls != null) &&
  (typeof message.content === "string" || (message.content ?? []).every(({ type }) => type === "text"))

const reasonOf = ({ reason }: TranscriptError): Unreadable["reason"] =>
  reason === "not-found" ? "not-found" : reason === "unreadable" ? "fault" : "malformed-reply"

const wholeProblem = (
  file: string,
  model: string | null,
  models: ReadonlySet<string | null>,
  {
    count,
    taken,
    unseeded
  }: { readonly count: number; readonly taken: number; readonly unseeded: ReadonlyArray<number> }
): string | null => {
  const names = [...models].map((name) => (name === null ? "no name" : JSON.stringify(name))).sort()
  const listed = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")
  if (model !== null && taken === 0) return `${file} holds no answers of ${JSON.stringify(model)}; it has ${listed}`
  if (model === null && names.length > 1) {
    return `${file} holds answers of ${names.length} models (${listed}); name one of them as transcript:${file}#MODEL`
  }
  if (count === 0)
    return `${file} holds no answer that can be replayed; an answer is an assistant message of plain text`
  if (unseeded.length > 0 && unseeded.length < count) {
    return `${file}:${unseeded[0]} has no "seed", which other lines have; give every line its seed, or none`
  }
  return null
}
