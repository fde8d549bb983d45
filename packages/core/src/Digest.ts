/**
 * Content digests. Everything that must be reproducible (trials, forms, rater configurations, verdicts) is named by
 * the SHA-256 of its canonical JSON, so that two machines agree on whether two things are the same.
 */
import { createHash } from "node:crypto"
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
export const digestBytes = (content: string | Uint8Array): Digest =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`

/** SHA-256 of the canonical JSON of a value. */
export const digest = (value: unknown): Digest => digestBytes(canonicalJson(value))

const write = (value: unknown, ancestors: ReadonlyArray<object>): string => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value)
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot carry the number ${value}`)
      return JSON.stringify(value)
    case "object": {
      if (value === null) return "null"
      if (ancestors.includes(value)) throw new TypeError("canonical JSON cannot carry a cycle")
      const path = [...ancestors, value]
      if (Array.isArray(value)) return `[${value.map((element) => write(element ?? null, path)).join(",")}]`
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([key, member]) => `${JSON.stringify(key)}:${write(member, path)}`)
      return `{${members.join(",")}}`
    }
    default:
      throw new TypeError(`canonical JSON cannot carry a ${typeof value}`)
  }
}
