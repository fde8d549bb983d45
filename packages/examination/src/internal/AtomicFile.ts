/** A text file that appears under its name only when it is complete. */
import { open, rename, rm } from "node:fs/promises"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * Runs `use` with a function that appends text to `path`. The text goes to a file beside it, which takes the name when
 * `use` succeeds and is removed when it does not: an older file of that name stays whole.
 */
export const withAtomicFile = <A, E, R, F>(
  path: string,
  toError: (cause: unknown) => F,
  use: (append: (text: string) => Effect.Effect<void, F>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | F, R> => {
  const partial = `${path}.${process.pid}.partial`
  const attempt = <B>(run: () => Promise<B>) => Effect.tryPromise({ try: run, catch: toError })
  return Effect.acquireUseRelease(
    attempt(() => open(partial, "w")),
    (file) =>
      Effect.tap(
        use((text) => attempt(() => file.appendFile(text))),
        () =>
          attempt(async () => {
            await file.close()
            await rename(partial, path)
          })
      ),
    (file, exit) =>
      Exit.isSuccess(exit)
        ? Effect.void
        : Effect.promise(async () => {
            await file.close().catch(() => {})
            await rm(partial, { force: true })
          })
  )
}
