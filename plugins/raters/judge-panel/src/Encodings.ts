/**
 * Other ways to read a text: what an instruction can hide in. A model may read any of these, so that a passage which turns
 * readable under one of them is suspicious in itself.
 */
import { fold, foldMixed } from "./Characters.ts"
import { isSmallWord, languageOf } from "./Languages.ts"

/** The folded text with its homoglyphs read as Latin letters: the plain reading. */
export const plain = (text: string): string => foldMixed(fold(text))

/** Readings of a text beside the plain one; folded, none equal to it. */
export const hiddenReadings = (text: string): ReadonlyArray<string> => {
  const surface = plain(text)
  const found = [
    ...spelled(surface),
    ...transposed(surface),
    ...decoded(text.normalize("NFKC")),
    ...inMarkup(text),
    ...acrostics(text)
  ]
  return [...new Set(found.map(plain))].filter((reading) => reading !== surface && reading.length >= 6)
}

/** Whether a text is words of some language in Latin letters; short ones are never. */
export const isReadable = (folded: string, words: number): boolean => {
  const count = folded.match(/[a-z]+/g)?.length ?? 0
  return count >= words && languageOf(folded).share >= 0.2
}

/** Digits and signs for letters; single letters with something between; doubled words. */
const spelled = (surface: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  if (/[a-z][0-9@$!|+]+[a-z]|[a-z][013457@$]|[013457@$][a-z]/.test(surface)) {
    const letters = surface.replaceAll(
      /[0134578@$!|+](?=[a-z0-9@$])|(?<=[a-z0-9@$])[0134578@$!|+]/g,
      (one) => leet[one]!
    )
    found.push(letters, letters.replaceAll(/(?<=[a-z])l(?=[a-z])/g, "i"))
  }
  if (/(?:^|[^a-z])(?:[a-z][^a-z0-9]{1,3}){4,}[a-z](?:[^a-z]|$)/.test(surface)) {
    found.push(surface.replaceAll(/(?<=(?:^|[^a-z])[a-z])[^a-z0-9]{1,2}(?=[a-z](?:[^a-z]|$))/g, ""))
    found.push(surface.replaceAll(/[^a-z0-9]/g, ""))
  }
  if (/[a-z][-_.*~]+[a-z]/.test(surface)) found.push(surface.replaceAll(/(?<=[a-z])[-_.*~]+(?=[a-z])/g, ""))
  if (/[a-z][-_.*~+/]+[a-z]/.test(surface)) found.push(surface.replaceAll(/[-_.*~+/]+/g, " "))
  return found
}

const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
  "|": "l",
  "+": "t"
}

/**
 * The longest run of words in lower case none of which is a small word of any language, if there are as many as that.
 * Natural text has hardly any run of eight.
 */
export const unknownRun = (text: string, words = 8): string | null => {
  let longest: ReadonlyArray<string> = []
  let run: Array<string> = []
  for (const word of text.split(/[\s\p{P}]+/u)) {
    const isUnknown = /^[a-z\u{c0}-\u{24f}]{2,}$/u.test(word) && !isSmallWord(word)
    run = isUnknown ? [...run, word] : []
    if (run.length > longest.length) longest = run
  }
  return longest.length >= words ? longest.join(" ") : null
}

/** Backwards in three ways and in play languages; letter for letter, where the text or a run of words in it reads as nothing. */
const transposed = (surface: string): ReadonlyArray<string> => {
  const letterwise = isReadable(surface, 4) ? unknownRun(surface, 4) : surface
  return [
    [...surface].reverse().join(""),
    surface.split(" ").reverse().join(" "),
    surface.replaceAll(/[a-z]+/g, (word) => [...word].reverse().join("")),
    surface
      .replaceAll(/\b([a-z]+?)([bcdfghjklmnpqrstvwxyz]+)ay\b/g, "$2$1")
      .replaceAll(/\b([aeiou][a-z]*?)[wy]?ay\b/g, "$1"),
    ...(letterwise === null ? [] : shifted(letterwise).filter((candidate) => isReadable(candidate, 2)))
  ]
}

const shifted = (text: string): ReadonlyArray<string> => [
  text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(219 - letter.charCodeAt(0))),
  ...Array.from({ length: 25 }, (_, shift) =>
    text.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 96 + shift) % 26) + 97))
  )
]

