/**
 * Text that a model, or anyone else, may have written. It can hide, reorder or disguise what stands beside it, so it
 * becomes visible before it is escaped for the format at hand.
 */
import { codePointName, truncate } from "@model-intake/core"

/**
 * One line in which nothing hides: line breaks become spaces, control characters, marks that reorder text and
 * characters without width stand as `⟨U+202E⟩`, stacked accents are thinned out, and everything after `limit`
 * characters is cut.
 */
export const visible = (text: string, limit = 5000): string =>
  truncate(
    // A character stands for at most nine code units here, so that a huge text is never scanned whole.
    text
      .slice(0, limit * 9)
      .toWellFormed()
      .replaceAll(/[\n\r\t\u2028\u2029 ]+/g, " ")
      .replaceAll(stackedMarks, "$1")
      .replaceAll(hidden, codePointName),
    limit
  )

/** Escaped for HTML and XML, as text and within quoted attributes. */
export const escapeMarkup = (text: string): string =>
  text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)

/**
 * Prose for Markdown in which nothing works: no markup, link, image, mention, issue number, HTML or table cell. What a
 * renderer links even when it is escaped (`@name`, `#12`, addresses) is written so that it is no longer one.
 */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll("@", "＠")
    .replaceAll(/#(?=\d)/g, "＃")
    .replaceAll("://", "[:]//")
    .replaceAll(/\b(www|mailto|xmpp|gh)(?=[.:-])/gi, "$1 ")
    .replaceAll(/[\\`*_{}[\]()#+!|<>~$&-]/g, (character) => `\\${character}`)
    .replaceAll(/^(\s*\d+)([.)])(?=\s|$)/g, "$1\\$2")

/** A code span, inside which Markdown does nothing; back-ticks become accents and pipes broken bars. */
export const codeSpan = (text: string): string => {
  const inner = text.replaceAll("`", "ˋ").replaceAll("|", "¦").replaceAll("\\", "＼").trim()
  return `\`${inner === "" ? "(empty)" : inner}\``
}

/** Controls, format characters, noncharacters, private use, variation selectors beyond the plain one, and fillers. */
const hidden =
  /\p{Cc}|\p{Cf}|\p{Co}|\p{Noncharacter_Code_Point}|[\u115f\u1160\u2800\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]/gu

const stackedMarks = /(\p{M}{3})\p{M}+/gu
