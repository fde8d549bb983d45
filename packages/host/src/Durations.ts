/** Durations and points in time as people write them. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { UsageError } from "./UsageError.ts"

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
export type DurationUnit = keyof typeof units

/**
 * `250ms`, `90s`, `1.5h`, `30d` or `2w` in milliseconds; null where the text is no duration, or one of over 3,000 years.
 *
 * @param bare the unit of a number that stands alone; without it such a number is no duration
 */
export const parseDuration = (text: string, bare?: DurationUnit): number | null => {
  const [, number, unit = bare] = /^(\d{1,15}(?:\.\d{1,9})?)(ms|[smhdw])?$/.exec(text.trim()) ?? []
  if (number === undefined || unit === undefined) return null
  const milliseconds = Number(number) * units[unit as DurationUnit]
  return milliseconds < 1e14 ? milliseconds : null
}

/** How old something may be, in milliseconds. @param name of the flag or field, for the sentence */
export const ageFrom = (name: string, text: string): Effect.Effect<number, UsageError> => {
  const age = parseDuration(text)
  return age === null
    ? Effect.fail(new UsageError({ message: `${name} ${text} is no age; write for example 12h, 30d or 2w` }))
    : Effect.succeed(age)
}

/** How long something may take, in milliseconds, as long as a timer can run (24 days); a bare number is in seconds. */
export const timeLimitFrom = (name: string, text: string): Effect.Effect<number, UsageError> => {
  const limit = parseDuration(text, "s")
  // Timers hold 31 bits of milliseconds.
  return limit !== null && limit >= 1 && limit < 2 ** 31
    ? Effect.succeed(limit)
    : Effect.fail(new UsageError({ message: `${name} ${text} is no time; write for example 90s, 30m or 2h` }))
}

/** A day (its beginning, UTC), a point in time in ISO 8601 UTC, or how long from now, as ISO 8601. */
export const instantFrom = Effect.fn("Durations.instantFrom")(function* (
  name: string,
  text: string
): Effect.fn.Return<string, UsageError> {
  const ahead = parseDuration(text)
  if (ahead !== null) return new Date((yield* Clock.currentTimeMillis) + ahead).toISOString()
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(instant) ? Date.parse(instant) : Number.NaN
  // 31 February is read as a day of March: a date has to come back as it was written.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(instant.slice(0, 10))) {
    return yield* new UsageError({
      message: `${name} ${text} is no point in time; write for example 2027-01-31, 2027-01-31T12:00:00Z or 30d`
    })
  }
  return instant
})
