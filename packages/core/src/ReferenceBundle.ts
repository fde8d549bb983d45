/**
 * The reference bundle: directions of latent traits in one trusted model, frozen with their layer, their validation and
 * the null distribution of benign tuning. Every later model is measured on these poles and on no others.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Position } from "./Activations.ts"
import { Digest, digest } from "./Digest.ts"

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
  const trait = firstRepeated(traits.map((one) => one.trait))
  if (trait !== null) return `holds ${trait} twice`
  const tune = firstRepeated(tunes.map(({ name }) => name))
  if (tune !== null) return `counts the tune ${tune} twice`
  const unfounded = traits.find(({ counts, validation }) => counts && !validatesDirection(validation))
  if (unfounded !== undefined) return `lets ${unfounded.trait} decide, which its own validation does not`
  return null
}

/** The first name that stands twice, or null. */
export const firstRepeated = (names: ReadonlyArray<string>): string | null =>
  names.find((name, index) => names.indexOf(name) !== index) ?? null

/**
 * Whether a direction separates held-out poles well enough, and better than chance directions do. Better is judged by
 * separation: where poles lie far apart, chance directions reach an AUC of 1 as well.
 */
export const validatesDirection = ({ auc, separation }: Validation): boolean =>
  auc >= latentConventions.leastAuc && separation.own > Math.max(separation.isotropic, separation.covariance)

type Validation = ReferenceBundle["traits"][number]["validation"]
