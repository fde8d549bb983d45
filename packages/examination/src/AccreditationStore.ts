/** Accreditations that were measured here: one JSON file per rater configuration, in one folder. */
import { createHash } from "node:crypto"
import { mkdir, readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { type Accreditation, type Rater, StoredAccreditations } from "@model-intake/core"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { withAtomicFile } from "./internal/AtomicFile.ts"

/** A stored accreditation cannot be read or written: one sentence with the file. */
export class AccreditationError extends Schema.TaggedError<AccreditationError>()("AccreditationError", {
  message: Schema.String
}) {}

/**
 * Where accreditations are kept. Without one, only those that a rater ships with count.
 */
export interface AccreditationStoreService {
  /** Of the rater with this very digest, in the order in which they were measured. */
  readonly find: (rater: Pick<Rater, "digest">) => Effect.Effect<ReadonlyArray<Accreditation>, AccreditationError>
  /** Adds an accreditation; one of the same field or predicate, form and data is replaced. */
  readonly add: (
    rater: Pick<Rater, "id" | "version" | "digest">,
    accreditation: Accreditation
  ) => Effect.Effect<void, AccreditationError>
}

export const AccreditationStore = Context.Reference<AccreditationStoreService>(
  "@model-intake/core/AccreditationStore",
  {
    defaultValue: () => ({
      find: () => Effect.succeed([]),
      add: () => Effect.fail(new AccreditationError({ message: "there is no folder to store accreditations in" }))
    })
  }
)

/** A store in a folder, which is made when something is added. A missing folder holds nothing. */
export const folderStore = (folder: string): AccreditationStoreService => {
  const fileOf = (digest: string) =>
    join(folder, `${createHash("sha256").update(digest).digest("hex").slice(0, 32)}.json`)
  const stored = Effect.fnUntraced(function* (rater: Pick<Rater, "digest">) {
    const file = fileOf(rater.digest)
    const there = yield* Effect.promise(() => readdir(folder).catch(() => []))
    if (!there.some((name) => join(folder, name) === file)) return null
    const text = yield* Effect.tryPromise({
      try: () => readFile(file, "utf8"),
      catch: (cause) => problem(file, `cannot be read (${codeOf(cause)})`)
    })
    const value = yield* Effect.try({
      try: () => withLabels(JSON.parse(text)),
      catch: () => problem(file, "is not JSON")
    })
    const validate = validator()
    if (!validate(value)) {
      const { instancePath, message } = validate.errors![0]!
      return yield* problem(file, `is not a list of accreditations: ${instancePath || "it"} ${message}`)
    }
    const read = value as StoredAccreditations
    return read.digest === rater.digest ? read : yield* problem(file, "holds the accreditations of another rater")
  })
  return {
    find: Effect.fn("AccreditationStore.find")(function* (rater) {
      return (yield* stored(rater))?.accreditations ?? []
    }),
    add: Effect.fn("AccreditationStore.add")(function* (rater, accreditation) {
      const before = (yield* stored(rater))?.accreditations ?? []
      const isSame = ({ dataDigest, field, form, predicate }: Accreditation) =>
        field === accreditation.field &&
        predicate === accreditation.predicate &&
        form === accreditation.form &&
        dataDigest === accreditation.dataDigest
      const document: StoredAccreditations = {
        kind: "rater-accreditations",
        schemaVersion: 2,
        rater: rater.id,
        version: rater.version,
        digest: rater.digest,
        accreditations: [...before.filter((one) => !isSame(one)), accreditation]
      }
      const file = fileOf(rater.digest)
      const failed = (cause: unknown) =>
        new AccreditationError({ message: `${file} cannot be written (${codeOf(cause)}); check the folder` })
      yield* Effect.tryPromise({ try: () => mkdir(folder, { recursive: true }), catch: failed })
      yield* withAtomicFile(file, failed, (append) => append(`${JSON.stringify(document, null, 2)}\n`))
    })
  }
}

/** Raters with what was measured of them here added to what they ship with. */
export const withStoredAccreditations = Effect.fn("AccreditationStore.withStored")(function* (
  raters: ReadonlyArray<Rater>
): Effect.fn.Return<ReadonlyArray<Rater>, AccreditationError> {
  const store = yield* AccreditationStore
  return yield* Effect.forEach(raters, (rater) =>
    Effect.map(store.find(rater), (found) =>
      found.length === 0 ? rater : { ...rater, accreditations: [...rater.accreditations, ...found] }
    )
  )
})

/**
 * A document of the first version as one of the second. In the first, all were of fields, and `predicate` said which
 * labels counted.
 */
const withLabels = (document: unknown): unknown => {
  if (!Predicate.hasProperty(document, "schemaVersion") || document.schemaVersion !== 1) return document
  if (!Predicate.hasProperty(document, "accreditations") || !Array.isArray(document.accreditations)) return document
  const accreditations = document.accreditations.map((one: unknown) => {
    if (!Predicate.hasProperty(one, "predicate")) return one
    const { predicate: labels, ...others } = one
    return { ...others, labels }
  })
  return { ...document, schemaVersion: 2, accreditations }
}

const problem = (file: string, says: string): AccreditationError =>
  new AccreditationError({ message: `${file} ${says}; remove it and accredit the rater again` })

const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause
    ? String(cause.code)
    : cause instanceof Error
      ? cause.message
      : String(cause)

let validate: ValidateFunction | undefined

const validator = (): ValidateFunction => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(StoredAccreditations)
  validate ??= new Ajv2020({ strict: false, allErrors: false }).compile({ ...schema, $defs: definitions })
  return validate
}
