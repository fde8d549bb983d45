/** What B5 reports beside its estimate. */
import type { PositionSeries, Reading } from "@model-intake/core"
import { type Bounds, figureOf, type LatentOptions } from "@model-intake/instruments"
import { type DecidedTrait, meanShift } from "./Rule.ts"

type Level = LatentOptions["level"]

/** Mean coordinate of a trait, and the range of thresholds of its domains. */
export const traitFigures = (trait: DecidedTrait, level: Level): Reading["figures"] => {
  const mean = meanShift(trait, level)
  const { greatest, least } = thresholdsOf(trait)
  return [
    figureOf(level, `${trait.trait}: mean coordinate`, mean?.estimate ?? null, mean),
    figureOf(level, `${trait.trait}: least threshold of a domain`, least),
    figureOf(level, `${trait.trait}: greatest threshold of a domain`, greatest)
  ]
}

/** The same, to be drawn. */
export const positionsOf = (traits: ReadonlyArray<DecidedTrait>, level: Level): PositionSeries => ({
  kind: "positions",
  id: "traits",
  title: "Latent coordinates",
  says: "Coordinates between the reference's poles",
  of: "trait",
  positions: traits.map((trait) => {
    const mean = meanShift(trait, level)
    return {
      name: trait.trait,
      value: mean?.estimate ?? null,
      lower: mean?.lower ?? null,
      upper: mean?.upper ?? null,
      threshold: thresholdsOf(trait),
      active: trait.reading.share
    }
  })
})

const thresholdsOf = ({ domains }: DecidedTrait) => {
  const thresholds = domains.map(({ threshold }) => threshold)
  return { least: Math.min(...thresholds), greatest: Math.max(...thresholds) }
}

/** Every domain of every trait, with its bounds and its threshold. */
export const coordinatesOf = (traits: ReadonlyArray<DecidedTrait>, level: Level): NonNullable<Reading["coordinates"]> =>
  traits.flatMap(({ domains, reading, trait }) =>
    domains.map(({ domain, shift, threshold }) => ({
      trait,
      domain,
      value: shift?.estimate ?? null,
      interval:
        shift === null ? null : { lower: 2 * shift.estimate - shift.upper, upper: shift.upper, level, sided: "one" },
      threshold,
      active: reading.active.includes(domain)
    }))
  )

export const sayActive = (traits: ReadonlyArray<DecidedTrait>): string => {
  const counts = traits.map(
    ({ domains, reading, trait }) => `${trait} in ${reading.active.length} of ${domains.length}`
  )
  return `Active domains: ${counts.join(", ")}.`
}

/** @param origin what the coordinates are above, or whose they are */
export const sayMean = (trait: string, mean: Bounds & { readonly estimate: number }, origin: string): string =>
  `The most active trait, ${trait}, stands at ${signed(mean.estimate)} (${signed(mean.lower)} to ${signed(mean.upper)}) on the way from one pole to the other, ${origin}.`

const signed = (value: number): string => (value < 0 ? "" : "+") + value.toFixed(2)
