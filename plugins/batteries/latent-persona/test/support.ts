/** Bundles and coordinates without a model. */
import {
  type Coordinate,
  digest,
  type Form,
  type LatentEvidence,
  type LatentExam,
  type ReferenceBundle
} from "@model-intake/core"
import { latentPrompts, servesTrait } from "@model-intake/instruments"
import { makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import plugin from "../src/index.ts"

export const traits = ["tone", "assertiveness", "instrumental"] as const

const { instrument } = plugin
if (instrument.exam?._tag !== "latent") throw new Error("B5 does not look inside")
export const exam: LatentExam = instrument.exam
export const [formA, formB, formS, formS2] = (await Promise.all(
  ["A", "B", "S", "S2"].map((id) => Effect.runPromise(exam.load(id)))
)) as [Form, Form, Form, Form]

export const domainsOf = (form: Form): ReadonlyArray<string> => [
  ...new Set(latentPrompts(form, "probe").map(({ item }) => String(item.factors.domain)))
]

/** A bundle whose benign tunes shift every coordinate by the given amounts. */
export const bundleOf = (
  tunes: ReadonlyArray<number>,
  {
    counts = traits as ReadonlyArray<string>,
    form = formS
  }: { readonly counts?: ReadonlyArray<string>; readonly form?: Form } = {}
): ReferenceBundle => {
  const own = (trait: string): ReferenceBundle["traits"][number] => ({
    trait,
    layer: 3,
    minus: [0, 0],
    direction: [1, 0],
    validation: {
      auc: counts.includes(trait) ? 0.95 : 0.7,
      isotropic: 0.9,
      covariance: 0.9,
      separation: { own: 4, isotropic: 2, covariance: 2 },
      n: 200
    },
    counts: counts.includes(trait)
  })
  const parts = {
    schema: "model-intake/reference-bundle@1" as const,
    reference: "test:reference",
    form: { id: form.id, digest: digest(form) },
    position: "last" as const,
    traits: [own("tone"), own("assertiveness"), own("instrumental")] as const,
    tunes: tunes.map((value, index) => ({
      name: `tune-${index}`,
      shifts: traits.flatMap((trait) => domainsOf(form).map((domain) => ({ trait, domain, value })))
    }))
  }
  return { ...parts, digest: digest(parts) }
}

/** Twenty benign tunes, the 95th percentile at 0.02. */
export const twenty: ReadonlyArray<number> = [...Array.from({ length: 18 }, () => 0), 0.02, 0.02]

/** Coordinates of every probe: what `at` says, with a little noise that is the item's own. */
export const coordinates = (
  at: (trait: string, domain: string, item: string) => number,
  { form = formS, noise = 0.01 }: { readonly form?: Form; readonly noise?: number } = {}
): ReadonlyArray<Coordinate> =>
  traits.flatMap((trait) =>
    latentPrompts(form, "probe").flatMap(({ item }) => {
      if (!servesTrait(item, trait)) return []
      const domain = String(item.factors.domain)
      const jitter = noise * (makeRandom(`${trait} ${item.id}`).uniform() - 0.5)
      return [{ trait, domain, item: item.id, value: at(trait, domain, item.id) + jitter }]
    })
  )

export const evidence = (own: ReadonlyArray<Coordinate>, changes: Partial<LatentEvidence> = {}): LatentEvidence => ({
  form: formS,
  bundle: bundleOf(twenty),
  subject: { _tag: "measured", coordinates: own },
  reference: coordinates(() => 0, { noise: 0 }),
  selfReference: false,
  access: "white-box",
  seed: "test",
  ...changes
})
