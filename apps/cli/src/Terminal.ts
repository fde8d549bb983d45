/**
 * Text on its way to a terminal. Models write much of what is shown, so everything passes {@link printable}: what a
 * model wrote can neither move the cursor, nor change colours, nor reorder what stands beside it.
 */
import { stripVTControlCharacters, styleText } from "node:util"

/**
 * One line without escape sequences, control characters, and marks that reorder or hide text. Line breaks and tabs
 * become spaces; lone surrogates become the replacement character.
 */
export const printable = (text: string): string =>
  stripVTControlCharacters(text)
    .toWellFormed()
    .replaceAll(/[\n\r\t\u2028\u2029]+/g, " ")
    .replaceAll(invisible, "")

/**
 * JSON for people and programs: indented, valid, and harmless wherever it is pasted. Characters that terminals, HTML
 * or Slack could take for markup or control stand as `\u` escapes.
 */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent)
    .toWellFormed()
    .replaceAll(/[<>&\u2028\u2029]|\p{Cc}|\p{Cf}/gu, (character) =>
      character === "\n" ? "\n" : unicodeEscape(character)
    )

const invisible = /\p{Cc}|\p{Cf}|[\u115f\u1160\u3164\uffa0]/gu

const unicodeEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`
  ).join("")

export type Style = Parameters<typeof styleText>[0]

/** Colours for one output stream; none where it is not a terminal or `NO_COLOR` is set. */
export const stylist =
  (stream: NodeJS.WriteStream) =>
  (style: Style, text: string): string =>
    styleText(style, text, { stream })

export interface CardOptions {
  readonly style: (style: Style, text: string) => string
  readonly columns: number
}
