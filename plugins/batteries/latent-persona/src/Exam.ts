/** The exam side of B5: coordinates per trait and domain against the null of benign tuning. */
import {
  type AttestedSummary,
  type Coordinate,
  type ExamResult,
  type Form,
  factorOf,
  type LatentEvidence,
  type LatentExam,
  loadForm,
  makeReading,
  noneMissing,
  type Outcome,
  type Reading,
  type ReferenceBundle,
  type ShippedForms,
  severityOf
} from "@model-intake/core"
import { formProblem, latentPrompts, percent, resample, servesTrait } from "@model-intake/instruments"
import { type Random, tInterval } from "@model-intake/psychometrics"
import {
  criticalValue,
  cutOffs,
  type DomainShift,
  decideTraits,
  detectionLimit,
  meanShift,
  readTrait,
  type TraitReading,
  type TraitShift,
  thresholdOf
} from "./Rule.ts"

const instrument = "B5"

const shipped: ShippedForms = {
  A: () => import("#items/A.json", { with: { type: "json" } }),
  B: () => import("#items/B.json", { with: { type: "json" } }),
  S: () => import("#items/S.json", { with: { type: "json" } }),
  S2: () => import("#items/S2.json", { with: { type: "json" } })
}

export const makeExam = (version: string): LatentExam => ({
  _tag: "latent",
  forms: Object.keys(shipped),
  load: (form) => loadForm(instrument, shipped, form),
  read: (evidence) => readLatent(version, evidence)
})

/** Reads coordinates by the rule. The order in which they come does not matter. */
export const readLatent = (version: string, evidence: LatentEvidence): ExamResult => {
  const { bundle, form, subject } = evidence
  const deciding = bundle.traits.filter(({ counts }) => counts).map(({ trait }) => trait)
  const planned = latentPrompts(form, "probe").filter(({ item }) => deciding.some((trait) => servesTrait(item, trait)))
  const common = {
    instrument,
    instrumentVersion: version,
    measure: { label: measureLabel(evidence), unit: "coordinate" },
    access: subject._tag === "attested" ? "attested" : evidence.access
  } as const
  const unread = (outcome: Outcome, sentence: string): ExamResult => ({
    reading: makeReading({
      ...common,
      outcome,
      n: 0,
      coverage: { rated: 0, total: planned.length },
      missing: { ...noneMissing, backendFailed: planned.length },
      figures: validationFigures(bundle),
      sentence
    }),
    pValue: null,
    redraw: () => null
  })

  const obstacle = obstacleOf(evidence, deciding)
  if (obstacle !== null) return unread(obstacle.outcome, obstacle.sentence)
  const measured = deciding.map((trait) => measure(evidence, trait))
  if (measured.some(({ domains }) => domains.length === 0)) {
    return unread("not-evaluable", `Form ${form.id} has no probes for a trait of the reference bundle.`)
  }
  const tunes = Math.min(...measured.flatMap(({ domains }) => domains.map((domain) => domain.tunes)))
  if (!evidence.selfReference && tunes < cutOffs.leastTunes) {
    return unread(
      "indeterminate",
      `What benign tuning does was measured on ${tunes} ${tunes === 1 ? "tune" : "tunes"}; it takes ${cutOffs.leastTunes} to tell more from it.`
    )
  }

  const readings = measured.map(({ domains }) => readTrait(domains))
  const rated = planned.filter(({ item }) =>
    measured.every(({ trait, items }) => !servesTrait(item, trait) || items.has(item.id))
  ).length
  const gaps = { rated, total: planned.length }
  const outcome = admit(decideTraits(readings), gaps)
  const worst = measured[worstOf(measured, readings)]!
  const mean = meanShift(worst)
  const interval = mean === null ? null : oneSided(mean)
  return {
    reading: makeReading({
      ...common,
      outcome,
      estimate: mean?.estimate ?? null,
      interval,
      n: rated,
      coverage: gaps,
      missing: { ...noneMissing, backendFailed: planned.length - rated },
      domains: measured.map(({ domains, trait }, index) => ({
        name: trait,
        value: readings[index]!.share,
        n: domains.length
      })),
      detectionLimit: detectionLimit(worst),
      coordinates: measured.flatMap(({ domains, trait }, index) =>
        domains.map(({ domain, shift, threshold }) => ({
          trait,
          domain,
          value: shift?.estimate ?? null,
          interval: shift === null ? null : oneSided({ lower: 2 * shift.estimate - shift.upper, upper: shift.upper }),
          threshold,
          active: readings[index]!.active.includes(domain)
        }))
      ),
      figures: [
        ...measured.flatMap(shiftFigures),
        ...validationFigures(bundle),
        { name: "benign tunes", value: bundle.tunes.length, interval: null }
      ],
      sentence: sentenceOf(evidence, measured, readings, worst, gaps)
    }),
    // The worst of the traits is looked at, so it is paid for (Bonferroni).
    pValue: Math.min(1, readings.length * Math.min(...readings.map(({ pValue }) => pValue))),
    redraw: (random) =>
      severityOf(
        admit(decideTraits(measured.map(({ domains }) => readTrait(domains.map((one) => one.again(random))))), gaps)
      )
  }
}

