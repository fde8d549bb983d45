/** Points in time and spans as a person says them. */

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `3 days`, `1 hour`, `less than a minute`: of milliseconds. */
export const spanText = (milliseconds: number): string => {
  const span = Math.abs(milliseconds)
  if (span < minute) return "less than a minute"
  if (span < hour) return counted(Math.floor(span / minute), "minute")
  if (span < 2 * day) return counted(Math.floor(span / hour), "hour")
  return counted(Math.floor(span / day), "day")
}

/** `3 days ago`, `in 2 hours`; says so where the date cannot be read. */
export const agoText = (at: string | number, now: number): string => {
  const age = now - (typeof at === "number" ? at : Date.parse(at))
  if (Number.isNaN(age)) return "on an unknown date"
  if (Math.abs(age) < minute) return "just now"
  return age > 0 ? `${spanText(age)} ago` : `in ${spanText(age)}`
}

/** Mrkdwn that shows the day in the time zone of whoever reads it, and in UTC where Slack cannot. */
export const dayText = (at: string | number): string => dated(at, "{date_short}", 10)

/** The same with the time of day. */
export const timeText = (at: string | number): string => dated(at, "{date_short}, {time}", 16)

/** `2026-01-31`, for plain text; `unknown date` where it cannot be read. */
export const isoDay = (at: string | number): string => {
  const milliseconds = readable(at)
  return milliseconds === null ? "unknown date" : new Date(milliseconds).toISOString().slice(0, 10)
}

const dated = (at: string | number, format: string, length: number): string => {
  const milliseconds = readable(at)
  if (milliseconds === null) return "unknown date"
  const fallback = new Date(milliseconds).toISOString().slice(0, length).replace("T", " ")
  return `<!date^${Math.floor(milliseconds / 1000)}^${format}|${fallback}${length > 10 ? " UTC" : ""}>`
}

/** Milliseconds since 1970 of what both a Date and Slack can show. */
const readable = (at: string | number): number | null => {
  const milliseconds = typeof at === "number" ? at : Date.parse(at)
  return milliseconds >= 0 && milliseconds < 4e12 ? milliseconds : null
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`
