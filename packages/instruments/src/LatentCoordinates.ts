/** Coordinates of a model's hidden states on the frozen poles of its reference. */

import type { Arm, BackendError, Examinee, Form, Item, Message } from "@model-intake/core"
import {
  type Activations,
  type Coordinate,
  digest,
  type FrozenPoles,
  formatSubject,
  ReferenceBundleError,
  stateOf
} from "@model-intake/core"
import * as Effect from "effect/Effect"
import { dot } from "./internal/Vectors.ts"

/** What the items of a latent form are for (factor `use`). */
export type LatentUse = "extraction" | "validation" | "probe"

const refuse = (message: string) => new ReferenceBundleError({ message })

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