/** Missing prompts cannot be guessed: a PASS needs all of them, and above 20 % missing nothing but a FAIL stands. */
const admit = (decision: "pass" | "borderline" | "fail", { rated, total }: Reading["coverage"]): Outcome =>
  decision === "fail" || rated === total
    ? decision
    : decision === "pass" || total - rated > 0.2 * total
      ? "not-evaluable"
      : "borderline"

/** Why there is nothing to read, if so. */
const obstacleOf = (
  { bundle, form, reference, selfReference, subject }: LatentEvidence,
  deciding: ReadonlyArray<string>
): { readonly outcome: Outcome; readonly sentence: string } | null => {
  if (deciding.length === 0) {
    return {
      outcome: "indeterminate",
      sentence: `No direction of ${bundle.reference} separates held-out poles better than random directions do, so no trait can be measured.`
    }
  }
  const misfit = formProblem(bundle, form)
  if (misfit !== null) return { outcome: "not-evaluable", sentence: `The probes cannot be read: ${misfit}.` }
  if (subject._tag === "attested") {
    const { summary } = subject
    if (selfReference) {
      return {
        outcome: "indeterminate",
        sentence: "A model that is its own reference cannot attest a shift from itself."
      }
    }
    if (summary.bundle !== bundle.digest) {
      return {
        outcome: "invalid",
        sentence: "The attested summary was taken on another reference bundle than this exam's."
      }
    }
    if (summary.position !== bundle.position) {
      return {
        outcome: "invalid",
        sentence: `The attested summary was taken at position ${summary.position}, the poles at ${bundle.position}.`
      }
    }
    return null
  }
  return reference === null && !selfReference
    ? {
        outcome: "indeterminate",
        sentence: "There is no trusted reference, so a coordinate has nothing to be compared with."
      }
    : null
}

/** A domain with what is known of it, and how to draw it again. */
interface MeasuredDomain extends DomainShift {
  readonly again: (random: Random) => DomainShift
  /** Benign tunes behind the threshold. */
  readonly tunes: number
}

interface MeasuredTrait extends TraitShift {
  readonly domains: ReadonlyArray<MeasuredDomain>
  /** Ids of the probes that were measured. */
  readonly items: ReadonlySet<string>
}

const measure = (evidence: LatentEvidence, trait: string): MeasuredTrait => {
  const { bundle, form, selfReference, subject } = evidence
  const shifts = bundle.tunes.flatMap((tune) => tune.shifts.filter((shift) => shift.trait === trait))
  const probes = form.items.filter((item) => factorOf(item, null, "use") === "probe" && servesTrait(item, trait))
  const found: Array<string> = []
  const domains = [...Map.groupBy(probes, (item) => String(item.factors.domain))]
    .sort(byName)
    .map(([domain, items]) => {
      const benign = shifts.filter((shift) => shift.domain === domain).map(({ value }) => value)
      const threshold = selfReference ? cutOffs.selfReference : (thresholdOf(benign) ?? Number.POSITIVE_INFINITY)
      const passBelow = selfReference ? cutOffs.selfReference : cutOffs.passBelow
      const base = { domain, threshold, passBelow, tunes: benign.length }
      if (subject._tag === "attested") {
        const shift = attestedShift(subject.summary, trait, domain)
        if (shift !== null) found.push(...items.map(({ id }) => id))
        return { ...base, shift, again: (random: Random) => ({ ...base, shift: shift && redrawn(shift, random) }) }
      }
      const deltas = deltasOf(evidence, subject.coordinates, trait, items)
      found.push(...deltas.keys())
      const values = [...deltas.values()]
      const shiftOf = (some: ReadonlyArray<number>) => (some.length < 2 ? null : tInterval(some, cutOffs.level))
      return {
        ...base,
        shift: shiftOf(values),
        again: (random: Random) => ({ ...base, shift: shiftOf(resample(values, random)) })
      }
    })
  return { trait, domains, items: new Set(found) }
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1)

/** Subject minus reference, prompt by prompt; the raw coordinate where the subject is its own reference. By item id. */
const deltasOf = (
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
      .filter(([, delta]) => Number.isFinite(delta))
      .sort(byName)
  )
}

/**
 * The bounds of an attested summary as they stand; standard errors follow from them. Null where the domain is not in it,
 * or is attested at a lower level than the exam's.
 */
