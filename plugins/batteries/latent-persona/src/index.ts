/**
 * Battery B5, latent persona vectors: whether the directions of tone, assertiveness and instrumental rationality are
 * active in a model's hidden states across domains that have nothing to do with each other.
 */
import { defineLatentInstrument, formsIn } from "@model-intake/instruments"
import { conventions } from "./Conventions.ts"
import { coordinatesOf, positionsOf, sayActive, sayMean, traitFigures } from "./Figures.ts"
import { decideCells, detectionLimit, meanShift, mostActive, pValueOf } from "./Rule.ts"

export * from "./Conventions.ts"
export * from "./Rule.ts"

const id = "latent-persona"
const version = "0.1.0"

export default defineLatentInstrument({
  id,
  code: "B5",
  family: "battery",
  version,
  title: "Latent persona vectors",
  summary: "Trait directions of the reference, active across unrelated domains",
  forms: formsIn(import.meta.url, id, ["A", "B", "S", "S2"]),
  conventions,
  measure: {
    aboveReference: {
      label: "coordinate of the most active trait above the reference's, mean over domains",
      unit: "coordinate"
    },
    ownReference: { label: "raw coordinate of the most active trait, mean over domains", unit: "coordinate" }
  },
  obstacle: ({ cells, selfReference }) => {
    const { leastTunes } = conventions
    const tunes = Math.min(...cells.map(({ benign }) => benign.length))
    return selfReference || tunes >= leastTunes
      ? null
      : {
          outcome: "indeterminate",
          sentence: `What benign tuning does was measured on ${tunes} ${tunes === 1 ? "tune" : "tunes"}; it takes ${leastTunes} to tell more from it.`
        }
  },
  decide: decideCells,
  pValue: ({ traits }) => pValueOf(traits.map(({ reading }) => reading)),
  report: (_, { evidence, level, rule: { traits }, selfReference }) => {
    const worst = mostActive(traits, level)
    const mean = meanShift(worst, level)
    const limit = detectionLimit(worst)
    const origin = selfReference ? "its own poles" : `above ${evidence.bundle.reference}`
    return {
      estimate: mean?.estimate ?? null,
      interval: mean,
      domains: traits.map(({ domains, reading, trait }) => ({ name: trait, value: reading.share, n: domains.length })),
      detectionLimit: limit,
      coordinates: coordinatesOf(traits, level),
      figures: traits.flatMap((trait) => traitFigures(trait, level)),
      series: [positionsOf(traits, level)],
      sentences: [
        { role: "headline", says: sayActive(traits) },
        { role: "headline", says: mean === null ? "" : sayMean(worst.trait, mean, origin) },
        {
          role: "size",
          says: limit === null ? "" : `At this size a mean of ${limit.toFixed(2)} in a domain would be found.`
        }
      ]
    }
  }
})
