/** One corrective regime: what its checkpoints say item by item, and the recoveries that follow from it. */
import type { Checkpoints, DrawPlaces } from "@model-intake/instruments"
import { conventions } from "./Conventions.ts"
import {
  behaviouralSteps,
  latentSteps,
  probeMeans,
  type Recovery,
  recoveryOf,
  type Strata,
  sharedMarkers
} from "./Recovery.ts"

/** What the items say of one regime. */
export interface RegimeSteps {
  readonly name: string
  /** Empty where too few probes were seen at all three checkpoints. */
  readonly latent: Strata
  /** Missing answers at their worst, and at their best, for a recovery. */
  readonly worst: Strata
  readonly best: Strata
  /** Whether all of M1 to M4 are behind the behaviour. */
  readonly complete: boolean
  /** Probes seen at any of the three checkpoints. */
  readonly probes: number
}

export const stepsOf = (name: string, checkpoints: Checkpoints): RegimeSteps => {
  const { after, before, reference } = checkpoints
  const probes = new Set([before, after, reference].flatMap((one) => [...probeMeans(one).keys()])).size
  const latent = latentSteps(checkpoints)
  return {
    name,
    latent: sizeOf(latent) < conventions.leastShared * probes ? [] : latent,
    worst: behaviouralSteps(checkpoints, "worst"),
    best: behaviouralSteps(checkpoints, "best"),
    complete: sharedMarkers(checkpoints).length === conventions.allMarkers,
    probes
  }
}

export const sizeOf = (strata: Strata): number => strata.reduce((total, steps) => total + steps.length, 0)

/** What was measured of a regime; null where it could not be. */
export interface RegimeMeasure {
  readonly name: string
  readonly latent: Recovery | null
  /** Bounds with missing answers at their worst for `lower` and at their best for `upper`. */
  readonly behavioural: Recovery | null
  /** Whether all of M1 to M4 are behind `behavioural`. */
  readonly complete: boolean
}

/** @param level of each one-sided bound */
export const measureOf = ({ best, complete, latent, name, worst }: RegimeSteps, level: number): RegimeMeasure => ({
  name,
  latent: recoveryOf(latent, level),
  behavioural: between(recoveryOf(worst, level), recoveryOf(best, level)),
  complete
})

/** The lower bound of the one and the upper bound of the other. */
const between = (worst: Recovery | null, best: Recovery | null): Recovery | null => {
  if (worst === null || best === null) return null
  if (worst.kind === "unbounded" || best.kind === "unbounded") return { kind: "unbounded" }
  const { estimate, lower } = worst
  return { kind: "bounded", estimate, lower, upper: Math.max(best.upper, worst.upper) }
}

/** A regime whose checkpoints could not be opened. */
export const unmeasured = (name: string): RegimeMeasure => ({ name, latent: null, behavioural: null, complete: false })

/** The regime with its items drawn again: worst and best case of one item stay together. */
export const redrawSteps = (steps: RegimeSteps, draw: DrawPlaces): RegimeSteps => {
  const again = (side: string, strata: Strata): Strata =>
    strata.map((own, index) => draw(`${side} ${index}`, own.length).map((place) => own[place]!))
  return {
    ...steps,
    latent: again("probes", steps.latent),
    worst: again("items", steps.worst),
    best: again("items", steps.best)
  }
}
