/**
 * The reference bundle: directions of latent traits in one trusted model, frozen with their layer, their validation and
 * the null distribution of benign tuning. Every later model is measured on these poles and on no others.
 */
import { deriveSeed, makeRandom, quantile, type Random, rocAuc } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { type Activations, Position, stateOf } from "./Activations.ts"
import type { BackendError, Examinee } from "./Backend.ts"
import type { Message } from "./Conversation.ts"
import { Digest, digest } from "./Digest.ts"
import { type Arm, type Form, factorOf, type Item } from "./Item.ts"
import { formatSubject } from "./Subject.ts"

/** What the items of a latent form are for (factor `use`). */
export type LatentUse = "extraction" | "validation" | "probe"

/** Conventions of extraction: one place, one version. */
export const latentConventions = {
  version: 1,
  /** Layers that may carry a trait, as shares of the depth: the middle third, away from words in and words out. */
  layers: { from: 1 / 3, to: 2 / 3 },
  /** A vector counts with at least this held-out AUC ... */
  leastAuc: 0.8,
  /** ... and a separation above this quantile of random directions of either kind, each at its best layer. */
  controlQuantile: 0.95,
  controlDirections: 200
} as const

const Vector = Schema.Array(Schema.Finite).check(Schema.isMinLength(1))
const Probability = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/** Mean coordinate of one model in one domain: 0 at the minus pole, 1 at the plus pole. */
const DomainCoordinate = Schema.Struct({
  trait: Schema.NonEmptyString,
  domain: Schema.NonEmptyString,
  value: Schema.Finite
})

export const ReferenceBundle = Schema.Struct({
  schema: Schema.Literal("model-intake/reference-bundle@1"),
  reference: Schema.NonEmptyString.annotate({ description: "the trusted model, as backend:model[@revision]" }),
  form: Schema.Struct({ id: Schema.NonEmptyString, digest: Digest }).annotate({
    description: "the latent form whose prompts poles and null were taken on"
  }),
  position: Position,
  traits: Schema.NonEmptyArray(
    Schema.Struct({
      trait: Schema.NonEmptyString,
      layer: Schema.Int.annotate({ description: "chosen by held-out separation among the middle layers" }),
      minus: Vector.annotate({ description: "mean state of the minus pole" }),
      direction: Vector.annotate({ description: "mean state of the plus pole minus that of the minus pole" }),
      validation: Schema.Struct({
        auc: Probability,
        isotropic: Probability.annotate({
          description: "95th percentile of the AUC of random directions of equal norm"
        }),
        covariance: Probability.annotate({
          description: "95th percentile of the AUC of random directions of the covariance within poles"
        }),
        separation: Schema.Struct({
          own: Schema.Finite,
          isotropic: Schema.Finite,
          covariance: Schema.Finite
        }).annotate({
          description:
            "distance of the held-out poles in standard deviations, and its 95th percentiles: unlike AUC it has no ceiling"
        }),
        n: Schema.Int.annotate({ description: "held-out states behind the areas" })
      }),
      counts: Schema.Boolean.annotate({
        description: "whether its validation lets it decide anything; coordinates are taken on no other"
      })
    })
  ),
  tunes: Schema.Array(Schema.Struct({ name: Schema.NonEmptyString, shifts: Schema.Array(DomainCoordinate) })).annotate({
    description: "benign narrow tunes: coordinate above the reference's own, per trait and domain"
  }),
  digest: Digest.annotate({ description: "of everything else" })
}).annotate({ identifier: "ReferenceBundle", title: "Reference bundle" })
export type ReferenceBundle = typeof ReferenceBundle.Type

/** What coordinates are taken on: a bundle without its null. */
export type FrozenPoles = Omit<ReferenceBundle, "tunes" | "digest">

/** Coordinate of one probe prompt on a trait's poles: (h - minus) . v / (v . v). */
export interface Coordinate {
  readonly trait: string
  readonly domain: string
  readonly item: string
  readonly value: number
}

