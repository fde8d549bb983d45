/** The case files that an application works on: which store, and whose records count. */
import { existsSync } from "node:fs"
import type { CaseFiles, CaseFilesError, LogFormatError } from "@model-intake/case-files"
import { environmentValue } from "@model-intake/wire"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { UsageError } from "./UsageError.ts"

/** Which case files, as far as somebody said. */
export interface StoreChoice {
  /** An SQLite file or the address of a Postgres database; else `INTAKE_STORE`, else the usual place. */
  readonly store?: string | undefined
  /** Public keys of others whose records count, beside those of `INTAKE_TRUST`. */
  readonly trusted: ReadonlyArray<string>
}

export type CaseFilesLibrary = typeof import("@model-intake/case-files")
export type Files = CaseFiles["Service"]

/** Loaded when it is asked for: the drivers of the databases are in it. */
export const loadCaseFiles: Effect.Effect<CaseFilesLibrary> = Effect.promise(() => import("@model-intake/case-files"))

/** The public keys that are trusted beside one's own: those given, and those of `INTAKE_TRUST`, joined by commas. */
export const trustedKeys = (given: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, UsageError> => {
  const named = (keys: ReadonlyArray<string>, where: string) =>
    keys.map((key, index) => ({ key: key.trim().toLowerCase(), name: `Key ${index + 1} of ${where}` }))
  const keys = [
    ...named(given, "those given to be trusted"),
    ...named((environmentValue("INTAKE_TRUST") ?? "").split(","), "INTAKE_TRUST")
  ].filter(({ key }) => key !== "")
  const wrong = keys.find(({ key }) => !/^[0-9a-f]{64}$/.test(key))
  return wrong === undefined
    ? Effect.succeed(keys.map(({ key }) => key))
    : Effect.fail(
        new UsageError({
          message: `${wrong.name} is no public key; give 64 hexadecimal digits, as intake verify prints them`
        })
      )
}

/**
 * The layer of the case files. To read there must be a store: the usual one counts as empty before anything is
 * recorded, and one that was named has to exist, so that a slip in its path is not taken for an empty store.
 */
export const caseFilesLayer = Effect.fn("CaseStore.layer")(function* (
  { store, trusted }: StoreChoice,
  purpose: "read" | "record"
): Effect.fn.Return<Layer.Layer<CaseFiles, CaseFilesError>, UsageError> {
  const keys = yield* trustedKeys(trusted)
  const library = yield* loadCaseFiles
  const named = store ?? environmentValue("INTAKE_STORE")
  const where = named ?? library.storeFile()
  if (purpose === "read" && !library.isPostgres(where) && !existsSync(where)) {
    if (named === undefined) return library.CaseFiles.layerMemory
    const check = store === undefined ? "INTAKE_STORE" : "the path"
    return yield* new UsageError({ message: `There are no case files in ${where}; check ${check}` })
  }
  return library.layerStore(where, { signingKey: library.signingKeyFile(), trustedKeys: keys })
})

/** Works on case files, opened for this and closed afterwards. What the store or the log blames on what was given is a usage error. */
export const withCaseFiles = <A, E>(
  choice: StoreChoice,
  purpose: "read" | "record",
  use: (files: Files) => Effect.Effect<A, E>
): Effect.Effect<A, Exclude<E, CaseFilesError | LogFormatError> | CaseFilesError | UsageError> =>
  Effect.gen(function* () {
    const layer = yield* caseFilesLayer(choice, purpose)
    const { CaseFiles } = yield* loadCaseFiles
    return yield* Effect.provide(Effect.flatMap(CaseFiles, use), layer)
  }).pipe(Effect.mapError(asUsageError)) as Effect.Effect<
    A,
    Exclude<E, CaseFilesError | LogFormatError> | CaseFilesError | UsageError
  >

/** What was given is wrong in these; in others the store or the log is at fault. */
export const asUsageError = (error: unknown): unknown => {
  const { _tag, message, reason } = error as { _tag?: string; reason?: string; message: string }
  const wrong =
    _tag === "LogFormatError" || (_tag === "CaseFilesError" && (reason === "document" || reason === "conflict"))
  return wrong ? new UsageError({ message }) : error
}
