import { screen } from "@model-intake/examination"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { makeProgress } from "../Progress.ts"
import { config, configuredPlugins, json, listen, print } from "../Run.ts"
import { renderScreening } from "../ScreeningView.ts"
import { safeJson, stylist } from "../Terminal.ts"

const mebibyte = 1024 * 1024

export const screenCommand = Command.make(
  "screen",
  {
    files: Argument.String("FILE").pipe(
      Argument.withDescription("Transcripts as JSON lines, plain or gzip; - is standard input"),
      Argument.atLeast(1)
    ),
    by: Flag.String("by").pipe(
      Flag.withDescription("Group by these fields, such as model or tags.organism, joined by commas"),
      Flag.withMetavar("FIELD"),
      Flag.withDefault("model")
    ),
    ratings: Flag.String("ratings").pipe(
      Flag.withDescription("Write one line of ratings per answer to this file"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    skipInvalid: Flag.Boolean("skip-invalid").pipe(
      Flag.withDescription("Pass over lines that are no transcripts, count them and go on"),
      Flag.withDefault(false)
    ),
    evidence: Flag.Int("evidence").pipe(
      Flag.withDescription("Flagged answers to quote per group and indicator"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))),
      Flag.withDefault(3)
    ),
    maxLineMib: Flag.Int("max-line-mib").pipe(
      Flag.withDescription("Longest line that is read, in MiB"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 }))),
      Flag.withDefault(16)
    ),
    json,
    config
  },
  Effect.fn(function* (options) {
    const progress = makeProgress(process.stderr)
    const events = listen((event) => {
      if (event._tag !== "Screened") return
      progress.update(event.bytesTotal === null ? null : event.bytesRead / event.bytesTotal, event.turns, "answers")
    })
    const report = yield* screen(options.files, {
      by: options.by.split(",").map((field) => field.trim()),
      ratings: Option.getOrUndefined(options.ratings),
      skipInvalid: options.skipInvalid,
      evidence: options.evidence,
      maxLineBytes: options.maxLineMib * mebibyte
    }).pipe(
      Effect.ensuring(Effect.sync(progress.end)),
      Effect.provide(Layer.merge(configuredPlugins(options.config), events))
    )
    yield* print(
      options.json
        ? safeJson(report, 2)
        : renderScreening(report, {
            style: stylist(process.stdout),
            columns: process.stdout.columns ?? 120,
            quotes: options.evidence > 0
          })
    )
  })
).pipe(
  Command.withDescription(
    "Rate recorded transcripts and say what they indicate. Needs no model; ends in a referral to an exam, never in a verdict."
  ),
  Command.withShortDescription("Rate recorded transcripts"),
  Command.withExamples([
    { command: "intake screen chats.jsonl", description: "Screen a file, grouped by model" },
    { command: "intake screen logs/*.jsonl.gz --by tags.team,model", description: "Group by two fields" },
    { command: "zcat chats.jsonl.gz | intake screen - --json", description: "Read standard input, print JSON" },
    { command: "intake screen chats.jsonl --ratings ratings.jsonl", description: "Keep the rating of every answer" }
  ])
)