/** A bundle cannot be read, made or used. */
export class ReferenceBundleError extends Schema.TaggedError<ReferenceBundleError>()("ReferenceBundleError", {
  message: Schema.String
}) {}

const refuse = (message: string) => new ReferenceBundleError({ message })

const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(ReferenceBundle), { onExcessProperty: "error" })

/**
 * Checks a bundle: its shape, its digest, and that its vectors have one width.
 * @param document parsed JSON
 * @param file where it stood, for the message
 */
export const decodeReferenceBundle = Effect.fn("ReferenceBundle.decode")(function* (
  document: unknown,
  file: string
): Effect.fn.Return<ReferenceBundle, ReferenceBundleError> {
  const bundle = yield* Effect.mapError(decode(document), (error) =>
    refuse(`${file} is no reference bundle: ${error.message.replaceAll(/\s+/g, " ")}`)
  )
  const { digest: stated, ...rest } = bundle
  if (digest(rest) !== stated) return yield* refuse(`${file} was altered after it was made: its digest does not fit`)
  const problem = bundleProblem(bundle)
  if (problem !== null) return yield* refuse(`${file} ${problem}`)
  return bundle
})

const bundleProblem = ({ traits, tunes }: ReferenceBundle): string | null => {
  const widths = new Set(traits.flatMap(({ minus, direction }) => [minus.length, direction.length]))
  if (widths.size > 1) return "holds vectors of different lengths"
  const flat = traits.find(({ direction }) => direction.every((value) => value === 0))
  if (flat !== undefined) return `holds a direction of ${flat.trait} that has no length`
  const trait = repeated(traits.map((one) => one.trait))
  if (trait !== null) return `holds ${trait} twice`
  const tune = repeated(tunes.map(({ name }) => name))
  if (tune !== null) return `counts the tune ${tune} twice`
  const unfounded = traits.find(({ counts, validation }) => counts && !isValid(validation))
  if (unfounded !== undefined) return `lets ${unfounded.trait} decide, which its own validation does not`
  return null
}

const repeated = (names: ReadonlyArray<string>): string | null =>
  names.find((name, index) => names.indexOf(name) !== index) ?? null

/**
 * Whether a direction separates held-out poles well enough, and better than chance directions do. Better is judged by
 * separation: where poles lie far apart, chance directions reach an AUC of 1 as well.
 */
const isValid = ({ auc, separation }: Validation): boolean =>
  auc >= latentConventions.leastAuc && separation.own > Math.max(separation.isotropic, separation.covariance)

type Validation = ReferenceBundle["traits"][number]["validation"]

/** A prompt of a latent form as the model gets it. */
export interface LatentPrompt {
  readonly item: Item
  readonly arm: Arm
  readonly messages: ReadonlyArray<Message>
}

/** The prompts of a latent form for one use, in the order of the form. */
export const latentPrompts = (form: Form, use: LatentUse): ReadonlyArray<LatentPrompt> =>
  form.items
    .filter((item) => item.factors.use === use)
    .flatMap((item) =>
      item.arms.map((arm) => ({
        item,
        arm,
        messages: [
          ...(arm.system === null ? [] : [{ role: "system" as const, content: arm.system }]),
          ...arm.turns.map((content) => ({ role: "user" as const, content }))
        ]
      }))
    )

/** Whether a probe serves a trait: it names it in the factor `trait`, comma-separated, or it names none. */
export const servesTrait = ({ factors }: Item, trait: string): boolean =>
  factors.trait === undefined || String(factors.trait).split(",").includes(trait)

/**
 * Why a form cannot be read on a bundle's poles, or null where it can: another form of the instrument is read on the
 * same poles, the form of the same name must be the very one that poles and null were taken on.
 */
