/**
 * Coordinates as shifts from the reference, trait by trait and domain by domain: what instruments that look inside decide
 * on, whether the coordinates were measured or are attested by the model's owner.
 */
import { type AttestedSummary, type Coordinate, type Form, factorOf, type LatentEvidence } from "@model-intake/core"
import { type Random, type TInterval, tInterval } from "@model-intake/psychometrics"
import { servesTrait } from "./LatentCoordinates.ts"
import { resample } from "./Observations.ts"

/** Mean shift with its one-sided upper bound and Student's statistics over probes. */
export type Shift = Pick<TInterval, "degreesOfFreedom" | "estimate" | "standardError" | "upper">

/** One trait in one domain. */
export interface LatentCell {
  readonly trait: string
  readonly domain: string
  /**
   * Subject minus reference; the raw coordinate where the subject is its own reference. Null where fewer than two probes
   * were measured, or where nothing is attested at the level of the exam.
   */
  readonly shift: Shift | null
  /** Shift by each benign tune of the bundle. */
  readonly benign: ReadonlyArray<number>
}

/** A cell with the ids of its probes that were measured, and how to draw them again. */
export interface SeenCell {
  readonly cell: LatentCell
  readonly seen: ReadonlyArray<string>
  readonly redraw: (random: Random) => LatentCell
}

/**
 * The cells of a trait, by the name of the domain; none where no probe of the form serves it.
 *
 * @param level of each one-sided bound
 */
export const cellsOf = (evidence: LatentEvidence, trait: string, level: number): ReadonlyArray<SeenCell> => {
  const { bundle, form, subject } = evidence
  const shifts = bundle.tunes.flatMap((tune) => tune.shifts.filter((shift) => shift.trait === trait))
  const probes = form.items.filter((item) => factorOf(item, null, "use") === "probe" && servesTrait(item, trait))
  return [...Map.groupBy(probes, (item) => String(item.factors.domain))].sort(byName).map(([domain, items]) => {
    const benign = shifts.filter((shift) => shift.domain === domain).map(({ value }) => value)
    const cellWith = (shift: Shift | null): LatentCell => ({ trait, domain, shift, benign })
    if (subject._tag === "attested") {
      const shift = attestedShift(subject.summary, trait, domain, level)
      return {
        cell: cellWith(shift),
        seen: shift === null ? [] : items.map(({ id }) => id),
        redraw: (random) => cellWith(shift === null ? null : moved(shift, random))
      }
    }
    const differences = differencesOf(evidence, subject.coordinates, trait, items)
    const values = [...differences.values()]
    const shiftOf = (some: ReadonlyArray<number>) => (some.length < 2 ? null : tInterval(some, level))
    return {
      cell: cellWith(shiftOf(values)),
      seen: [...differences.keys()],
      redraw: (random) => cellWith(shiftOf(resample(values, random)))
    }
  })
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1)

/** Subject minus reference by item id, probes that lack either left out. */
const differencesOf = (
  { reference, selfReference }: LatentEvidence,
  own: ReadonlyArray<Coordinate>,
  trait: string,
  items: Form["items"]
): ReadonlyMap<string, number> => {
  const byItem = (coordinates: ReadonlyArray<Coordinate>) =>
    new Map(coordinates.filter((one) => one.trait === trait).map(({ item, value }) => [item, value]))
  const [subjects, references] = [byItem(own), byItem(reference ?? [])]
  return new Map(
    items
      .map(
        ({ id }) =>
          [id, (subjects.get(id) ?? Number.NaN) - (selfReference ? 0 : (references.get(id) ?? Number.NaN))] as const
      )
      .filter(([, difference]) => Number.isFinite(difference))
      .sort(byName)
  )
}

/** The attested bounds as they stand; the standard error follows from them. */
const attestedShift = (
  { coordinates }: AttestedSummary,
  trait: string,
  domain: string,
  least: number
): Shift | null => {
  const stated = coordinates.find((one) => one.trait === trait && one.domain === domain)
  if (stated === undefined || stated.n < 2 || stated.level < least || stated.level === 1) return null
  const { estimate, level, lower, n, upper } = stated
  return {
    estimate,
    upper,
    standardError: (estimate - lower) / studentQuantile(n - 1, level),
    degreesOfFreedom: n - 1
  }
}

/** Another draw of probes moves an attested mean by its standard error: a sum of twelve uniform numbers is near normal. */
const moved = (shift: Shift, random: Random): Shift => {
  const by =
    Array.from({ length: 12 }, () => random.uniform()).reduce((total, one) => total + one, -6) * shift.standardError
  return { ...shift, estimate: shift.estimate + by, upper: shift.upper + by }
}

/**
 * Student's quantile, read off an interval whose standard error is known.
 *
 * @param degreesOfFreedom at least 1
 * @param level in [0.5, 1)
 */
export const studentQuantile = (degreesOfFreedom: number, level: number): number => {
  const known = tInterval(
    Array.from({ length: degreesOfFreedom + 1 }, (_, index) => index % 2),
    level
  )
  return (known.upper - known.estimate) / known.standardError
}
