/**
 * Text of others on its way to Slack. Models and people write much of what is shown: it must neither mention anybody,
 * nor link, nor format, nor hide, nor overflow a limit. Lengths count UTF-16 code units of what is sent.
 */
import { cut, visible } from "@model-intake/report"
import type { MrkdwnElement, PlainTextElement } from "@slack/types"

/** Plain text of at most `max` characters; a dash where there is none, because Slack refuses an empty text. */
export const plain = (text: string, max: number): PlainTextElement => ({
  type: "plain_text",
  text: fitted(text, max, unlinked) || "–",
  emoji: false
})

/** Mrkdwn of at most `max` characters, two of them back-ticks: a code span, in which nothing works. */
export const quoted = (text: string, max: number): string => `\`${fitted(text, max - 2, inCode).trim() || "–"}\``

/**
 * Mrkdwn of at most `max` characters that reads as written: marks of formatting are replaced by their look-alikes. No
 * colon of our own may follow at once: it would end an emoji code that the text begins.
 */
export const prose = (text: string, max: number): string => fitted(text, max, inProse)

/** Our own mrkdwn around the parts above. Slack looks for no names and addresses of its own in it. */
export const mrkdwn = (text: string): MrkdwnElement => ({ type: "mrkdwn", text, verbatim: true })

/** As much of a text as fits once it is defused: it is cut before, so that no entity is torn. */
const fitted = (text: string, max: number, defuse: (text: string) => string): string => {
  const shown = visible(text, Math.max(1, max))
  let defused = defuse(shown)
  let length = [...shown].length
  while (defused.length > max && length > 0) {
    length = Math.min(length - 1, Math.floor((length * max) / defused.length))
    defused = defuse(cut(shown, length))
  }
  return defused
}

/** Addresses and domains as security people write them, so that they stay readable and nobody opens them by accident. */
const unaddressed = (text: string): string =>
  text
    .replaceAll("://", "[:]//")
    .replaceAll(/(?<![A-Za-z0-9])(mailto|tel|slack|javascript|data):/giu, "$1[:]")
    .replaceAll(/(?<![A-Za-z0-9])www\./giu, (start) => start.replace(".", "[.]"))
    .replaceAll(fourthOctet, "[.]")
    .replaceAll(domainDot, "[.]")

const fourthOctet = /(?<=\b\d{1,3}\.\d{1,3}\.\d{1,3})\.(?=\d{1,3}\b)/g

/** A dot before what may be a top-level domain; endings of model files are none. */
const domainDot =
  /(?<=[\p{L}\p{N}\p{M}_-])[.。．｡](?=(?!(?:onnx|gguf|safetensors|json|jsonl|html)(?![\p{L}\p{N}]))[\p{L}\p{M}]{2,}(?![\p{L}\p{N}]))/giu

/** For what Slack does not format: no address, no mention, no emoji code. */
const unlinked = (text: string): string =>
  unaddressed(text)
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replaceAll("@", "＠")
    .replaceAll(/#(?=[\p{L}\p{N}_])/gu, "＃")
    .replaceAll(/:(?=[^\s:]+:)/g, "∶")

const inProse = (text: string): string =>
  unlinked(text)
    .replaceAll("&", "&amp;")
    .replaceAll("*", "∗")
    .replaceAll("~", "∼")
    .replaceAll("`", "ˋ")
    .replaceAll(looseUnderscore, "ˍ")

/** Inside a word an underscore formats nothing. */
const looseUnderscore = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/** A name keeps its `@revision`; an at sign that begins a word would be a mention. */
const inCode = (text: string): string =>
  unaddressed(text)
    .replaceAll(/(?<![\p{L}\p{N}._-])@/gu, "＠")
    .replaceAll(/(?<![\p{L}\p{N}])#(?=[\p{L}\p{N}_])/gu, "＃")
    .replaceAll("`", "ˋ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
