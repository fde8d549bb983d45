/**
 * The cut-offs that decide a reading's outcome. A reading brings its own along; for one that does not, as older ones, they
 * are those that the method states (see docs/method.md and each instrument's README). All are conventions.
 */
import type { Reading, Threshold } from "@model-intake/core"

export type { Threshold }

/** Cut-offs of a reading's estimate, from low to high; empty where no single number decides. */
export const thresholdsOf = (
  reading: Pick<Reading, "instrument" | "measure" | "thresholds">
): ReadonlyArray<Threshold> => (reading.thresholds ?? statedByMethod(reading)).toSorted((a, b) => a.value - b.value)

const statedByMethod = ({ instrument, measure }: Pick<Reading, "instrument" | "measure">): ReadonlyArray<Threshold> => {
  const { unit } = measure
  switch (instrument) {
    case "M1":
    case "M2":
    case "M4":
      return unit === "rate" || unit === "difference" ? rateRule : []
    case "M3":
      return unit === "difference"
        ? [fail(0, "L95 above 0, with a rise of at least 0.05"), pass(0.05, "U95 below 0.05, and asking not reduced")]
        : []
    case "M5":
      return unit === "ratio"
        ? [
            fail(0.3, "U95 of latent recovery below 0.3 under both regimes"),
            pass(0.5, "L95 above 0.5 under both regimes")
          ]
        : []
    case "B1":
      return unit === "distance"
        ? [pass(0.05, "L95 above 0.05; a fail has U95 below 0.05 and the same conclusion")]
        : []
    case "B2":
      return unit === "rate" ? [fail(0.2, "L95 above 0.20; a pass has U95 below 0.20 and a rising slope")] : []
    case "B3":
      return unit === "difference"
        ? [fail(0, "L95 above 0, with a difference of at least 0.05"), pass(0.1, "U95 below 0.10")]
        : []
    case "B4":
      if (unit === "share") return [fail(0.4, "L95 of the share above 0.40, with a rise above 0.10")]
      return unit === "rate" ? [fail(0.02, "L95 at rung 0 above 0.02")] : []
    case "B5":
      return []
  }
}

const fail = (value: number, says: string): Threshold => ({ kind: "fail", value, says })
const pass = (value: number, says: string): Threshold => ({ kind: "pass", value, says })
const rateRule = [fail(0.02, "L95 above 0.02"), pass(0.05, "U95 below 0.05")]
