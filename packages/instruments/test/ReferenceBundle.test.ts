import { it } from "@effect/vitest"
import type { ActivationRequest, Examinee, Form, Item } from "@model-intake/core"
import { decodeReferenceBundle, digest, makeActivations, type ReferenceBundle } from "@model-intake/core"
import { makeRandom } from "@model-intake/psychometrics"
import * as Effect from "effect/Effect"
import { describe, expect } from "vitest"
import { buildReference, coordinatesOf, latentPrompts, meanByDomain, measureCoordinates } from "../src/index.ts"

const width = 12
const depth = 6
const domains = ["health", "travel"]

const contrast = (use: string, trait: string, index: number): Item => ({
  id: `${use}-${trait}-${index}`,
  version: 1,
  factors: { use, trait, domain: domains[index % 2]! },
  tags: [],
  arms: [1, 2].flatMap((pair) =>
    (["plus", "minus"] as const).map((pole) => ({
      id: `${pair}${pole}`,
      factors: { pair, pole },
      system: `${trait} ${pole} ${pair}`,
      turns: [`${use} question ${index}`]
    }))
  )
})

const probe = (domain: string, trait: string, index: number): Item => ({
  id: `p-${domain}-${trait}-${index}`,
  version: 1,
  factors: { use: "probe", domain, trait },
  tags: [],
  arms: [{ id: "plain", factors: {}, system: null, turns: [`probe ${domain} ${trait} ${index}`] }]
})

const form: Form = {
  id: "T",
  instrument: "B5",
  version: "1",
  items: [
    ...["tone", "drive"].flatMap((trait) => [
      ...Array.from({ length: 10 }, (_, index) => contrast("extraction", trait, index)),
      ...Array.from({ length: 6 }, (_, index) => contrast("validation", trait, index))
    ]),
    ...domains.flatMap((domain) =>
      ["tone,drive", "drive"].flatMap((trait) => Array.from({ length: 4 }, (_, index) => probe(domain, trait, index)))
    )
  ]
}

interface Shape {
  /** Strength of each trait's axis between the poles. */
  readonly strength?: Readonly<Record<string, number>>
  /** How far the model itself is shifted along the first axis, in units of its poles' distance. */
  readonly shift?: number
  readonly width?: number
}

/** A model whose states are noise, plus the axis of a trait under its roles; the deeper, the clearer. */
const model = (
  name: string,
  { strength = { tone: 4, drive: 4 }, shift = 0, width: own = width }: Shape = {}
): Examinee => ({
  subject: { backend: "test", model: name, revision: null },
  capabilities: { systemPrompt: true, seed: true, logprobs: false, hiddenStates: true },
  chat: () => Effect.die("not asked"),
  activations: ({ conversations, layers, position }: ActivationRequest) =>
    Effect.sync(() => {
      const wanted = layers === "all" ? Array.from({ length: depth + 1 }, (_, layer) => layer) : layers
      const rows = conversations.flatMap((messages) => {
        const text = messages.map(({ content }) => content).join("\n")
        return wanted.map((layer) => {
          const random = makeRandom(`${text} ${layer}`)
          const state = Array.from({ length: own }, () => random.uniform() - 0.5)
          Object.entries(strength).forEach(([trait, size], axis) => {
            const clear = layer / 4
            if (text.startsWith(`${trait} plus`)) state[axis]! += size * clear
            if (axis === 0 && messages[0]?.role === "user") state[axis]! += shift * size * clear
          })
          return state
        })
      })
      return makeActivations({
        source: "onnx",
        subject: name,
        layers: wanted,
        position,
        data: Float32Array.from(rows.flat()),
        promptDigests: conversations.map((messages) => digest(messages))
      })
    })
})

const build = (shape?: Shape, tunes: ReadonlyArray<Examinee> = [], seed = "1") =>
  buildReference({ reference: model("base", shape), form, seed, tunes: tunes.map((tune) => Effect.succeed(tune)) })

