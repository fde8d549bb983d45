import type { Intervention } from "@model-intake/case-files"
import { truncate } from "@model-intake/core"
import { instantFrom, requireSubject, UsageError } from "@model-intake/host"
import * as Clock from "effect/Clock"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson } from "../Terminal.ts"
import { interventionText } from "./History.ts"

const subject = Argument.String("SUBJECT").pipe(
  Argument.withDescription("The new checkpoint, or the one that was changed in place, as backend:model[@revision]")
)

const text = (name: string, description: string, metavar: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.withMetavar(metavar), Flag.optional)

const addCommand = Command.make(
  "add",
  {
    subject,
    type: Flag.Literals("type", ["tuning", "correction", "flattening"]).pipe(Flag.withDescription("What was done")),
    who: Flag.String("who").pipe(Flag.withDescription("Who answers for it; it is signed into the log")),
    regime: text("regime", "Names a corrective tuning; the same name counts once", "NAME"),
    says: text("says", "What was done, in words", "TEXT"),
    date: text("date", "When it was done: a day or a point in time, UTC (now)", "TIME"),
    before: text("before", "The checkpoint before it", "SUBJECT"),
    inPlace: Flag.Boolean("in-place").pipe(
      Flag.withDescription("The subject changed under its own name, and is no new checkpoint"),
      Flag.withDefault(false)
    ),
    reference: text("reference", "The trusted model that the subject descends from", "SUBJECT"),
    benignTune: text("benign-tune", "A benign tune of as many steps, as control", "SUBJECT"),
    steps: Flag.Int("steps").pipe(
      Flag.withDescription("Optimiser steps"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
      Flag.optional
    ),
    result: Flag.Literals("result", ["corrected", "masked", "uncorrected", "unmeasured"]).pipe(
      Flag.withDescription("What an exam found of a correction (unmeasured)"),
      Flag.withDefault("unmeasured")
    ),
    replication: Flag.Literals("replication", ["replicated", "failed", "not-attempted"]).pipe(
      Flag.withDescription("How that fared on the other form"),
      Flag.withDefault("not-attempted")
    ),
    cosine: Flag.String("cosine").pipe(
      Flag.withDescription("How alike another regime is: cosine between what both did to the weights"),
      Flag.withMetavar("REGIME=NUMBER"),
      Flag.between(0, 100)
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    if (options.type === "correction" && Option.isNone(options.regime)) {
      return yield* new UsageError({ message: "A correction needs --regime, the name of the corrective tuning" })
    }
    const date = Option.isSome(options.date)
      ? yield* instantFrom("--date", options.date.value)
      : new Date(yield* Clock.currentTimeMillis).toISOString()
    const intervention: Intervention = {
      subject: options.subject,
      type: options.type,
      regime: Option.getOrNull(options.regime),
      says: Option.getOrElse(options.says, () => ""),
      date,
      who: options.who,
      before: Option.getOrNull(options.before),
      after: options.inPlace ? null : options.subject,
      steps: Option.getOrNull(options.steps),
      result: options.result,
      replication: options.replication,
      orthogonality: yield* Effect.forEach(options.cosine, cosineFrom)
    }
    const reference = Option.getOrNull(options.reference)
    const benignTune = Option.getOrNull(options.benignTune)
    const made = yield* withStore(options, "record", (files) =>
      Effect.gen(function* () {
        const made = yield* files.addIntervention(intervention)
        if (reference !== null || benignTune !== null) {
          const { subject, before: parent, who } = intervention
          yield* files.setLineage({ subject, parent, reference, benignTune, who })
        }
        return made
      })
    )
    yield* print(
      options.json
        ? safeJson(made, 2)
        : `Recorded for ${printable(options.subject)}: ${options.type} ${printable(interventionText(intervention))}`
    )
  })
).pipe(
  Command.withDescription("Record what was done to a subject: a tuning, a correction or a flattening."),
  Command.withShortDescription("Record an intervention"),
  Command.withExamples([
    {
      command:
        "intake intervention add onnx:./tuned --type correction --regime honesty --before onnx:./base --steps 400 --who ada",
      description: "A corrective tuning"
    }
  ])
)

const listCommand = Command.make(
  "list",
  { subject, ...storeFlags, json },
  Effect.fn(function* (options) {
    const made = yield* withStore(options, "read", (files) =>
      Effect.andThen(requireSubject(files, options.subject), files.interventions(options.subject))
    )
    const columns = process.stdout.columns ?? 120
    yield* print(
      options.json
        ? safeJson(made, 2)
        : made.length === 0
          ? "No intervention was recorded."
          : made
              .map(({ document }) => truncate(`${document.type} ${printable(interventionText(document))}`, columns))
              .join("\n")
    )
  })
).pipe(
  Command.withDescription("List the interventions that made a subject or changed it, oldest first."),
  Command.withExamples([{ command: "intake intervention list onnx:./tuned", description: "What was done to it" }])
)

const lineageCommand = Command.make(
  "lineage",
  { subject, ...storeFlags },
  Effect.fn(function* (options) {
    const lineage = yield* withStore(options, "read", (files) =>
      Effect.andThen(requireSubject(files, options.subject), files.lineageOf(options.subject))
    )
    yield* print(safeJson(lineage, 2))
  })
).pipe(
  Command.withDescription(
    "Print the life of a subject and its ancestors as the lineage document that intake exam --lineage reads."
  ),
  Command.withExamples([
    { command: "intake intervention lineage onnx:./tuned > lineage.json", description: "For intake exam --lineage" }
  ])
)

export const interventionCommand = Command.make("intervention").pipe(
  Command.withDescription("Interventions: what was done to a subject, from which persistence and relapse are read."),
  Command.withShortDescription("Record what was done to a subject"),
  Command.withSubcommands([addCommand, listCommand, lineageCommand])
)

const cosineFrom = (text: string): Effect.Effect<Intervention["orthogonality"][number], UsageError> => {
  const [, regime, number] = /^(.+)=(-?\d*\.?\d+)$/.exec(text) ?? []
  const cosine = Number(number)
  return regime !== undefined && Math.abs(cosine) <= 1
    ? Effect.succeed({ regime, cosine })
    : Effect.fail(
        new UsageError({ message: `--cosine ${text} names no regime with a cosine; write for example honesty=0.12` })
      )
}
