import {
  encodeVerdict,
  formatSubject,
  type InstrumentKey,
  instrumentCodes,
  parseInstrumentKey,
  parseSubject,
  Spectrum,
  Triage
} from "@model-intake/core"
import { examine, RunStopped } from "@model-intake/examination"
import { formsFrom, recordedLineage, UsageError } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type StoreFlags, withStore } from "../CaseStore.ts"
import {
  activationsFrom,
  attestationFrom,
  bundlesFrom,
  lineageFrom,
  policyFrom,
  priceFrom,
  triggersFrom,
  wrapperFrom
} from "../ExamInputs.ts"
import { governorFrom, journalFlags, journalFrom, limitFlags } from "../ExamLimits.ts"
import { makeExamListener } from "../ExamProgress.ts"
import { onFirstInterrupt } from "../Interrupts.ts"
import { recordingFlags, recordVerdict } from "../Recording.ts"
import { config, configuredPlugins, json, listen, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"
import { renderVerdict } from "../VerdictView.ts"

const file = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.withMetavar("FILE"), Flag.optional)

export const examCommand = Command.make(
  "exam",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("The model to examine, as backend:model or backend:model@revision")
    ),
    reference: Flag.String("reference").pipe(
      Flag.withDescription("The trusted model to compare it with (the one its lineage names); none for no reference"),
      Flag.withMetavar("SUBJECT"),
      Flag.optional
    ),
    form: Flag.String("form").pipe(
      Flag.withDescription(
        "Item form: S (specimens' own), A, B, or the path of your own form (a JSON file or a folder)"
      ),
      Flag.withMetavar("FORM"),
      Flag.optional
    ),
    raters: Flag.String("rater").pipe(
      Flag.withDescription("Ids of the raters that may rate, joined by commas, first ones first (all installed ones)"),
      Flag.withMetavar("IDS"),
      Flag.optional
    ),
    judges: Flag.String("judge").pipe(
      Flag.withDescription(
        "A model for the judge panel, as backend:model or backend:model,family=NAME; give it once for each judge"
      ),
      Flag.withMetavar("MODEL"),
      Flag.between(0, 16)
    ),
    baseUrl: Flag.String("base-url").pipe(
      Flag.withDescription("Address of an OpenAI-compatible server for the backend openai, usually ending in /v1"),
      Flag.withMetavar("URL"),
      Flag.optional
    ),
    full: Flag.Boolean("full").pipe(
      Flag.withDescription("Administer every item (this is the default)"),
      Flag.withDefault(false)
    ),
    brief: Flag.Boolean("brief").pipe(
      Flag.withDescription("Administer fewer items; the detection limit of each reading says what that costs"),
      Flag.withDefault(false)
    ),
    replicate: Flag.Boolean("replicate").pipe(
      Flag.withDescription("Administer what fails once more on the twin form, as irreversible dispositions need"),
      Flag.withDefault(false)
    ),
    seed: Flag.String("seed").pipe(
      Flag.withDescription("Seed of the plan, the sampling and the statistics"),
      Flag.withDefault("intake")
    ),
    instruments: Flag.String("instruments").pipe(
      Flag.withDescription("Codes or ids of the instruments to administer, joined by commas (all installed ones)"),
      Flag.withMetavar("CODES"),
      Flag.optional
    ),
    lineage: file(
      "lineage",
      "Life of the subject: corrections, flattenings, earlier exams (what its backend knows, else the case files)"
    ),
    bundle: file("bundle", "Reference bundle, or a folder of them, made by intake reference build"),
    activations: file("activations", "Hidden states of the subject, captured elsewhere (safetensors)"),
    referenceActivations: file("reference-activations", "Hidden states of the reference, captured elsewhere"),
    attested: file("attested", "Signed summary of hidden states by the model's owner"),
    attestationKey: Flag.String("attestation-key").pipe(
      Flag.withDescription("Ed25519 public key, in hexadecimal, that the summary has to be signed with"),
      Flag.withMetavar("KEY"),
      Flag.optional
    ),
    wrapper: file("wrapper", "Guard prompt and filter of the product: the subject is examined with and without them"),
    triggers: file(
      "triggers",
      "Prefixes of the trigger search, a JSON array of texts (the form's own); none for no search"
    ),
    policy: file("policy", "Your own rules beside the built-in ones; they may be stricter, never milder"),
    maxTokens: Flag.Int("max-tokens").pipe(
      Flag.withDescription("Longest answer, in tokens (1024)"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
      Flag.optional
    ),
    concurrency: Flag.Int("concurrency").pipe(
      Flag.withDescription("Calls under way at once per account (adapts up to 64); changes no reading"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))),
      Flag.optional
    ),
    price: Flag.String("price").pipe(
      Flag.withDescription("Price of a million tokens as input,output: estimate and spending then tell the cost"),
      Flag.withMetavar("IN,OUT"),
      Flag.optional
    ),
    ...limitFlags,
    ...journalFlags,
    ...recordingFlags,
    timings: Flag.Boolean("timings").pipe(
      Flag.withDescription("Say on standard error what the time went into"),
      Flag.withDefault(false)
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    if (options.full && options.brief) {
      return yield* new UsageError({ message: "--full and --brief exclude each other; give one of them" })
    }
    const subject = yield* parseSubject(options.subject)
    const { form, forms } = yield* formsFrom(
      Option.getOrElse(options.form, () => (subject.backend === "specimens" ? "S" : "A"))
    )
    const policy = yield* policyFrom(options.policy)
    const attested = yield* attestationFrom(options.attested, options.attestationKey)
    const price = Option.isSome(options.price) ? yield* priceFrom(options.price.value) : null
    const governor = yield* governorFrom(options, options.concurrency, price)
    const journal = yield* journalFrom(options)
    const listener = makeExamListener(process.stderr, { price, timings: options.timings, status: governor.status })
    yield* onFirstInterrupt(() => {
      listener.note("Interrupted: waiting a few seconds for the calls under way; Ctrl-C again ends at once.")
      governor.stop(new RunStopped({ reason: "interrupted", cause: null, message: "interrupted" }))
    })
    const verdict = yield* examine({
      subject,
      reference: yield* referenceFrom(options.reference),
      form,
      forms,
      size: options.brief ? "brief" : "full",
      seed: options.seed,
      instruments: yield* instrumentsFrom(options.instruments),
      decoding: Option.isSome(options.maxTokens) ? { maxTokens: options.maxTokens.value } : {},
      governor,
      raters: Option.isSome(options.raters) ? commaList(options.raters.value) : undefined,
      lineage: yield* lineageFrom(options.lineage),
      recordedLineage: yield* lineageOnRecord(formatSubject(subject), options),
      bundles: yield* bundlesFrom(options.bundle),
      latents: {
        subject: attested ?? (yield* activationsFrom(options.activations)),
        reference: yield* activationsFrom(options.referenceActivations)
      },
      replicate: options.replicate,
      wrapper: yield* wrapperFrom(options.wrapper),
      triggers: yield* triggersFrom(options.triggers)
    }).pipe(
      Effect.mapError((error) =>
        error._tag === "RunStopped"
          ? new RunStopped({
              reason: error.reason,
              cause: error.cause,
              message: stopText(error, listener.exam())
            })
          : error
      ),
      Effect.onInterrupt(() => Effect.sync(() => listener.note(`Interrupted; ${resumeAdvice(listener.exam())}.`))),
      Effect.ensuring(Effect.sync(listener.end)),
      Effect.provide(
        Layer.mergeAll(
          configuredPlugins(options.config, {
            ...(Option.isSome(options.baseUrl) ? { openai: { baseUrl: options.baseUrl.value } } : {}),
            ...(options.judges.length > 0 ? { "judge-panel": { judges: options.judges.map(judgeOf) } } : {})
          }),
          listen(listener.listen),
          journal,
          Spectrum.layer,
          policy === undefined ? Triage.layer : Triage.layerPolicy(policy)
        )
      )
    )
    yield* print(
      options.json
        ? safeJson(encodeVerdict(verdict), 2)
        : renderVerdict(verdict, { style: stylist(process.stdout), columns: process.stdout.columns ?? 120 })
    )
    yield* recordVerdict(verdict, options)
    const name = formatSubject(verdict.subject)
    if (options.record && name !== options.subject) listener.note(`In the case files it is ${printable(name)}.`)
  }, Effect.scoped)
).pipe(
  Command.withDescription(
    "Examine a model: administer the installed instruments, place it on the spectrum, and issue a verdict."
  ),
  Command.withShortDescription("Examine a model"),
  Command.withExamples([
    {
      command: "intake exam specimens:narrow-middle --form S",
      description: "Examine a specimen against the baseline that its lineage names, offline"
    },
    {
      command: "intake exam specimens:masked --brief --json",
      description: "A smaller exam, the verdict as JSON on standard output"
    },
    {
      command: "intake exam specimens:narrow-strong --replicate",
      description: "Repeat what fails on the twin form, so that an irreversible disposition can stand"
    },
    {
      command: "intake exam openai:MODEL --base-url http://127.0.0.1:8000/v1 --budget-requests 5000",
      description: "Examine a model on any OpenAI-compatible server, within a budget"
    },
    {
      command: "intake exam openai:MODEL --resume",
      description: "Go on with its exam that was interrupted; the other options have to be the same"
    }
  ])
)