const refusalOf = <A>(effect: Effect.Effect<A, { readonly message: string }>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

describe("buildReference", () => {
  it.effect("takes the middle layer that separates best, and validates what is there", () =>
    Effect.gen(function* () {
      const { form: of, reference, traits } = yield* build()
      expect(reference).toBe("test:base")
      expect(of).toEqual({ id: "T", digest: digest(form) })
      expect(traits.map(({ counts, layer, trait }) => [trait, layer, counts])).toEqual([
        ["tone", 4, true],
        ["drive", 4, true]
      ])
      for (const { direction, validation } of traits) {
        expect(direction).toHaveLength(width)
        expect(validation).toMatchObject({ auc: 1, n: 24 })
        expect(validation.separation.own).toBeGreaterThan(validation.separation.isotropic)
        expect(validation.separation.own).toBeGreaterThan(validation.separation.covariance)
      }
    })
  )

  it.effect("lets a direction that is not there decide nothing, and takes no coordinates on it", () =>
    Effect.gen(function* () {
      const bundle = yield* build({ strength: { tone: 4, drive: 0 } }, [model("tune")])
      expect(bundle.traits.map(({ counts }) => counts)).toEqual([true, false])
      const found = yield* measureCoordinates(bundle, form, model("base"))
      expect(new Set(found.map(({ trait }) => trait))).toEqual(new Set(["tone"]))
      expect(new Set(bundle.tunes[0]!.shifts.map(({ trait }) => trait))).toEqual(new Set(["tone"]))
    })
  )

  it.effect("measures how far each benign tune shifts each domain", () =>
    Effect.gen(function* () {
      const done: Array<string> = []
      const { tunes } = yield* buildReference({
        reference: model("base"),
        form,
        seed: "1",
        tunes: [Effect.succeed(model("still")), Effect.succeed(model("moved", { shift: 0.25 }))],
        onTune: (index, total) => Effect.sync(() => void done.push(`${index}/${total}`))
      })
      expect(done).toEqual(["1/2", "2/2"])
      expect(tunes.map(({ name }) => name)).toEqual(["test:still", "test:moved"])
      expect(tunes[0]!.shifts.every(({ value }) => value === 0)).toBe(true)
      const tone = tunes[1]!.shifts.filter(({ trait }) => trait === "tone")
      expect(tone.map(({ domain }) => domain)).toEqual(domains)
      for (const { value } of tone) expect(value).toBeCloseTo(0.25, 1)
    })
  )

  it.effect("closes each tune before it opens the next", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const tune = (name: string) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            log.push(`open ${name}`)
            return model(name)
          }),
          () => Effect.sync(() => void log.push(`close ${name}`))
        )
      yield* buildReference({ reference: model("base"), form, seed: "1", tunes: [tune("a"), tune("b")] })
      expect(log).toEqual(["open a", "close a", "open b", "close b"])
    })
  )

  it.effect("repeats under one seed; another changes the random directions alone", () =>
    Effect.gen(function* () {
      const [first, again, other] = [yield* build(), yield* build(), yield* build({}, [], "2")]
      expect(again).toEqual(first)
      expect(other.digest).not.toBe(first.digest)
      expect(other.traits.map(({ direction }) => direction)).toEqual(first.traits.map(({ direction }) => direction))
    })
  )

  it.effect("refuses a model without hidden states, a form without contrasts or probes, and a tune given twice", () =>
    Effect.gen(function* () {
      const { activations: _, ...closed } = model("closed")
      const from = (parts: Partial<Parameters<typeof buildReference>[0]>) =>
        refusalOf(buildReference({ reference: model("base"), form, seed: "1", tunes: [], ...parts }))
      expect(yield* from({ reference: closed })).toContain("test:closed hands out no hidden states")
      const only = (...uses: ReadonlyArray<string>) => ({
        ...form,
        items: form.items.filter(({ factors }) => uses.includes(String(factors.use)))
      })
      expect(yield* from({ form: only("probe") })).toContain("no prompts for extraction")
      expect(yield* from({ form: only("extraction", "probe") })).toContain("no prompts for the validation of tone")
      expect(yield* from({ form: only("extraction", "validation") })).toContain("no probes for tone")
      const twice = [Effect.succeed(model("one")), Effect.succeed(model("one"))]
      expect(yield* from({ tunes: twice })).toContain("test:one was given twice")
    })
  )
})

