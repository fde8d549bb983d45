/** What backends do alike with the parts of a reply: reasoning kept apart, usage and fingerprints that make sense. */
import type { AnswerToken } from "@model-intake/core"
import { cleanMessage } from "@model-intake/core"

/**
 * Takes reasoning that stands in the answer out of it: a leading `<think>…</think>` or `<thinking>…</thinking>`, or all
 * before a lone `</think>`, as chat templates leave it that open the block themselves. A block that never ends is
 * reasoning to the end, so that thoughts are never taken for an answer.
 */
export const separateThinking = (content: string): { readonly text: string; readonly reasoning: string | null } => {
  const opened = /^\s*<(think|thinking)>/.exec(content)
  if (opened === null) {
    const end = content.indexOf("</think>")
    if (end < 0 || content.slice(0, end).includes("<think>")) return { text: content, reasoning: null }
    return { text: content.slice(end + "</think>".length).trimStart(), reasoning: content.slice(0, end).trim() }
  }
  const start = opened[0].length
  const closing = `</${opened[1]}>`
  const end = content.indexOf(closing, start)
  if (end < 0) return { text: "", reasoning: content.slice(start).trim() }
  return { text: content.slice(end + closing.length).trimStart(), reasoning: content.slice(start, end).trim() }
}

/** A number of tokens as a server tells it, or null where it tells none or nonsense. */
export const tokenCount = (value: unknown): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null

/** What the server says it ran, its parts joined by a space, cleaned and cut at 200 characters; null where it says nothing. */
export const fingerprintOf = (parts: ReadonlyArray<unknown>): string | null => {
  const said = parts.filter((part): part is string => typeof part === "string" && part.trim() !== "")
  const clean = cleanMessage(said.join(" "), [], 200)
  return clean === "" ? null : clean
}

/**
 * The tokens of a server's log-probabilities, or a sentence on what is wrong with them: missing, not a number, above
 * zero, or too few for the text. Tokens of reasoning that stood before the answer are left out.
 *
 * @param entries `{ token, logprob, top_logprobs }` each, as OpenAI has them
 * @param content what the server sent, reasoning included
 * @param text the answer alone, at the end of `content`
 */
export const readLogprobs = (
  entries: unknown,
  content: string,
  text: string
): ReadonlyArray<AnswerToken> | { readonly problem: string } => {
  if (!Array.isArray(entries)) return { problem: "it holds no log-probabilities although they were asked for" }
  const tokens: Array<AnswerToken> = []
  for (const entry of entries as ReadonlyArray<RawToken | null>) {
    const token = tokenOf(entry)
    const top = (Array.isArray(entry?.top_logprobs) ? entry.top_logprobs : []).map(tokenOf)
    if (token === null || top.includes(null)) return { problem: "a log-probability in it is no number of 0 or less" }
    tokens.push({ ...token, top: (top as Array<NonNullable<typeof token>>).sort((a, b) => b.logprob - a.logprob) })
  }
  const joined = plain(tokens.map(({ token }) => token).join(""))
  // Tokens that are parts of characters cannot be joined as text.
  const comparable = !/\ufffd|\\x|bytes:|<0x/.test(joined)
  if (tokens.length === 0 ? content.trim() !== "" : comparable && !joined.includes(plain(content))) {
    return { problem: "its log-probabilities are not those of its text" }
  }
  if (text.length === content.length) return tokens
  // A token that reaches into the answer belongs to it.
  let before = content.length - text.length
  let first = 0
  while (first < tokens.length && tokens[first]!.token.length <= before) before -= tokens[first++]!.token.length
  return tokens.slice(first)
}

interface RawToken {
  readonly token?: unknown
  readonly logprob?: unknown
  readonly top_logprobs?: unknown
}

const tokenOf = (entry: RawToken | null): { readonly token: string; readonly logprob: number } | null => {
  const token = entry?.token
  const logprob = entry?.logprob
  if (typeof token !== "string" || typeof logprob !== "number" || !Number.isFinite(logprob)) return null
  // Rounding puts some certain tokens a little above zero.
  return logprob > 1e-3 ? null : { token, logprob: Math.min(0, logprob) }
}

/** As text: the marks that byte-pair and sentence-piece vocabularies have for blanks are blanks. */
const plain = (text: string): string =>
  text.replaceAll("\u2581", " ").replaceAll("\u0120", " ").replaceAll("\u010a", "\n").trim()
