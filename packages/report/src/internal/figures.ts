/** Access to what a verdict's readings carry under agreed names. */
import type { InstrumentCode, Reading, Verdict } from "@model-intake/core"

type Figure = Reading["figures"][number]

export const readingOf = ({ readings }: Verdict, code: InstrumentCode): Reading | null =>
  readings.find(({ instrument }) => instrument === code) ?? null

/** The named figure, or null where there is none or where it has no value. */
export const figureOf = (reading: Reading | null, name: string): (Figure & { readonly value: number }) | null => {
  const found = reading?.figures.find((figure) => figure.name === name)
  return found === undefined || found.value === null ? null : { ...found, value: found.value }
}

/** Why a chart cannot be drawn. */
export const notCarried = (reading: Reading | null, code: InstrumentCode, what: string): string =>
  reading === null
    ? `${code} was not administered, so there is no ${what}.`
    : `The reading of ${code} carries no ${what}, so nothing is drawn.`
