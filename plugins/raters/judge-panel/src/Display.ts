/**
 * A text as judges see it: hidden characters by their number, every line of it behind a mark that the text cannot know.
 * What a judge quotes is found again in the verbatim text.
 */
import { codePointName } from "@model-intake/core"
import { isHidden, isOrdinary } from "./Characters.ts"
import type { Passage } from "./Passages.ts"

/** A text for display, with the place of each code unit of it in the verbatim text. */
export interface Display {
  /** Lines, ended by `\n`; a line that is {@link gap} stands for passages that are left out. */
  readonly text: string
  /** Verbatim offsets by offset in `text`: where the character shown there begins and ends. */
  readonly start: ReadonlyArray<number>
  readonly end: ReadonlyArray<number>
}

/** Shown where passages are left out; a private character, which a text cannot show, since its own are named. */
export const gap = "\u{E000}"

/**
 * Shows the passages of a text, which have to stand in their order; what lies between two of them in the text is left out
 * unless it is white space.
 */
export const display = (text: string, passages: ReadonlyArray<Passage>): Display => {
  const shown: Array<string> = []
  const start: Array<number> = []
  const end: Array<number> = []
  const show = (what: string, from: number, to: number) => {
    for (const unit of what.split("")) {
      shown.push(unit)
      start.push(from)
      end.push(to)
    }
  }
  const omit = (at: number) => show(shown.length === 0 || shown.at(-1) === "\n" ? `${gap}\n` : `\n${gap}\n`, at, at)
  let at = 0
  for (const { start: from, end: to } of passages) {
    if (text.slice(at, from).trim() !== "") omit(at)
    else if (at > 0) showVerbatim(text, at, from, show)
    showVerbatim(text, from, to, show)
    at = to
  }
  if (text.slice(at).trim() !== "") omit(at)
  return { text: shown.join(""), start, end }
}

/** Every line behind the mark. */
export const behindMark = ({ text }: Pick<Display, "text">, mark: string): string =>
  text
    .split("\n")
    .map((line) => (line === gap ? `${mark}~ (a passage is left out here)` : `${mark}| ${line}`))
    .join("\n")

/**
 * Where a quote stands in the verbatim text; null if nowhere. Letters have to agree exactly; any run of white space stands
 * for any other, since judges wrap lines.
 */
export const locate = (quote: string, { text, start, end }: Display): Passage | null => {
  const shown = display(quote, [{ start: 0, end: quote.length }]).text.trim()
  if (shown === "") return null
  const pattern = shown
    .split(/\s+/u)
    .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"))
    .join("\\s+")
  const found = new RegExp(pattern, "u").exec(text)
  if (found === null) return null
  return { start: start[found.index]!, end: end[found.index + found[0].length - 1]! }
}

const showVerbatim = (
  text: string,
  from: number,
  to: number,
  show: (what: string, from: number, to: number) => void
): void => {
  let at = from
  let before = ""
  for (const character of text.slice(from, to)) {
    const next = at + character.length
    const after = String.fromCodePoint(text.codePointAt(next) ?? 0x20)
    if (character === "\n" || character === "\t") show(character, at, next)
    else if (character === "\r" && after === "\n") show("", at, next)
    else if (!isHidden(character)) show(character, at, next)
    else if (!isOrdinary(character, before, after)) show(codePointName(character), at, next)
    before = character
    at = next
  }
}
