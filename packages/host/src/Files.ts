/** Files that the user names: JSON documents, with what is wrong said in one sentence. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { UsageError } from "./UsageError.ts"

/** The bytes of a file. */
export const readBytes = (file: string): Effect.Effect<Uint8Array, UsageError> =>
  Effect.tryPromise({
    try: () => readFile(file),
    catch: (cause) => new UsageError({ message: `${file} ${systemProblem(cause)}` })
  })

/** The parsed JSON of a file. Syntax errors are told with their line. */
export const readJson = (file: string): Effect.Effect<unknown, UsageError> =>
  Effect.flatMap(readBytes(file), (bytes) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
    return Effect.try({
      try: () => JSON.parse(text) as unknown,
      catch: (cause) => new UsageError({ message: `${file} is not JSON: ${syntaxProblem(cause, text)}` })
    })
  })

/** A file, or every `.json` file of a folder in the order of their names. */
export const jsonFiles = (path: string): Effect.Effect<ReadonlyArray<string>, UsageError> =>
  Effect.tryPromise({
    try: async () =>
      (await stat(path)).isDirectory()
        ? (await readdir(path))
            .filter((name) => name.endsWith(".json"))
            .sort()
            .map((name) => join(path, name))
        : [path],
    catch: (cause) => new UsageError({ message: `${path} ${systemProblem(cause)}` })
  })

/** Writes a file that the user named. */
export const writeText = (file: string, text: string): Effect.Effect<void, UsageError> =>
  Effect.tryPromise({
    try: () => writeFile(file, text),
    catch: (cause) =>
      new UsageError({
        message: `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`
      })
  })

const systemProblem = (cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
  if (code === "ENOENT" || code === "ENOTDIR") return "does not exist; check the path"
  if (code === "EISDIR") return "is a directory; give a file"
  if (code === "EACCES" || code === "EPERM") return "may not be read; check its permissions"
  return `cannot be read (${code})`
}

/** V8 names the position; a person wants the line. */
const syntaxProblem = (cause: unknown, text: string): string => {
  const message = cause instanceof Error ? cause.message : String(cause)
  const position = /at position (\d+)/.exec(message)?.[1]
  const says = message
    .replace(/ in JSON at position.*$/s, "")
    .replace(/,? \.\.\..*$/s, "")
    .replaceAll(/\s+/g, " ")
  if (position === undefined) return says
  return `line ${text.slice(0, Number(position)).split("\n").length}, ${says}`
}
