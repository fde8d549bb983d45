/** The case files that a command works on: `--store` and `--trust`, and verdicts that are named on the command line. */
import { existsSync } from "node:fs"
import { decodeVerdict } from "@model-intake/core"
import { type Files, readJson, type StoreChoice, verdictOn, withCaseFiles } from "@model-intake/host"
import { Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

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
export interface StoreFlags {
  readonly store: Option.Option<string>
  readonly trust: ReadonlyArray<string>
}

/** Works on the case files that the flags name. */
export const withStore = <A, E>(
  flags: StoreFlags,
  purpose: "read" | "record",
  use: (files: Files) => Effect.Effect<A, E>
) => withCaseFiles(choiceOf(flags), purpose, use)

const choiceOf = ({ store, trust }: StoreFlags): StoreChoice => ({
  store: Option.getOrUndefined(store),
  trusted: trust
})

/** A verdict as a file, or the latest one on a subject. Names of subjects hold a colon: `backend:model`. */
export const namesFile = (text: string): boolean => existsSync(text) || !text.includes(":")

/** Verdicts named on the command line, in order: files are read without a store. */
export const verdictsNamed = Effect.fnUntraced(function* (names: ReadonlyArray<string>, flags: StoreFlags) {
  if (names.every(namesFile)) return yield* Effect.forEach(names, fromFile)
  return yield* withStore(flags, "read", (files) =>
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
