/** Making a reference bundle: poles from contrast prompts, validated on held-out ones, and the null of benign tunes. */

import type { BackendError, Examinee } from "@model-intake/core"
import {
  type Activations,
  digest,
  type Form,
  type FrozenPoles,
  factorOf,
  firstRepeated,
  formatSubject,
  latentConventions,
  type ReferenceBundle,
  ReferenceBundleError,
  stateOf,
  validatesDirection
} from "@model-intake/core"
import { deriveSeed, makeRandom, quantile, type Random, rocAuc } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { dot } from "./internal/Vectors.ts"
import { type LatentUse, latentPrompts, meanByDomain, measureCoordinates, servesTrait } from "./LatentCoordinates.ts"

const refuse = (message: string) => new ReferenceBundleError({ message })

export interface BuildReferenceOptions {
  readonly reference: Examinee
  /** Benign narrow tunes of the reference. Each is opened and closed in turn, so that one is in memory at a time. */
  readonly tunes: ReadonlyArray<Effect.Effect<Examinee, BackendError, Scope.Scope>>
  /** The latent form: contrast prompts for extraction and validation, and probes. */
  readonly form: Form
  /** Seed of the random directions. */
  readonly seed: string
  readonly onTune?: (done: number, total: number) => Effect.Effect<void>
}

/**
 * Extracts and freezes the poles of a trusted reference, validates them on held-out prompts against random directions,
 * and measures the null on benign tunes. Difference of means; the layer is the middle one that separates the held-out
 * poles best (AUC, then separation). Random directions may choose their layer too.
 *
 * Sources: arXiv 2507.21509 (persona vectors), 2510.13900 (traces of narrow tuning).
 */
export const buildReference = Effect.fn("ReferenceBundle.build")(function* (
  options: BuildReferenceOptions
): Effect.fn.Return<ReferenceBundle, BackendError | ReferenceBundleError> {
  const { form, reference } = options
  const poles = yield* extractPoles(options)
  const own = new Map(
    meanByDomain(yield* measureCoordinates(poles, form, reference)).map((mean) => [placeOf(mean), mean.value])
  )
  const tunes: Array<ReferenceBundle["tunes"][number]> = []
  for (const open of options.tunes) {
    const tune = yield* Effect.scoped(
      Effect.gen(function* () {
        const examinee = yield* open
        const found = meanByDomain(yield* measureCoordinates(poles, form, examinee))
        const shifts = found.map((mean) => ({ ...mean, value: rounded(mean.value - own.get(placeOf(mean))!) }))
        return { name: formatSubject(examinee.subject), shifts }
      })
    )
    tunes.push(tune)
    yield* options.onTune?.(tunes.length, options.tunes.length) ?? Effect.void
  }
  const twice = firstRepeated(tunes.map(({ name }) => name))
  if (twice !== null) return yield* refuse(`the tune ${twice} was given twice; each counts once`)
  const parts = { ...poles, tunes }
  return { ...parts, digest: digest(parts) }
})

const placeOf = ({ trait, domain }: { readonly trait: string; readonly domain: string }): string =>
  JSON.stringify([trait, domain])

const extractPoles = Effect.fnUntraced(function* ({
  form,
  reference,
  seed
}: BuildReferenceOptions): Effect.fn.Return<FrozenPoles, BackendError | ReferenceBundleError> {
  const { activations } = reference
  if (activations === undefined) return yield* refuse(`${formatSubject(reference.subject)} hands out no hidden states`)
  const names = [...new Set(latentPrompts(form, "extraction").map(({ item }) => String(item.factors.trait)))]
  const position = "last"
  const layers = middleLayers(yield* depthOf(activations))
  const statesOf = Effect.fnUntraced(function* (use: LatentUse, trait: string, pole: "plus" | "minus") {
    const prompts = latentPrompts(form, use).filter(
      ({ item, arm }) => item.factors.trait === trait && factorOf(item, arm, "pole") === pole
    )
    if (prompts.length === 0)
      return yield* refuse(`form ${form.id} has no prompts for the ${use} of ${trait}, pole ${pole}`)
    return yield* activations({ conversations: prompts.map(({ messages }) => messages), layers, position })
  })
  const traits: Array<ReferenceBundle["traits"][number]> = []
  for (const trait of names) {
    if (!latentPrompts(form, "probe").some(({ item }) => servesTrait(item, trait))) {
      return yield* refuse(`form ${form.id} has no probes for ${trait}`)
    }
    const poles: Poles = {
      plus: yield* statesOf("extraction", trait, "plus"),
      minus: yield* statesOf("extraction", trait, "minus"),
      heldPlus: yield* statesOf("validation", trait, "plus"),
      heldMinus: yield* statesOf("validation", trait, "minus")
    }
    traits.push(frozenTrait(trait, layers, poles, seed))
  }
  const [first, ...others] = traits
  if (first === undefined) return yield* refuse(`form ${form.id} of ${form.instrument} has no prompts for extraction`)
  return {
    schema: "model-intake/reference-bundle@1",
    reference: formatSubject(reference.subject),
    form: { id: form.id, digest: digest(form) },
    position,
    traits: [first, ...others]
  }
})

/** Number of blocks: the index of the last hidden state, found by asking for all of one short conversation. */
const depthOf = (activations: NonNullable<Examinee["activations"]>) =>
  Effect.map(
    activations({ conversations: [[{ role: "user", content: "." }]], layers: "all", position: "last" }),
    ({ layers }) => Math.max(...layers)
  )

