/** Which of the installed raters take part, with what was measured of them here. */

import type { PluginError, Rater, RaterError } from "@model-intake/core"
import { formatSubject, type Subject } from "@model-intake/core"
import * as Effect from "effect/Effect"
import { type AccreditationError, withStoredAccreditations } from "../AccreditationStore.ts"

/**
 * The raters with the given ids in their order, or all installed ones. Fails with a sentence on an id that nobody has
 * and on a rater that rates nothing since it is not configured.
 */
export const chooseRaters = Effect.fn("Raters.choose")(function* <E>(
  installed: Effect.Effect<ReadonlyArray<Rater>, RaterError | PluginError>,
  ids: ReadonlyArray<string> | undefined,
  fail: (message: string) => E
): Effect.fn.Return<ReadonlyArray<Rater>, E | AccreditationError | RaterError | PluginError> {
  const all = yield* installed
  if (ids === undefined) return yield* withStoredAccreditations(all)
  const chosen: Array<Rater> = []
  for (const id of new Set(ids)) {
    const rater = all.find((one) => one.id === id)
    if (rater === undefined) {
      const known = all.map((one) => one.id).join(", ") || "none"
      return yield* Effect.fail(fail(`no rater is named ${JSON.stringify(id)}; installed: ${known}`))
    }
    if (rater.fields.length === 0) {
      return yield* Effect.fail(
        fail(`rater ${id} rates nothing, since it is not configured; give it its section in intake.config.ts`)
      )
    }
    chosen.push(rater)
  }
  if (chosen.length === 0) return yield* Effect.fail(fail("no rater is named; leave the choice out or name one"))
  return yield* withStoredAccreditations(chosen)
})

/** Why one of the raters must not rate one of the models, as a sentence; null where all may. */
export const refusalOf = (raters: ReadonlyArray<Rater>, subjects: ReadonlyArray<Subject>): string | null => {
  for (const rater of raters) {
    for (const subject of subjects) {
      const why = rater.fields.length === 0 ? null : (rater.refuses?.(subject) ?? null)
      if (why !== null) return `rater ${rater.id} must not rate ${formatSubject(subject)}: ${why}`
    }
  }
  return null
}
