/** The specimens that are there: one folder each, and the family tree beside them. */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { BackendError, type BackendReason } from "@model-intake/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Family } from "./Histories.ts"

/** A specimen, as `lineage.json` describes it. */
export interface SpecimenSummary {
  /** The name after `specimens:`. */
  readonly name: string
  /** The specimen it was made from; null for the first one, and where the family tree does not know it. */
  readonly parent: string | null
  /** How it was made, in a line; null where the family tree does not know it. */
  readonly description: string | null
}

/** The folder of the specimens that ship with the package. */
export const shippedSpecimens: string = fileURLToPath(new URL("../specimens", import.meta.url))

/**
 * The specimens of a folder, each one after its parent.
 *
 * @param folder the specimens that ship with the package unless given
 */
export const listSpecimens = Effect.fn("SpecimenFolders.list")(function* (
  folder: string = shippedSpecimens
): Effect.fn.Return<ReadonlyArray<SpecimenSummary>, BackendError> {
  const entries = yield* Effect.tryPromise({
    try: () => readdir(folder, { withFileTypes: true }),
    catch: () =>
      problem(
        "not-found",
        `the folder of specimens ${folder} is not there; reinstall the package or set another folder`
      )
  })
  const present = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const { specimens } = yield* readFamily(folder)
  const known = specimens
    .filter(({ name }) => present.includes(name))
    .map(({ name, parent, intervention, regime }) => ({ name, parent, description: `${intervention}: ${regime}` }))
  const strangers = present.filter((name) => !specimens.some((one) => one.name === name)).sort()
  return [...known, ...strangers.map((name) => ({ name, parent: null, description: null }))]
})

/** Short names, for the usual one of several. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ["narrow", "narrow-middle"],
  ["masked", "masked-a"]
])

/** One specimen by its name or short name. Fails with the names that there are where it is none of them. */
export const findSpecimen = Effect.fn("SpecimenFolders.find")(function* (
  asked: string,
  folder: string = shippedSpecimens
): Effect.fn.Return<{ readonly name: string; readonly path: string }, BackendError> {
  const names = (yield* listSpecimens(folder)).map((specimen) => specimen.name)
  const name = names.includes(asked) ? asked : (shortNames.get(asked) ?? asked)
  if (names.includes(name)) return { name, path: join(folder, name) }
  const there = names.length === 0 ? `${folder} holds none` : `there are ${names.join(", ")}`
  return yield* problem("not-found", `no specimen is named ${JSON.stringify(asked)}; ${there}`)
})

/** An error of this backend that no second try mends. */
export const problem = (reason: BackendReason, message: string): BackendError =>
  new BackendError({ backend: "specimens", reason, message, retryable: false, retryAfterMs: null })

/** The family tree without anybody in it. */
const noFamily: Family = { specimens: [] }

/** The family as `lineage.json` tells it, in its order; nobody where there is no such file. */
export const readFamily = Effect.fn("SpecimenFolders.readFamily")(function* (
  folder: string
): Effect.fn.Return<Family, BackendError> {
  const file = join(folder, "lineage.json")
  const text = yield* Effect.promise(() => readFile(file, "utf8").catch(() => null))
  if (text === null) return noFamily
  return yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Family))(text).pipe(
    Effect.mapError((error) =>
      problem("malformed-reply", `${file} is no family tree of specimens: ${error.message.replaceAll(/\s+/g, " ")}`)
    )
  )
})
