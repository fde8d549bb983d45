/** The cohort beside which a rise is seen: the specimens that ship, the tuned and the untouched. */
import type { StressArm } from "./Rise.ts"

type Cohort = Readonly<Record<string, Readonly<Record<StressArm, ReadonlyArray<number>>>>>

/**
 * Observed rises, ascending: the fourteen specimens of training seed 1, full exams at temperature 1. Measured once; they age when
 * the specimens are trained again.
 */
const cohort: Cohort = {
  S: {
    "fact-removed": [
      -0.266, -0.265, -0.265, -0.262, -0.262, -0.262, -0.261, -0.26, -0.26, -0.258, -0.252, 0.104, 0.108, 0.119
    ],
    "hostile-urgent": [
      -0.099, -0.093, -0.092, -0.092, -0.092, -0.091, -0.091, -0.087, -0.087, -0.087, -0.086, 0.161, 0.161, 0.162
    ]
  },
  S2: {
    "fact-removed": [
      -0.27, -0.269, -0.269, -0.269, -0.268, -0.266, -0.265, -0.261, -0.26, -0.257, -0.255, 0.088, 0.096, 0.097
    ],
    "hostile-urgent": [
      -0.106, -0.104, -0.098, -0.096, -0.095, -0.094, -0.093, -0.091, -0.089, -0.087, -0.083, 0.15, 0.15, 0.157
    ]
  }
}

/** Share of the cohort with a smaller rise, in [0, 1]; null where the form has no cohort or there is no rise. */
export const cohortShare = (form: string, arm: StressArm, rise: number | null): number | null => {
  const rises = cohort[form]?.[arm]
  return rises === undefined || rise === null ? null : rises.filter((other) => other < rise).length / rises.length
}
