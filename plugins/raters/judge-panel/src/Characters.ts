/** Characters that are not what they look like, or look like nothing: shown by their number, and folded for comparison. */

/** Whether a character (a code point) cannot be seen for what it is: controls, format characters, fillers, lone surrogates. */
export const isHidden = (character: string): boolean => hidden.test(character)

/**
 * Whether a hidden character belongs to its neighbours as ordinary writing has it: the presentation selector and the joiner
 * of an emoji, the joiners of Arabic and Indic scripts.
 */
export const isOrdinary = (character: string, before: string, after: string): boolean => {
  if (character === "\u{FE0F}" || character === "\u{FE0E}") return /[\p{Emoji}\p{So}]/u.test(before)
  if (character !== "\u{200D}" && character !== "\u{200C}") return false
  return (
    (joined.test(before) && joined.test(after)) ||
    (/\p{Extended_Pictographic}|\p{EMod}|\u{FE0F}/u.test(before) && /\p{Extended_Pictographic}/u.test(after))
  )
}

/**
 * The text as a reader would take it: compatibility forms, letters that look like Latin ones and accents folded, tag
 * characters as the letters they carry, hidden characters dropped, lower case, single spaces.
 */
export const fold = (text: string): string =>
  [...text.normalize("NFKC")]
    .map((character) => {
      const code = character.codePointAt(0)!
      if (code > 0xe0000 && code < 0xe007f) return String.fromCharCode(code - 0xe0000)
      return isHidden(character) && !/\s/.test(character) ? "" : character
    })
    .join("")
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/(?=\p{M})\p{Script=Inherited}/gu, "")
    .normalize("NFC")
    .replaceAll(/[^\0-\x7f]/gu, (character) => lookalikes.get(character) ?? character)
    .replaceAll(/\s+/g, " ")
    .trim()

/** Letters written in other scripts, or for phonetics, to look like Latin ones; only where a word mixes them with Latin. */
export const foldMixed = (text: string): string =>
  text.replaceAll(/[\p{L}\p{M}]+/gu, (word) =>
    /[a-z]/i.test(word) || [...word].every((letter) => latinTwins.has(letter.toLowerCase()))
      ? [...word].map((letter) => latinTwins.get(letter.toLowerCase()) ?? letter).join("")
      : word
  )

const hidden = /\p{Default_Ignorable_Code_Point}|[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u{2800}]/u
const joined =
  /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Sinhala}\p{Script=Oriya}\p{M}]/u

const pairs = (from: string, to: string): ReadonlyArray<readonly [string, string]> => {
  const letters = [...to]
  return [...from].map((letter, index) => [letter, letters[index]!] as const)
}

/** Latin letters outside ASCII that no decomposition folds. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ...pairs("ıłøđħŧɑɡᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "ilodhtagabcdefghijklmnoprstuvwyz"),
  ...pairs("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ", "acefghijkmrtvwy"),
  ...pairs("‘’‚‛‹›′", "'''''''"),
  ...pairs("“”„‟«»″", '"""""""'),
  ...pairs("–—−‐‑‒―⁄∕", "-------//")
])

/** Cyrillic, Greek and Armenian letters by the Latin ones they look like. */
const latinTwins: ReadonlyMap<string, string> = new Map([
  ...pairs("аеорсухіѕјкмтнвԁԛԝһӏгпибзл", "aeopcyxisjkmthbdqwhlrnubzn"),
  ...pairs("αοερτυνικηχγωσβμπλδς", "aoeptuviknxywobmnlds"),
  ...pairs("օսոհցզաե", "ounhgqae")
])
