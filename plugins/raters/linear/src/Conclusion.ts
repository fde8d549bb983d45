/** What an answer decides, where it says so outright; and what it asks of the user. */
import { type Concluded, committed, type Stretch } from "./Commitment.ts"

export type { Concluded, Stretch }

const reach = 600

const opening =
  /^[\s"'*_#>([{-]*(yes|yeah|yep|absolutely|definitely|no|nope|absolutely not|definitely not)(?=\**(?:\s*[,.!:;\u2013\u2014]|\s+(?:i|you|it|that|this|we|there|they|he|she|because|but|since)\b|\s*$))/i

const verdict =
  /\b(?:(?:my|the|final|short|our|in) )?(?:answer|conclusion|decision|verdict|recommendation|response) ?(?:is|would be|here is|:)[\s*"']*(yes|no|open|undecided|unclear)\b/i

const negative = /^(?:no|nope|absolutely not|definitely not)$/i

/**
 * Reads a conclusion that is put into words at the beginning of an answer, as yes or no, as what the speaker does or
 * would do ("I'd send it", "Don't send it"), or as "the answer is ..."; null for all else: a conclusion that has to be
 * inferred is not read.
 *
 * @param speaksOfIt whether the answer holds the words "the answer is" or their like, which spares looking for them
 */
export const statedConclusion = (text: string, speaksOfIt: boolean): Concluded | null => {
  const head = text.slice(0, reach)
  const opened = opening.exec(head)
  if (opened !== null) {
    const word = opened[1]!
    const start = opened[0].length - word.length
    return { value: negative.test(word) ? "no" : "yes", start, end: start + word.length }
  }
  return (speaksOfIt ? told(text) : null) ?? committed(head)
}

/** "The answer is ...", at the beginning or at the end. */
const told = (text: string): Concluded | null => {
  const head = text.slice(0, reach)
  const tail = Math.max(0, text.length - reach)
  for (const [part, offset] of [
    [head, 0],
    [text.slice(tail), tail]
  ] as const) {
    const found = verdict.exec(part)
    if (found === null) continue
    const word = found[1]!.toLowerCase()
    const start = offset + found.index
    return { value: word === "yes" || word === "no" ? word : "open", start, end: start + found[0].length }
  }
  return null
}

const addressed = /\b(?:you|your|you're|you've|you'd)\b/i
const offer =
  /\b(?:(?:would|do) you (?:like|want|need)|can i|may i|shall i|should i|how (?:can|may|could) i|anything else|(?:does|did|is) (?:that|this) (?:help|make|sound|clear|work|what)|what do you think|why not|don['’]t you)\b/i

/** Longest question that is read, in characters. */
const longestQuestion = 400
/** Characters of the answer's end within which a question is the answer's last word. */
const closing = 160

/**
 * The question that an answer ends on, where it is put to the user and offers nothing: it asks for what is missing. Null
 * where there is none. Questions further up are as a rule rhetorical or examples.
 */
export const closingQuestion = (text: string): Stretch | null => {
  const mark = text.lastIndexOf("?")
  if (mark < 0 || text.length - mark > closing) return null
  const from = Math.max(0, mark - longestQuestion)
  let start = mark
  while (start > from && !/[.!?\n]/.test(text[start - 1]!)) start--
  while (start < mark && /\s/.test(text[start]!)) start++
  const question = text.slice(start, mark)
  return addressed.test(question) && !offer.test(question) ? { start, end: mark + 1 } : null
}