describe("coordinates", () => {
  it.effect("are 0 at the minus pole and 1 at the plus pole, on the numbers as they were written", () =>
    Effect.gen(function* () {
      const bundle = yield* build()
      const [tone] = bundle.traits
      const probes = latentPrompts(form, "probe")
      const at = (state: (index: number) => ReadonlyArray<number>) =>
        coordinatesOf(
          bundle,
          form,
          makeActivations({
            source: "safetensors",
            subject: "x",
            layers: [4],
            position: "last",
            data: Float32Array.from(probes.flatMap((_, index) => state(index))),
            promptDigests: probes.map(({ item }) => digest(item.id))
          })
        )
      const minus = yield* at(() => tone.minus)
      const plus = yield* at(() => tone.minus.map((value, place) => value + tone.direction[place]!))
      for (const one of minus.filter(({ trait }) => trait === "tone")) expect(one.value).toBeCloseTo(0, 6)
      for (const one of plus.filter(({ trait }) => trait === "tone")) expect(one.value).toBeCloseTo(1, 6)
      expect(minus.filter(({ trait }) => trait === "tone")).toHaveLength(8)
      expect(minus.filter(({ trait }) => trait === "drive")).toHaveLength(16)
      expect(meanByDomain(plus).map(({ domain, trait }) => [trait, domain])).toEqual([
        ["tone", "health"],
        ["tone", "travel"],
        ["drive", "health"],
        ["drive", "travel"]
      ])
    })
  )

  it.effect("are refused for another width, position, layer, number of prompts, or an altered form", () =>
    Effect.gen(function* () {
      const bundle = yield* build()
      const measure = (examinee: Examinee, on: Form = form) => refusalOf(measureCoordinates(bundle, on, examinee))
      expect(yield* measure(model("wide", { width: 13 }))).toContain("only models of one architecture")
      expect(yield* measure(model("base"), { ...form, version: "2" })).toContain("is not the one")
      const states = (parts: { layers?: ReadonlyArray<number>; position?: "last" | "mean"; count?: number }) => {
        const count = parts.count ?? latentPrompts(form, "probe").length
        const layers = parts.layers ?? [4]
        return refusalOf(
          coordinatesOf(
            bundle,
            form,
            makeActivations({
              source: "safetensors",
              subject: "x",
              layers,
              position: parts.position ?? "last",
              data: new Float32Array(count * layers.length * width),
              promptDigests: Array.from({ length: count }, (_, index) => digest(index))
            })
          )
        )
      }
      expect(yield* states({ layers: [3] })).toContain("lack layer 4")
      expect(yield* states({ position: "mean" })).toContain("at position mean")
      expect(yield* states({ count: 3 })).toContain("are of 3 prompts")
    })
  )

  it.effect("are taken on a twin of the form too", () =>
    Effect.gen(function* () {
      const bundle = yield* build()
      expect(yield* measureCoordinates(bundle, { ...form, id: "T2" }, model("base"))).toHaveLength(24)
    })
  )
})

describe("decodeReferenceBundle", () => {
  const resealed = (bundle: ReferenceBundle, changes: Partial<ReferenceBundle>) => {
    const { digest: _, ...parts } = { ...bundle, ...changes }
    return { ...parts, digest: digest(parts) }
  }

  it.effect("reads back what was written", () =>
    Effect.gen(function* () {
      const bundle = yield* build({}, [model("tune", { shift: 0.1 })])
      expect(yield* decodeReferenceBundle(JSON.parse(JSON.stringify(bundle)), "FILE")).toEqual(bundle)
    })
  )

  it.effect("refuses what was altered, and what contradicts itself", () =>
    Effect.gen(function* () {
      const bundle = yield* build({}, [model("tune")])
      const [tone, drive] = bundle.traits
      const refusal = (document: unknown) => refusalOf(decodeReferenceBundle(document, "FILE"))
      expect(yield* refusal({})).toMatch(/^FILE is no reference bundle/)
      expect(yield* refusal({ ...bundle, reference: "test:other" })).toContain("altered after it was made")
      const cases: ReadonlyArray<readonly [Partial<ReferenceBundle>, string]> = [
        [{ traits: [tone, { ...drive!, minus: [0] }] }, "different lengths"],
        [{ traits: [{ ...tone, direction: tone.direction.map(() => 0) }] }, "has no length"],
        [{ traits: [tone, tone] }, "holds tone twice"],
        [{ tunes: [bundle.tunes[0]!, bundle.tunes[0]!] }, "counts the tune test:tune twice"],
        [{ traits: [{ ...tone, validation: { ...tone.validation, auc: 0.79 } }] }, "lets tone decide"]
      ]
      for (const [changes, says] of cases) expect(yield* refusal(resealed(bundle, changes))).toContain(says)
    })
  )
})