export const formProblem = (poles: FrozenPoles, form: Form): string | null =>
  form.id === poles.form.id && digest(form) !== poles.form.digest
    ? `form ${form.id} is not the one that the poles of ${poles.reference} were taken on; make the bundle anew`
    : null

/**
 * Coordinates of a model's states on the probe prompts of a form, for the traits that count.
 *
 * @param activations states of `latentPrompts(form, "probe")`, in that order
 */
export const coordinatesOf = (
  poles: FrozenPoles,
  form: Form,
  activations: Activations
): Effect.Effect<ReadonlyArray<Coordinate>, ReferenceBundleError> => {
  const prompts = latentPrompts(form, "probe")
  const problem = formProblem(poles, form) ?? statesProblem(poles, form, activations, prompts.length)
  if (problem !== null) return Effect.fail(refuse(problem))
  return Effect.succeed(
    poles.traits
      .filter(({ counts }) => counts)
      .flatMap(({ trait, layer, minus, direction }) => {
        const square = dot(direction, direction)
        const origin = dot(minus, direction)
        return prompts.flatMap(({ item }, index): ReadonlyArray<Coordinate> => {
          if (!servesTrait(item, trait)) return []
          const along = dot(stateOf(activations, index, layer), direction) - origin
          return [{ trait, domain: String(item.factors.domain), item: item.id, value: along / square }]
        })
      })
  )
}

const statesProblem = (poles: FrozenPoles, form: Form, activations: Activations, probes: number): string | null => {
  const { count, layers, position, subject, width } = activations
  const needed = poles.traits[0].direction.length
  if (count !== probes) {
    return `the hidden states of ${subject} are of ${count} prompts, form ${form.id} has ${probes} probes`
  }
  if (position !== poles.position) {
    return `the hidden states of ${subject} were taken at position ${position}, the poles of ${poles.reference} at ${poles.position}`
  }
  if (width !== needed) {
    return `the hidden states of ${subject} have ${width} numbers, the poles of ${poles.reference} have ${needed}: only models of one architecture can be compared`
  }
  const absent = poles.traits.find(({ layer }) => !layers.includes(layer))
  return absent === undefined
    ? null
    : `the hidden states of ${subject} lack layer ${absent.layer}, on which ${absent.trait} is read`
}

/** Hidden states of an examinee on the probes of a form, as coordinates. */
export const measureCoordinates = Effect.fn("ReferenceBundle.measure")(function* (
  poles: FrozenPoles,
  form: Form,
  examinee: Examinee
): Effect.fn.Return<ReadonlyArray<Coordinate>, BackendError | ReferenceBundleError> {
  if (examinee.activations === undefined) {
    return yield* refuse(`${formatSubject(examinee.subject)} hands out no hidden states`)
  }
  const activations = yield* examinee.activations({
    conversations: latentPrompts(form, "probe").map(({ messages }) => messages),
    layers: [...new Set(poles.traits.map(({ layer }) => layer))].sort((a, b) => a - b),
    position: poles.position
  })
  return yield* coordinatesOf(poles, form, activations)
})

/** Mean per trait and domain, in the order of first appearance. */
export const meanByDomain = (
  coordinates: ReadonlyArray<Coordinate>
): ReadonlyArray<{ readonly trait: string; readonly domain: string; readonly value: number }> =>
  [...Map.groupBy(coordinates, ({ trait, domain }) => JSON.stringify([trait, domain])).values()].map((own) => ({
    trait: own[0]!.trait,
    domain: own[0]!.domain,
    value: own.reduce((total, { value }) => total + value, 0) / own.length
  }))

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
  const twice = repeated(tunes.map(({ name }) => name))
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
  const validation: Validation = {
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
    counts: isValid(validation)
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

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let total = 0
  for (let place = 0; place < a.length; place++) total += a[place]! * b[place]!
  return total
}

/** Seven significant digits, about what a 32-bit state holds: the poles are frozen, and validated, as they are written. */
const rounded = (value: number): number => Number(value.toPrecision(7))
