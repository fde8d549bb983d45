import {
  checkForm,
  type Form,
  type Instrument,
  keyOf,
  type LatentExam,
  parseSubject,
  type ReferenceBundle,
  standsFor
} from "@model-intake/core"
import { Plugins } from "@model-intake/examination"
import { formsFrom, UsageError, writeText } from "@model-intake/host"
import { buildReference, latentPrompts } from "@model-intake/instruments"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import { makeProgress } from "../Progress.ts"
import { config, configuredPlugins, json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"

const form = Flag.String("form").pipe(
  Flag.withDescription("Latent form: S for specimens, or the path of your own"),
  Flag.withMetavar("FORM"),
  Flag.withDefault("S")
)

const out = Flag.String("out").pipe(Flag.withDescription("File to write"), Flag.withMetavar("FILE"))

/** The form of an instrument that looks inside: the one that a given form is for, else the built-in one. */
const latentForm = Effect.fnUntraced(function* (given: string) {
  const { form: id, forms } = yield* formsFrom(given)
  const instruments = yield* (yield* Plugins).instruments
  const able = instruments.filter(({ exam }) => exam?._tag === "latent")
  const isFor = (instrument: Instrument) => (one: Form) =>
    one.id === id && (one.instrument === keyOf(instrument) || one.instrument === instrument.code)
  const latent =
    able.find((instrument) => forms.some(isFor(instrument))) ??
    able.find((instrument) => standsFor(instrument) === "table") ??
    able[0]
  if (latent === undefined) return yield* new UsageError({ message: "no installed plugin looks at hidden states" })
  const own = forms.find(isFor(latent))
  return yield* own === undefined ? (latent.exam as LatentExam).load(id) : checkForm(own)
})

const buildCommand = Command.make(
  "build",
  {
    reference: Argument.String("REFERENCE").pipe(Argument.withDescription("The trusted model, as backend:model")),
    benign: Flag.String("benign").pipe(
      Flag.withDescription("A benign narrow tune of the reference; give 20 or more (5 at least)"),
      Flag.withMetavar("SUBJECT"),
      Flag.between(0, 1000)
    ),
    form,
    out,
    seed: Flag.String("seed").pipe(
      Flag.withDescription("Seed of the random directions that the poles are compared with"),
      Flag.withDefault("intake")
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const progress = makeProgress(process.stderr)
    const bundle = yield* Effect.scoped(
      Effect.gen(function* () {
        const plugins = yield* Plugins
        const prepare = Effect.fnUntraced(function* (name: string) {
          const subject = yield* parseSubject(name)
          const backend = yield* plugins.backend(subject.backend)
          return backend.open(subject)
        })
        const chosen = yield* latentForm(options.form)
        // Names are checked before the work begins; a tune is opened only for as long as it is measured.
        const tunes = yield* Effect.forEach(options.benign, prepare)
        const reference = yield* Effect.flatten(prepare(options.reference))
        return yield* buildReference({
          reference,
          tunes,
          form: chosen,
          seed: options.seed,
          onTune: (done, total) => Effect.sync(() => progress.update(done / total, done, "tunes"))
        })
      })
    ).pipe(Effect.ensuring(Effect.sync(progress.end)), Effect.provide(configuredPlugins(options.config)))
    yield* writeText(options.out, `${JSON.stringify(bundle)}\n`)
    yield* print(options.json ? safeJson(bundle, 2) : summary(bundle, options.out))
  })
).pipe(
  Command.withDescription(
    "Freeze the poles of a trusted model and the null of its benign tunes: what battery B5 and marker M5 measure on."
  ),
  Command.withShortDescription("Make a reference bundle"),
  Command.withExamples([
    {
      command:
        "intake reference build onnx:./base --benign onnx:./tune-01 --benign onnx:./tune-02 --form S --out base.json",
      description: "With every benign tune there is"
    }
  ])
)

const promptsCommand = Command.make(
  "prompts",
  { form, out, config },
  Effect.fn(function* (options) {
    const chosen = yield* Effect.provide(latentForm(options.form), configuredPlugins(options.config))
    const lines = latentPrompts(chosen, "probe").map(({ item, messages }) => JSON.stringify({ id: item.id, messages }))
    yield* writeText(options.out, `${lines.join("\n")}\n`)
    yield* print(`${lines.length} prompts in ${options.out}`)
  })
).pipe(
  Command.withDescription(
    "Write the probe prompts as JSON lines, to capture hidden states elsewhere and give them to intake exam --activations."
  ),
  Command.withShortDescription("Write the probe prompts"),
  Command.withExamples([
    { command: "intake reference prompts --form S --out prompts.jsonl", description: "For labs/capture" }
  ])
)

export const referenceCommand = Command.make("reference").pipe(
  Command.withDescription("Reference bundles: frozen directions of latent traits in a trusted model."),
  Command.withShortDescription("Make reference bundles"),
  Command.withSubcommands([buildCommand, promptsCommand])
)

const summary = (bundle: ReferenceBundle, file: string): string => {
  const style = stylist(process.stdout)
  return [
    `${style("bold", `Reference bundle of ${bundle.reference}`)} on form ${bundle.form.id}, ${bundle.tunes.length} benign tunes, in ${file}`,
    ...bundle.traits.map(
      ({ counts, layer, trait, validation: { auc, covariance, isotropic, n } }) =>
        `  ${trait.padEnd(16)} layer ${layer}, held-out AUC ${auc.toFixed(3)} over ${n} prompts; random directions ${isotropic.toFixed(3)} and ${covariance.toFixed(3)}: ${counts ? style("green", "counts") : style("red", "does not count")}`
    ),
    ...(bundle.tunes.length < 5
      ? [style("yellow", "  With fewer than 5 benign tunes there is no null: battery B5 will be indeterminate.")]
      : [])
  ].join("\n")
}
