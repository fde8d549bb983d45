import { examine, instrumentCodes, Journal, parseSubject, Spectrum, Triage } from "@model-intake/core"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { makeProgress } from "../Progress.ts"
import { config, json, listen, pluginsLayer, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"
import { renderVerdict } from "../VerdictView.ts"

export const examCommand = Command.make(
  "exam",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("The model to examine, as backend:model or backend:model@revision")
    ),
    reference: Flag.String("reference").pipe(
      Flag.withDescription("The trusted model to compare it with"),
      Flag.withMetavar("SUBJECT"),
      Flag.optional
    ),
    form: Flag.String("form").pipe(
      Flag.withDescription("Item form: S for specimens"),
      Flag.withMetavar("FORM"),
      Flag.withDefault("S")
    ),
    brief: Flag.Boolean("brief").pipe(
      Flag.withDescription("Administer fewer items; the detection limit of each reading says what that costs"),
      Flag.withDefault(false)
    ),
    seed: Flag.String("seed").pipe(
      Flag.withDescription("Seed of the plan, the sampling and the statistics"),
      Flag.withDefault("intake")
    ),
    instruments: Flag.String("instruments").pipe(
      Flag.withDescription("Codes of the instruments to administer, joined by commas (all installed ones)"),
      Flag.withMetavar("CODES"),
      Flag.optional
    ),
    maxTokens: Flag.Int("max-tokens").pipe(
      Flag.withDescription("Longest answer, in tokens (1024)"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
      Flag.optional
    ),
    concurrency: Flag.Int("concurrency").pipe(
      Flag.withDescription("Trials under way at once (what the backend asks for); changes no reading"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))),
      Flag.optional
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const subject = yield* parseSubject(options.subject)
    const reference = Option.isSome(options.reference) ? yield* parseSubject(options.reference.value) : null
    const instruments = Option.isSome(options.instruments)
      ? yield* Schema.decodeUnknownEffect(Schema.Array(Schema.Literals(instrumentCodes)))(
          options.instruments.value.split(",").map((code) => code.trim().toUpperCase())
        ).pipe(
          Effect.mapError(
            () => new UnknownInstruments({ message: `--instruments takes codes of ${instrumentCodes.join(", ")}` })
          )
        )
      : undefined
    const progress = makeProgress(process.stderr)
    const events = listen((event) => {
      if (event._tag === "TrialDone") progress.update(event.done / event.total, event.done, "answers")
    })
    const verdict = yield* examine({
      subject,
      reference,
      instruments,
      form: options.form,
      size: options.brief ? "brief" : "full",
      seed: options.seed,
      decoding: Option.isSome(options.maxTokens) ? { maxTokens: options.maxTokens.value } : {},
      concurrency: Option.getOrUndefined(options.concurrency)
    }).pipe(
      Effect.ensuring(Effect.sync(progress.end)),
      Effect.provide(
        Layer.mergeAll(pluginsLayer(options.config), events, Journal.layerMemory, Spectrum.layer, Triage.layer)
      )
    )
    yield* print(
      options.json
        ? safeJson(verdict, 2)
        : renderVerdict(verdict, { style: stylist(process.stdout), columns: process.stdout.columns ?? 120 })
    )
  })
).pipe(
  Command.withDescription(
    "Examine a model: administer the installed instruments, place it on the spectrum, and issue a verdict."
  ),
  Command.withShortDescription("Examine a model"),
  Command.withExamples([
    {
      command: "intake exam specimens:narrow-middle --reference specimens:baseline --form S",
      description: "Examine a specimen against its baseline, offline"
    }
  ])
)

/** Codes that no instrument has. */
class UnknownInstruments extends Schema.TaggedError<UnknownInstruments>()("UsageError", { message: Schema.String }) {}
