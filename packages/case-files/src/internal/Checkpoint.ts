/**
 * How far a log was checked, and what was found there: signed with one's own key and kept beside it. With it a later
 * check begins where the last one ended, and a log whose end was cut off since then is found.
 */
import { type Digest, digestBytes } from "@model-intake/core"
import type { KeyId } from "../SigningKey.ts"
import type { LogHead, RecordHeader } from "../VerdictLog.ts"

/** What a check of a log from its first record on has seen. */
export interface Checked extends LogHead {
  /** Every key that signed a record up to there. */
  readonly keys: ReadonlySet<KeyId>
  /** By subject: a digest that runs over what is looked up of all of its records without reading their documents. */
  readonly subjects: ReadonlyMap<string, Digest>
}

/** The running digest of a subject after its next record. */
export const runOn = (
  before: Digest | undefined,
  { digest, issuedAt, kind, sequence }: Pick<RecordHeader, "digest" | "issuedAt" | "kind" | "sequence">
): Digest => digestBytes(JSON.stringify([before ?? null, sequence, kind, issuedAt, digest]))

/** Notes checked records one by one, from where an earlier check ended. */
export const makeTally = (from: Checked | null) => {
  const keys = new Set(from?.keys)
  const subjects = new Map(from?.subjects)
  let head: LogHead | null = from
  return {
    note: (header: RecordHeader): void => {
      const { digest, keyId, sequence, subject } = header
      keys.add(keyId)
      subjects.set(subject, runOn(subjects.get(subject), header))
      head = { sequence, digest }
    },
    /** Null where the log is empty. */
    checked: (): Checked | null =>
      head === null ? null : { sequence: head.sequence, digest: head.digest, keys, subjects }
  }
}

/** Two lines of text: the signature, and what is signed. */
export const formatCheckpoint = (store: string, checked: Checked, sign: (text: string) => string): string => {
  const content = JSON.stringify({
    schema,
    store,
    sequence: checked.sequence,
    digest: checked.digest,
    keys: [...checked.keys].sort(),
    subjects: [...checked.subjects]
  })
  return `${sign(signedText(content))}\n${content}\n`
}

/** Null unless the signature fits to the last byte: then there is no checkpoint, and everything has to be checked. */
export const parseCheckpoint = (
  text: string,
  store: string,
  isSigned: (text: string, signature: string) => boolean
): Checked | null => {
  const [signature = "", content = "", ...rest] = text.split("\n")
  if (rest.length !== 1 || rest[0] !== "" || !isSigned(signedText(content), signature)) return null
  // Nobody but this module signs such a text, so it has the shape that is written above.
  const { schema: found, ...written } = JSON.parse(content) as Written
  if (found !== schema || written.store !== store) return null
  const { digest, keys, sequence, subjects } = written
  return { sequence, digest, keys: new Set(keys), subjects: new Map(subjects) }
}

interface Written extends LogHead {
  readonly schema: string
  readonly store: string
  readonly keys: ReadonlyArray<KeyId>
  readonly subjects: ReadonlyArray<readonly [string, Digest]>
}

const schema = "model-intake/checkpoint@1"

const signedText = (content: string): string => `${schema} ${digestBytes(content)}`