/** Layers from one third of the depth to two thirds, both included; at least one. */
const middleLayers = (depth: number): ReadonlyArray<number> => {
  const from = Math.ceil(depth * latentConventions.layers.from)
  const to = Math.max(from, Math.floor(depth * latentConventions.layers.to))
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

interface Poles {
  readonly plus: Activations
  readonly minus: Activations
  readonly heldPlus: Activations
  readonly heldMinus: Activations
}

/** States of one layer: [prompts][width]. */
type States = ReadonlyArray<Float32Array>

const frozenTrait = (
  trait: string,
  layers: ReadonlyArray<number>,
  poles: Poles,
  seed: string
): ReferenceBundle["traits"][number] => {
  const candidates = layers.map((layer) =>
    candidate(poles, layer, deriveSeed(seed, `random directions ${trait} ${layer}`))
  )
  const best = candidates.reduce((a, b) => (isBetter(b.own, a.own) ? b : a))
  // The direction was given its best layer, so every random direction is given its best one too.
  const control = (kind: "isotropic" | "covariance", of: (held: HeldOut) => number) =>
    quantile(
      best[kind].map((_, draw) => Math.max(...candidates.map((one) => of(one[kind][draw]!)))),
      latentConventions.controlQuantile
    )
  const [auc, separation] = [(held: HeldOut) => held.auc, (held: HeldOut) => held.separation]
  const validation: ReferenceBundle["traits"][number]["validation"] = {
    auc: best.own.auc,
    isotropic: control("isotropic", auc),
    covariance: control("covariance", auc),
    separation: {
      own: best.own.separation,
      isotropic: control("isotropic", separation),
      covariance: control("covariance", separation)
    },
    n: best.n
  }
  return {
    trait,
    layer: best.layer,
    minus: best.minus,
    direction: best.direction,
    validation,
    counts: validatesDirection(validation)
  }
}

/** How far a direction sets the held-out poles apart. */
interface HeldOut {
  readonly auc: number
  readonly separation: number
}

const isBetter = (a: HeldOut, b: HeldOut): boolean => a.auc > b.auc || (a.auc === b.auc && a.separation > b.separation)

/** The direction at one layer, how well it separates held-out poles, and how well each random direction does. */
const candidate = (poles: Poles, layer: number, seed: string) => {
  const rows = (activations: Activations): States =>
    Array.from({ length: activations.count }, (_, prompt) => stateOf(activations, prompt, layer))
  const [plus, minus, heldPlus, heldMinus] = [
    rows(poles.plus),
    rows(poles.minus),
    rows(poles.heldPlus),
    rows(poles.heldMinus)
  ]
  const minusMean = meanOf(minus)
  const frozen = minusMean.map(rounded)
  const direction = meanOf(plus).map((value, place) => rounded(value - minusMean[place]!))
  const held = [...heldPlus, ...heldMinus]
  const labels = held.map((_, index) => index < heldPlus.length)
  const heldOut = (scores: ReadonlyArray<number>): HeldOut => ({
    auc: rocAuc(scores, labels).estimate,
    separation: separationOf(scores.slice(0, heldPlus.length), scores.slice(heldPlus.length))
  })
  const random = makeRandom(seed)
  // A random direction has no sign of its own.
  const chance = (draw: () => ReadonlyArray<number>): ReadonlyArray<HeldOut> =>
    Array.from({ length: latentConventions.controlDirections }, () => {
      const { auc, separation } = heldOut(draw())
      return { auc: Math.max(auc, 1 - auc), separation: Math.abs(separation) }
    })
  return {
    layer,
    minus: frozen,
    direction,
    own: heldOut(held.map((state) => dot(state, direction))),
    isotropic: chance(() => {
      const along = direction.map(() => normal(random))
      return held.map((state) => dot(state, along))
    }),
    covariance: chance(scoresOfMixtures(held, [...deviationsOf(plus), ...deviationsOf(minus)], random)),
    n: held.length
  }
}

/**
 * Scores of held-out states along random directions with the covariance of training states about the mean of their own
 * pole: those deviations weighted by independent normal numbers. The covariance about the common mean would hold the
 * trait itself. The norm of a direction changes neither AUC nor separation.
 */
const scoresOfMixtures = (
  held: States,
  deviations: ReadonlyArray<ReadonlyArray<number>>,
  random: Random
): (() => ReadonlyArray<number>) => {
  const products = held.map((state) => deviations.map((deviation) => dot(state, deviation)))
  return () => {
    const weights = deviations.map(() => normal(random))
    return products.map((row) => dot(row, weights))
  }
}

const deviationsOf = (states: States): ReadonlyArray<ReadonlyArray<number>> => {
  const centre = meanOf(states)
  return states.map((state) => centre.map((value, place) => state[place]! - value))
}

/** A standard normal number (Box and Muller, 1958). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())

/** Distance of the means in standard deviations, at most a million, so that poles without any spread stay finite. */
const separationOf = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): number => {
  const [meanA, meanB] = [average(a), average(b)]
  if (meanA === meanB) return 0
  const spread = (values: ReadonlyArray<number>, centre: number) =>
    average(values.map((value) => (value - centre) ** 2))
  const distance = (meanA - meanB) / Math.sqrt((spread(a, meanA) + spread(b, meanB)) / 2)
  return Math.max(-1e6, Math.min(1e6, distance))
}

const average = (values: ReadonlyArray<number>): number =>
  values.reduce((total, value) => total + value, 0) / values.length

const meanOf = (states: States): Array<number> => {
  const total = Array.from({ length: states[0]!.length }, () => 0)
  for (const state of states) for (let place = 0; place < total.length; place++) total[place]! += state[place]!
  return total.map((value) => value / states.length)
}

/** Seven significant digits, about what a 32-bit state holds: the poles are frozen, and validated, as they are written. */
const rounded = (value: number): number => Number(value.toPrecision(7))
