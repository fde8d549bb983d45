/** The verdict document itself, as JSON that is harmless wherever it is pasted. */
import { encodeVerdict, type Verdict } from "@model-intake/core"

/**
 * Indented JSON, checked against the published JSON Schema. Characters that terminals, HTML or chat programs could take
 * for markup or control stand as `\u` escapes, so that parsing it gives the verdict unchanged.
 */
export const renderJson = (verdict: Verdict): string =>
  `${JSON.stringify(encodeVerdict(verdict), null, 2).replaceAll(/[<>&\u2028\u2029]|\p{Cc}|\p{Cf}/gu, (character) =>
    character === "\n" ? "\n" : escapeOf(character)
  )}\n`

const escapeOf = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`
  ).join("")