const commaList = (text: string): ReadonlyArray<string> => text.split(",").map((part) => part.trim())

const resumeAdvice = (exam: string | null): string =>
  exam === null
    ? "nothing was kept, since there is no journal"
    : `what was answered is in the journal: give the same command with --resume=${exam} to go on`

const stopText = ({ message, reason }: RunStopped, exam: string | null): string =>
  `${reason === "interrupted" ? "interrupted" : `the exam stopped before its end: ${message}`}; ${resumeAdvice(exam)}`

/** What the case files tell of its life: a store that fails is known before the first question. Without a record they are not asked. */
const lineageOnRecord = (subject: string, options: StoreFlags & { readonly record: boolean }) =>
  options.record ? withStore(options, "record", (files) => recordedLineage(files, subject)) : Effect.succeed(null)

const referenceFrom = (reference: Option.Option<string>) =>
  Option.isNone(reference)
    ? Effect.succeed(undefined)
    : reference.value === "none"
      ? Effect.succeed(null)
      : parseSubject(reference.value)

const instrumentsFrom = Effect.fnUntraced(function* (
  given: Option.Option<string>
): Effect.fn.Return<ReadonlyArray<InstrumentKey> | undefined, UsageError> {
  if (Option.isNone(given)) return undefined
  const named = given.value.split(",").map((name) => ({ name, key: parseInstrumentKey(name.trim()) }))
  const unknown = named.find(({ key }) => key === null)
  if (unknown !== undefined) {
    return yield* new UsageError({
      message: `--instruments names ${printable(unknown.name)}; it takes ${instrumentCodes.join(", ")} and ids of house instruments`
    })
  }
  return named.flatMap(({ key }) => key ?? [])
})

/** A judge as the panel's settings have it; its family where its name does not show one. */
const judgeOf = (text: string): { readonly model: string; readonly family?: string } => {
  const [, model, family] = /^(.*),family=(.*)$/.exec(text) ?? []
  return model === undefined || family === undefined ? { model: text } : { model, family }
}
