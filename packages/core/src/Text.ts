/** Text for people, whatever it is shown in. */
import { redact } from "./Redaction.ts"

/** The longest message of an error, in characters. */
export const longestMessage = 300

/** Hostile text for one line of a message: no control or invisible characters, no secrets, at most so many characters. */
export const cleanMessage = (
  text: string,
  secrets: ReadonlyArray<string> = [],
  longest: number = longestMessage
): string => {
  // Enough to clean without reading megabytes; a secret cannot be cut in half by it, fragments are redacted too.
  const visible = text
    .slice(0, 20 * longest)
    .toWellFormed()
    .replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/gu, "")
  const clean = redact(visible, secrets).trim()
  const characters = [...clean]
  return characters.length <= longest ? clean : `${characters.slice(0, longest - 1).join("")}…`
}

/** Cuts to at most so many characters, the last an ellipsis where something was cut. */
export const truncate = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const characters = [...text]
  return characters.length <= limit
    ? text
    : `${characters
        .slice(0, Math.max(0, limit - 1))
        .join("")
        .trimEnd()}…`
}

/** Lines of at most `columns` characters, each after an indent; words are cut only where they are longer than a line. */
export const wrap = (text: string, columns: number, indent: string): ReadonlyArray<string> => {
  const room = Math.max(20, columns - indent.length)
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ").flatMap((each) => each.match(new RegExp(`.{1,${room}}`, "gu")) ?? [])) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(indent + line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return line === "" ? lines : [...lines, indent + line]
}

/** A character by its number, such as `⟨U+200B⟩`: for those that hide or reorder what stands beside them. */
export const codePointName = (character: string): string =>
  `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`
