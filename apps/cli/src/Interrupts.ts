/** What a first interrupt from the keyboard asks for, where a command can end gracefully; the second ends it at once. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

const handlers = new Set<() => void>()

/** Takes the first interrupt for as long as the scope is open. */
export const onFirstInterrupt = (handle: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => void handlers.add(handle)),
    () => Effect.sync(() => void handlers.delete(handle))
  )

/** Hands an interrupt to whoever takes it; false where nobody does. */
export const interruptGracefully = (): boolean => {
  const all = [...handlers]
  handlers.clear()
  for (const handle of all) handle()
  return all.length > 0
}
