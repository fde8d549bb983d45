/** What stands around every call of a plugin: its name in whatever goes wrong, and a deadline. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Backends, Examinee } from "../../Backend.ts"
import type { Plugin } from "../../PluginContract.ts"
import { pluginConventions, type TimedFunction } from "../../PluginConventions.ts"
import { DeadlineError, type FailureOf } from "./Failures.ts"

export interface Frame {
  readonly plugin: string
  /** A call of the plugin with its deadline: a late one is interrupted, and fails with what `failure` makes of that. */
  readonly timed: <A, E, R>(
    part: TimedFunction,
    call: Effect.Effect<A, E, R>,
    failure: FailureOf<E>
  ) => Effect.Effect<A, E, R>
  /** A call whose time somebody else limits. */
  readonly untimed: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** The same models; waiting for them does not count as the plugin's own time. */
  readonly watched: (backends: Backends["Service"]) => Backends["Service"]
  /** Context of the call that began last: what a plugin of another copy asks of models belongs to that call's run. */
  readonly context: () => Context.Context<never>
}

export const makeFrame = ({ deadlines, id }: Pick<Plugin, "deadlines" | "id">): Frame => {
  let waiting = 0
  let lastAt = Number.NEGATIVE_INFINITY
  let context = Context.empty()
  const untimed = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.contextWith((current: Context.Context<never>) => {
      context = current
      return effect
    })
  const excused = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      waiting++
      return Effect.ensuring(
        effect,
        Effect.clockWith((clock) =>
          Effect.sync(() => {
            waiting--
            lastAt = clock.currentTimeMillisUnsafe()
          })
        )
      )
    })
  /** Ends once the plugin has had its time to itself. */
  const late = Effect.fnUntraced(function* (milliseconds: number) {
    const begunAt = yield* Clock.currentTimeMillis
    for (;;) {
      const now = yield* Clock.currentTimeMillis
      const rest = waiting > 0 ? milliseconds : Math.max(begunAt, lastAt) + milliseconds - now
      if (rest <= 0) return
      yield* Effect.sleep(rest)
    }
  })
  return {
    plugin: id,
    context: () => context,
    untimed,
    timed: (part, call, failure) => {
      const seconds = deadlines?.[part] ?? pluginConventions.deadlines[part]
      const overdue = Effect.flatMap(late(seconds * 1000), () =>
        Effect.fail(failure(new DeadlineError(`plugin ${id}: its ${part} took longer than ${seconds} s`)))
      )
      return Effect.raceFirst(untimed(call), overdue)
    },
    watched: ({ open }) => ({
      open: (subject) => Effect.map(excused(open(subject)), (examinee) => excusing(examinee, excused))
    })
  }
}

const excusing = (
  examinee: Examinee,
  excused: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
): Examinee => {
  const { activations, chat } = examinee
  return {
    ...examinee,
    chat: (request) => excused(chat(request)),
    ...(activations === undefined ? {} : { activations: (request) => excused(activations(request)) })
  }
}
