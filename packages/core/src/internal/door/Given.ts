/** Runs what a plugin's function gives, an effect, a promise or a value, as an effect of this copy. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { Given, PluginCall } from "../../PluginContract.ts"
import { pluginConventions } from "../../PluginConventions.ts"

/** A plugin's function, waiting to be called. */
export type Calling<A, E, R> = (call: PluginCall) => Given<A, E, R>

/**
 * Calls a plugin's function. Whatever it throws, rejects with or dies of goes through `failure`, as does its own failure.
 * Interruption aborts the signal and gives a promise a few seconds to clean up.
 */
export const runGiven = <A, E, R>(calling: Calling<A, E, R>, failure: (thrown: unknown) => E): Effect.Effect<A, E, R> =>
  Effect.suspend((): Effect.Effect<A, E, R> => {
    const controller = new AbortController()
    const given = calling({ signal: controller.signal })
    if (Effect.isEffect(given)) return Effect.onInterrupt(given, () => Effect.sync(() => controller.abort()))
    return Predicate.isPromiseLike(given) ? awaited(given, controller) : Effect.succeed(given)
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.fail(failure(Cause.hasInterruptsOnly(cause) ? new Error("it interrupted itself") : Cause.squash(cause)))
    )
  )

/**
 * Like {@link runGiven}, and what it gives is closed with the scope where it has `Symbol.asyncDispose`, even if it comes
 * after an interruption.
 */
export const acquireGiven = <A, E, R>(
  calling: Calling<A, E, R>,
  failure: (thrown: unknown) => E
): Effect.Effect<A, E, R | Scope.Scope> =>
  Effect.acquireRelease(
    runGiven(calling, failure),
    (value) =>
      Effect.promise(() => dispose(value)).pipe(
        Effect.timeoutOption(`${pluginConventions.cleanUp} seconds`),
        Effect.asVoid
      ),
    { interruptible: true }
  )

const awaited = <A>(given: PromiseLike<A>, controller: AbortController): Effect.Effect<A> =>
  Effect.callback((resume) => {
    const done = Promise.resolve(given)
    done.then(
      (value) => resume(Effect.succeed(value)),
      (reason: unknown) => resume(Effect.die(reason))
    )
    const cleanedUp = () => done.then(dispose, () => {})
    return Effect.sync(() => controller.abort()).pipe(
      Effect.andThen(Effect.promise(cleanedUp)),
      Effect.timeoutOption(`${pluginConventions.cleanUp} seconds`)
    )
  })

/** Never rejects: a resource that cannot be closed keeps nothing else from being closed. */
const dispose = async (value: unknown): Promise<void> => {
  try {
    if (Predicate.isObject(value)) await (value as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.()
  } catch {
    // Its work is done, and nobody waits for it.
  }
}
