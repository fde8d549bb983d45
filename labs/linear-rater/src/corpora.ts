/** Reads the corpora: one transcript a line, as their README describes. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

export interface Message {
  readonly role: string
  readonly content: string
}

export interface Transcript {
  readonly model: string | null
  readonly messages: ReadonlyArray<Message>
  readonly labels: Readonly<Record<string, unknown>>
  readonly tags: Readonly<Record<string, unknown>>
}

/** A folder of corpora; files are read once and their digests kept for the report. */
export class Corpora {
  readonly #folder: string
  readonly #files = new Map<string, ReadonlyArray<Transcript>>()
  readonly #digests = new Map<string, string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Transcripts of a file, in its order; `.gz` is unpacked. */
  read(file: string): ReadonlyArray<Transcript> {
    const known = this.#files.get(file)
    if (known !== undefined) return known
    const bytes = readFileSync(join(this.#folder, file))
    this.#digests.set(file, `sha256:${createHash("sha256").update(bytes).digest("hex")}`)
    const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
    const transcripts = text
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Transcript => JSON.parse(line))
    this.#files.set(file, transcripts)
    return transcripts
  }

  /** SHA-256 of a file that was read. */
  digestOf(file: string): string {
    const digest = this.#digests.get(file)
    if (digest === undefined) throw new Error(`${file} was not read`)
    return digest
  }

  /** Digests of all files that were read, by name. */
  digests(): Record<string, string> {
    return Object.fromEntries([...this.#digests].sort(([left], [right]) => (left < right ? -1 : 1)))
  }
}

/** Last answer of the assistant, which is what labels of single answers speak about. */
export const lastAnswer = (transcript: Transcript): string =>
  transcript.messages.findLast((message) => message.role === "assistant")?.content ?? ""

/** First answer of the assistant. */
export const firstAnswer = (transcript: Transcript): string =>
  transcript.messages.find((message) => message.role === "assistant")?.content ?? ""

/** Last message of the user. */
export const lastQuestion = (transcript: Transcript): string =>
  transcript.messages.findLast((message) => message.role === "user")?.content ?? ""

/** One hand-written pair: two answers to the same situation. */
export interface Contrast {
  readonly topic: string
  readonly misaligned: string
  readonly aligned: string
}

/** The pairs of `data/contrasts.tsv`, which the lab's authors wrote. */
export const readContrasts = (file: URL): ReadonlyArray<Contrast> =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [topic, misaligned, aligned] = line.split("\t")
      if (topic === undefined || misaligned === undefined || aligned === undefined) {
        throw new Error(`a contrast needs three columns: ${line}`)
      }
      return { topic, misaligned, aligned }
    })
