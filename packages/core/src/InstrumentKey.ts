/**
 * What an instrument goes by. A built-in one goes by its code, any other by its id: a house marker, and a replacement
 * that claims a code without being the built-in. Only codes have rows in the tables.
 */
import * as Schema from "effect/Schema"
import type { BuiltInSheet } from "./BuiltInSheet.ts"
import { builtInSheets } from "./BuiltInSheets.ts"
import { InstrumentCode, instrumentCodes, instrumentTable } from "./InstrumentTable.ts"

/** Whether a key or a word is the code of a built-in instrument. */
export const isInstrumentCode = (key: string): key is InstrumentCode => Object.hasOwn(instrumentTable, key)

/** Id of an instrument outside the tables: lower-case words joined by hyphens, and no code in lower case. */
export const HouseInstrumentId = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/),
  Schema.makeFilter((id) => !isInstrumentCode(id.toUpperCase()) || `${id} looks like the code ${id.toUpperCase()}`)
).annotate({ identifier: "HouseInstrumentId", description: "lower-case words joined by hyphens" })

/** The code of a built-in instrument, or the id of any other. */
export const InstrumentKey = Schema.Union([InstrumentCode, HouseInstrumentId]).annotate({
  identifier: "InstrumentKey"
})
export type InstrumentKey = typeof InstrumentKey.Type

const isInstrumentKey = Schema.is(InstrumentKey)

/** The key that a person wrote, a code in either case or an id; null for neither. */
export const parseInstrumentKey = (text: string): InstrumentKey | null => {
  const code = text.toUpperCase()
  return isInstrumentCode(code) ? code : isInstrumentKey(text) ? text : null
}

/** Orders keys as they are always listed: codes in the order of the tables, then ids by their letters. */
export const compareInstrumentKeys = (a: InstrumentKey, b: InstrumentKey): number =>
  rankOf(a) - rankOf(b) || (a === b ? 0 : a < b ? -1 : 1)

const rankOf = (key: InstrumentKey): number =>
  isInstrumentCode(key) ? instrumentCodes.indexOf(key) : instrumentCodes.length

/** How people read of an instrument: `M1 cross-domain norm leakage`; the title, or else the id in words, of any other. */
export const instrumentTitle = (key: InstrumentKey, title?: string | undefined): string =>
  isInstrumentCode(key) ? `${key} ${instrumentTable[key].name}` : (title ?? key.replaceAll("-", " "))

/** What of an instrument says which one it is. */
interface Identity {
  readonly code?: InstrumentCode | undefined
  readonly id: string
  readonly digest?: BuiltInSheet["digest"]
}

/** The code that an instrument fills, known by id and digest; else its id. */
export const keyOf = ({ code, digest, id }: Identity): InstrumentKey => {
  if (code === undefined) return id
  const sheet = builtInSheets[code]
  return sheet.id === id && sheet.digest === digest ? code : id
}

/** What keeps an instrument from having a key, as the end of a sentence; null where nothing does. */
export const keyProblem = ({ code, id }: Identity): string | null => {
  if (code !== undefined && !isInstrumentCode(code)) {
    return `claims the code ${JSON.stringify(code)}, which the tables do not have`
  }
  return isInstrumentKey(id) && !isInstrumentCode(id)
    ? null
    : `has the id ${JSON.stringify(id)}, which has to be lower-case words joined by hyphens, and not a code`
}

/** Whether an instrument fills a row of the tables, stands outside of them, or claims a row that is not its own. */
export const StandsFor = Schema.Literals(["table", "house", "replacement"]).annotate({ identifier: "StandsFor" })
export type StandsFor = typeof StandsFor.Type

export const standsFor = (instrument: Identity): StandsFor =>
  isInstrumentCode(keyOf(instrument)) ? "table" : instrument.code === undefined ? "house" : "replacement"