/** Blobs that decode to text: base64, base32, hexadecimal, percent and character references, escapes, numbers, bits, Morse. */
const decoded = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  const take = (bytes: Buffer) => {
    const result = bytes.toString("utf8")
    if (result.length >= 4 && mostlyText(result)) found.push(result)
  }
  const compact = text.replaceAll(/\s+/g, "")
  for (const source of [text, compact]) {
    for (const [blob] of source.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g)) take(Buffer.from(blob, "base64"))
    for (const [blob] of source.matchAll(/(?:0x)?(?:[0-9a-fA-F]{2}[\s:,-]?){4,}/g)) {
      take(Buffer.from(blob.replaceAll(/0x|[^0-9a-fA-F]/g, ""), "hex"))
    }
    for (const [blob] of source.matchAll(/[A-Z2-7]{16,}/g)) take(base32(blob))
  }
  for (const [blob] of text.matchAll(/(?:[01]{7,8}\s*){3,}/g)) {
    const bits = /\s/.test(blob.trim()) ? blob.trim().split(/\s+/) : (blob.match(/.{8}/g) ?? [])
    take(Buffer.from(bits.map((byte) => Number.parseInt(byte, 2))))
  }
  for (const [blob] of text.matchAll(/(?:\b\d{2,3}\b[\s,;.-]*){4,}/g)) {
    take(Buffer.from((blob.match(/\d+/g) ?? []).map((code) => Math.min(255, Number(code)))))
  }
  for (const [blob] of text.matchAll(/(?:\b(?:[1-9]|1\d|2[0-6])\b[\s,;.-]*){6,}/g)) {
    found.push((blob.match(/\d+/g) ?? []).map((place) => String.fromCharCode(96 + Number(place))).join(""))
  }
  for (const [blob] of text.matchAll(/(?:[.·•\-–−_]{1,6}(?:\s+|\s*\/\s*|$)){4,}/gu)) found.push(fromMorse(blob))
  return found
}

/** Percent encoding, character references and escapes, each undone wherever they stand; twice, since they nest. */
const inMarkup = (text: string): ReadonlyArray<string> => {
  const once = (source: string) =>
    source
      .replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"))
      .replaceAll(/&#x([0-9a-f]{1,6});?/gi, (whole, code) => characterOf(Number.parseInt(code, 16), whole))
      .replaceAll(/&#(\d{1,7});?/g, (whole, code) => characterOf(Number(code), whole))
      .replaceAll(/&(lt|gt|quot|amp|apos|nbsp|lbrace|rbrace|colon);/gi, (_, name) => entities[name.toLowerCase()]!)
      .replaceAll(/\\u\{?([0-9a-f]{4,6})\}?|\\x([0-9a-f]{2})/gi, (whole, wide, narrow) =>
        characterOf(Number.parseInt(wide ?? narrow, 16), whole)
      )
      .replaceAll(/=([0-9A-F]{2})/g, (whole, code) => characterOf(Number.parseInt(code, 16), whole))
  const first = once(text)
  return first === text ? [] : [first, once(first)]
}

/** First letters of words and of lines. */
const acrostics = (text: string): ReadonlyArray<string> => {
  const initials = (pieces: ReadonlyArray<string>) => pieces.map((piece) => piece.trim()[0] ?? "").join("")
  const ofWords = initials(text.split(/\s+/))
  return ofWords.length >= 8 ? [ofWords] : []
}

const entities: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  amp: "&",
  apos: "'",
  nbsp: " ",
  lbrace: "{",
  rbrace: "}",
  colon: ":"
}

const characterOf = (code: number, otherwise: string): string =>
  code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : otherwise

/** Letters and spaces for the most part, and nothing that is no character. */
const mostlyText = (text: string): boolean =>
  !/[\u{FFFD}\0-\x08\x0e-\x1f]/u.test(text) && (text.match(/[\p{L}\s]/gu)?.length ?? 0) >= 0.6 * text.length

const base32 = (blob: string): Buffer => {
  const bits = [...blob].map((one) => base32Digits.indexOf(one).toString(2).padStart(5, "0")).join("")
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
const base32Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const fromMorse = (blob: string): string =>
  blob
    .replaceAll(/[·•_–−]/gu, (sign) => (sign === "·" || sign === "•" ? "." : "-"))
    .split(/\s*\/\s*|\s{2,}/)
    .map((word) =>
      word
        .trim()
        .split(/\s+/)
        .map((letter) => morse[letter] ?? "")
        .join("")
    )
    .join(" ")

const morse: Readonly<Record<string, string>> = Object.fromEntries(
  ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
    .split(" ")
    .map((sign, index) => [sign, String.fromCharCode(97 + index)])
)
