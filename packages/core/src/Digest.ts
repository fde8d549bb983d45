/**
 * Content digests. Everything that must be reproducible (trials, forms, rater configurations, verdicts) is named by
 * the SHA-256 of its canonical JSON, so that two machines agree on whether two things are the same.
 */
import { hash } from "node:crypto"
import * as Schema from "effect/Schema"

/** `sha256:` followed by 64 lower-case hexadecimal digits. */
export const Digest = Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/)).annotate({
  identifier: "Digest",
  description: "SHA-256 digest: 'sha256:' and 64 lower-case hexadecimal digits"
})
export type Digest = typeof Digest.Type

/**
 * JSON with object keys in code-unit order and no insignificant white space, after RFC 8785. Keys whose value is
 * `undefined` are left out. Throws a `TypeError` on what JSON cannot carry without loss: `NaN`, infinities, bigints,
 * functions, symbols and cycles.
 */
export const canonicalJson = (value: unknown): string => write(value, [])

/** SHA-256 of text (as UTF-8) or bytes. */
export const digestBytes = (content: string | Uint8Array): Digest => `sha256:${hash("sha256", content, "hex")}`

/** SHA-256 of the canonical JSON of a value. */
export const digest = (value: unknown): Digest => digestBytes(canonicalJson(value))

/** Keys are few and return in every record: each is quoted once. The bound keeps hostile keys from filling memory. */
const quotedKeys = new Map<string, string>()

const quoteKey = (key: string): string => {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const quoted = `${JSON.stringify(key)}:`
  if (quotedKeys.size < 4096 && key.length < 128) quotedKeys.set(key, quoted)
  return quoted
}

/** `ancestors` is one stack for the whole walk; a value that stands on it already closes a cycle. */
const write = (value: unknown, ancestors: Array<object>): string => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value)
    case "boolean":
      return value ? "true" : "false"
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot carry the number ${value}`)
      return JSON.stringify(value)
    case "object": {
      if (value === null) return "null"
      if (ancestors.includes(value)) throw new TypeError("canonical JSON cannot carry a cycle")
      ancestors.push(value)
      const text = Array.isArray(value) ? writeArray(value, ancestors) : writeMembers(value, ancestors)
      ancestors.pop()
      return text
    }
    default:
      throw new TypeError(`canonical JSON cannot carry a ${typeof value}`)
  }
}

const writeArray = (elements: ReadonlyArray<unknown>, ancestors: Array<object>): string => {
  let text = "["
  for (let index = 0; index < elements.length; index++) {
    if (index > 0) text += ","
    text += write(elements[index] ?? null, ancestors)
  }
  return `${text}]`
}

const writeMembers = (members: object, ancestors: Array<object>): string => {
  const keys = Object.keys(members)
  // What was read from canonical JSON is in order already. Sorting compares code units.
  for (let index = 1; index < keys.length; index++) {
    if (keys[index - 1]! > keys[index]!) {
      keys.sort()
      break
    }
  }
  let text = "{"
  for (const key of keys) {
    const member = (members as Readonly<Record<string, unknown>>)[key]
    if (member === undefined) continue
    text += (text.length > 1 ? "," : "") + quoteKey(key) + write(member, ancestors)
  }
  return `${text}}`
}
