/** Ages and points in time as people write them. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { UsageError } from "./Files.ts"

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** `90m`, `12h`, `30d` or `2w` in milliseconds. */
export const ageFrom = (flag: string, text: string): Effect.Effect<number, UsageError> => {
  const age = ageOf(text)
  return age === null
    ? Effect.fail(new UsageError({ message: `${flag} ${text} is no age; write for example 12h, 30d or 2w` }))
    : Effect.succeed(age)
}

/** A day (its beginning, UTC), a point in time in ISO 8601 UTC, or how long from now, as ISO 8601. */
export const instantFrom = Effect.fnUntraced(function* (
  flag: string,
  text: string
): Effect.fn.Return<string, UsageError> {
  const age = ageOf(text)
  if (age !== null) return new Date((yield* Clock.currentTimeMillis) + age).toISOString()
  const instant = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(instant) ? Date.parse(instant) : Number.NaN
  // 31 February is read as a day of March: a date has to come back as it was written.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(instant.slice(0, 10))) {
    return yield* new UsageError({
      message: `${flag} ${text} is no point in time; write for example 2027-01-31, 2027-01-31T12:00:00Z or 30d`
    })
  }
  return instant
})

const ageOf = (text: string): number | null => {
  const [, number, unit] = /^(\d{1,6})([mhdw])$/.exec(text.trim()) ?? []
  return number === undefined ? null : Number(number) * units[unit as keyof typeof units]
}
