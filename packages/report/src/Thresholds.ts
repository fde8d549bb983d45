/** The cut-offs that decide a reading's outcome, as the reading brings them along. All are conventions of the method. */
import type { Reading, Threshold } from "@model-intake/core"

export type { Threshold }

/** Cut-offs of a reading's estimate, from low to high; empty where no single number decides. */
export const thresholdsOf = ({ thresholds = [] }: Pick<Reading, "thresholds">): ReadonlyArray<Threshold> =>
  thresholds.toSorted((a, b) => a.value - b.value)
