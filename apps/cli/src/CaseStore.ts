/** The case files that a command works on: `--store`, who is trusted, and what to say where something is not there. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { CaseFiles, CaseFilesError, LogFormatError, Recorded } from "@model-intake/case-files"
import { decodeVerdict, formatSubject, type Verdict } from "@model-intake/core"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { dataDirectory } from "./DataDirectory.ts"
import { readJson, UsageError } from "./Files.ts"

/** There is no verdict to answer with; the command ends with exit code 4. */
export class NoVerdictError extends Schema.TaggedError<NoVerdictError>()("NoVerdictError", {
  message: Schema.String
}) {}

export const storeFlags = {
  store: Flag.String("store").pipe(
    Flag.withDescription(
      "Case files: an SQLite file, or postgres://user@host/database (INTAKE_STORE, else case-files.sqlite in the data folder)"
    ),
    Flag.withMetavar("STORE"),
    Flag.optional
  ),
  trust: Flag.String("trust").pipe(
    Flag.withDescription(
      "Public key of somebody else whose records count; give it once for each (beside those of INTAKE_TRUST, joined by commas)"
    ),
    Flag.withMetavar("KEY"),
    Flag.between(0, 1000)
  )
}

/** The values of {@link storeFlags}. */
export interface StoreChoice {
  readonly store: Option.Option<string>
  readonly trust: ReadonlyArray<string>
}

export type CaseFilesLibrary = typeof import("@model-intake/case-files")
export type Files = CaseFiles["Service"]

/** Loaded when a command asks for it: the drivers of the databases are in it. */
export const loadCaseFiles: Effect.Effect<CaseFilesLibrary> = Effect.promise(() => import("@model-intake/case-files"))

export const signingKeyPath = (): string => join(dataDirectory(), "signing-key.pem")

/** The public keys that are trusted beside one's own. */
export const trustedKeys = (given: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const keys = [...given, ...(process.env.INTAKE_TRUST ?? "").split(",")]
    .map((key) => key.trim().toLowerCase())
    .filter((key) => key !== "")
  const wrong = keys.findIndex((key) => !/^[0-9a-f]{64}$/.test(key))
  return wrong < 0
    ? Effect.succeed(keys)
    : Effect.fail(
        new UsageError({
          message: `Key ${wrong + 1} of --trust and INTAKE_TRUST is no public key; give 64 hexadecimal digits, as intake verify prints them`
        })
      )
}

/**
 * Works on case files. To read there must be a store: the usual one counts as empty before anything is recorded, and
 * one that was named has to exist, so that a slip in its path is not taken for an empty store.
 */
export const withCaseFiles = <A, E>(
  { store, trust }: StoreChoice,
  purpose: "read" | "record",
  use: (files: Files, library: CaseFilesLibrary) => Effect.Effect<A, E>
): Effect.Effect<A, Exclude<E, CaseFilesError | LogFormatError> | CaseFilesError | UsageError> =>
  Effect.gen(function* () {
    const named = Option.getOrUndefined(store) ?? (process.env.INTAKE_STORE || undefined)
    const where = named ?? join(dataDirectory(), "case-files.sqlite")
    const trusted = yield* trustedKeys(trust)
    const library = yield* loadCaseFiles
    const absent = purpose === "read" && !isPostgres(where) && !existsSync(where)
    if (absent && named !== undefined) {
      return yield* new UsageError({ message: `There are no case files in ${where}; check --store and INTAKE_STORE` })
    }
    const layer = absent
      ? library.CaseFiles.layerMemory
      : library.layerStore(where, { signingKey: signingKeyPath(), trustedKeys: trusted })
    return yield* Effect.provide(
      Effect.flatMap(library.CaseFiles, (files) => use(files, library)),
      layer
    )
  }).pipe(Effect.mapError(asUsage)) as Effect.Effect<
    A,
    Exclude<E, CaseFilesError | LogFormatError> | CaseFilesError | UsageError
  >

/** The latest verdict on a subject. Where there is none, the message names subjects that may have been meant. */
export const verdictOn = Effect.fnUntraced(function* (files: Files, subject: string) {
  const latest = yield* files.latestVerdict(subject)
  return latest ?? (yield* new NoVerdictError({ message: yield* nothingOn(files, subject) }))
})

/** Why nothing can be said of a subject, with close names. */
export const nothingOn = Effect.fnUntraced(function* (files: Files, subject: string) {
  const names = yield* files.subjects
  if (names.includes(subject)) return `There is no verdict on ${subject} yet; examine it with intake exam ${subject}`
  const { close, found } = yield* files.findSubjects(subject)
  const meant = [...found, ...close].slice(0, 3)
  if (meant.length > 0) return `There is no case file of ${subject}; did you mean ${meant.join(" or ")}?`
  return `There is no case file of ${subject}${names.length === 0 ? ", nor of any other subject" : "; intake history lists those there are"}`
})

/** Fails unless the subject has a case file. */
export const requireSubject = Effect.fnUntraced(function* (files: Files, subject: string) {
  if (!(yield* files.subjects).includes(subject)) {
    return yield* new NoVerdictError({ message: yield* nothingOn(files, subject) })
  }
})

/** A verdict as a file, or the latest one on a subject. Names of subjects hold a colon: `backend:model`. */
export const namesFile = (text: string): boolean => existsSync(text) || !text.includes(":")

/** Verdicts named on the command line, in order: files are read without a store. */
export const verdictsNamed = Effect.fnUntraced(function* (names: ReadonlyArray<string>, choice: StoreChoice) {
  if (names.every(namesFile)) return yield* Effect.forEach(names, fromFile)
  return yield* withCaseFiles(choice, "read", (files) =>
    Effect.forEach(names, (name) =>
      Effect.gen(function* () {
        return namesFile(name) ? yield* fromFile(name) : (yield* verdictOn(files, name)).document
      })
    )
  )
})

const fromFile = Effect.fnUntraced(function* (file: string) {
  return yield* decodeVerdict(yield* readJson(file), file)
})

/** Where a verdict stands in one line. */
export const standing = ({ disposition, dispositionLabel, grade, level, levels: { lower, upper } }: Verdict): string =>
  `level ${level}${lower === upper ? "" : ` (${lower} to ${upper})`}, ${dispositionLabel === "" ? disposition : dispositionLabel}, ${grade}`

/** What identifies a recorded verdict in JSON. */
export const verdictReference = ({ digest, document, sequence }: Recorded<Verdict>) => ({
  subject: formatSubject(document.subject),
  record: sequence,
  digest,
  issuedAt: document.issuedAt,
  level: document.level,
  disposition: document.disposition,
  grade: document.grade
})

const isPostgres = (store: string): boolean => /^postgres(ql)?:/i.test(store)

/** What was given is wrong in these; in others the store or the log is at fault. */
const asUsage = (error: unknown): unknown => {
  const { _tag, message, reason } = error as { _tag?: string; reason?: string; message: string }
  const wrong =
    _tag === "LogFormatError" || (_tag === "CaseFilesError" && (reason === "document" || reason === "conflict"))
  return wrong ? new UsageError({ message }) : error
}