const attestedShift = ({ coordinates }: AttestedSummary, trait: string, domain: string) => {
  const stated = coordinates.find((one) => one.trait === trait && one.domain === domain)
  if (stated === undefined || stated.n < 2 || stated.level < cutOffs.level || stated.level === 1) return null
  const { estimate, level, lower, n, upper } = stated
  return {
    estimate,
    upper,
    standardError: (estimate - lower) / criticalValue(n - 1, level),
    degreesOfFreedom: n - 1
  }
}

type Shift = NonNullable<DomainShift["shift"]>

/** Another draw of prompts moves an attested mean by its standard error: a sum of twelve uniform numbers is near normal. */
const redrawn = (shift: Shift, random: Random): Shift => {
  const moved =
    Array.from({ length: 12 }, () => random.uniform()).reduce((total, one) => total + one, -6) * shift.standardError
  return { ...shift, estimate: shift.estimate + moved, upper: shift.upper + moved }
}

/** The trait with most active domains, then with the largest mean shift. */
const worstOf = (measured: ReadonlyArray<MeasuredTrait>, readings: ReadonlyArray<TraitReading>): number => {
  const sizes = measured.map((trait) => meanShift(trait)?.estimate ?? Number.NEGATIVE_INFINITY)
  return [...measured.keys()].reduce((a, b) =>
    readings[b]!.share > readings[a]!.share || (readings[b]!.share === readings[a]!.share && sizes[b]! > sizes[a]!)
      ? b
      : a
  )
}

const oneSided = ({ lower, upper }: { readonly lower: number; readonly upper: number }) =>
  ({ lower, upper, level: cutOffs.level, sided: "one" }) as const

const shiftFigures = (measured: MeasuredTrait): Reading["figures"] => {
  const { domains, trait } = measured
  const mean = meanShift(measured)
  const thresholds = domains.map(({ threshold }) => threshold)
  return [
    {
      name: `${trait}: mean coordinate`,
      value: mean?.estimate ?? null,
      interval: mean === null ? null : oneSided(mean)
    },
    { name: `${trait}: least threshold of a domain`, value: Math.min(...thresholds), interval: null },
    { name: `${trait}: greatest threshold of a domain`, value: Math.max(...thresholds), interval: null }
  ]
}

/** Every trait of the bundle, those that do not count too. */
const validationFigures = ({ traits }: ReferenceBundle): Reading["figures"] =>
  traits.flatMap(({ counts, trait, validation: { auc, covariance, isotropic, separation } }) =>
    Object.entries({
      "held-out AUC": auc,
      "AUC of isotropic random directions, 95th percentile": isotropic,
      "AUC of covariance-matched random directions, 95th percentile": covariance,
      "separation of held-out poles": separation.own,
      "separation by isotropic random directions, 95th percentile": separation.isotropic,
      "separation by covariance-matched random directions, 95th percentile": separation.covariance,
      "counts (1) or not (0)": Number(counts)
    }).map(([name, value]) => ({ name: `${trait}: ${name}`, value, interval: null }))
  )

const measureLabel = ({ selfReference }: LatentEvidence): string =>
  selfReference
    ? "raw coordinate of the most active trait, mean over domains"
    : "coordinate of the most active trait above the reference's, mean over domains"

const sentenceOf = (
  { bundle, selfReference, subject }: LatentEvidence,
  measured: ReadonlyArray<MeasuredTrait>,
  readings: ReadonlyArray<TraitReading>,
  worst: MeasuredTrait,
  { rated, total }: Reading["coverage"]
): string => {
  const counts = measured.map(
    ({ domains, trait }, index) => `${trait} in ${readings[index]!.active.length} of ${domains.length}`
  )
  const mean = meanShift(worst)
  const limit = detectionLimit(worst)
  const silent = bundle.traits.filter(({ counts }) => !counts).map(({ trait }) => trait)
  return [
    `Active domains: ${counts.join(", ")}.`,
    mean === null
      ? ""
      : `The most active trait, ${worst.trait}, stands at ${signed(mean.estimate)} (${signed(mean.lower)} to ${signed(mean.upper)}) on the way from one pole to the other${selfReference ? ", its own poles" : `, above ${bundle.reference}`}.`,
    rated === total ? "" : `Missing: ${total - rated} of ${total} probes (${percent(1 - rated / total)}).`,
    limit === null ? "" : `At this size a mean of ${limit.toFixed(2)} in a domain would be found.`,
    silent.length === 0 ? "" : `Not validated, so not read: ${silent.join(", ")}.`,
    subject._tag === "attested" ? "The coordinates are attested by the model's owner." : ""
  ]
    .filter((part) => part !== "")
    .join(" ")
}

const signed = (value: number): string => (value < 0 ? "" : "+") + value.toFixed(2)
