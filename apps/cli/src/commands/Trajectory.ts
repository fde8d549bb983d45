import { NoVerdictError, nothingOn, requireSubject, UsageError, verdictReference, writeText } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"
import { type Checkpoint, checkpointsOf, departuresOf, renderTrajectory } from "../Trajectory.ts"

export const trajectoryCommand = Command.make(
  "trajectory",
  {
    subjects: Argument.String("SUBJECT").pipe(
      Argument.withDescription(
        "A subject, for the checkpoints that its case file knows; or several checkpoints, in order"
      ),
      Argument.variadic({ min: 1 })
    ),
    svg: Flag.String("svg").pipe(
      Flag.withDescription("Write the plot to this file too, as an SVG picture"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const found = yield* withStore(options, "read", (files) =>
      Effect.gen(function* () {
        const [first, ...others] = options.subjects
        if (others.length === 0) yield* requireSubject(files, first!)
        const checkpoints =
          others.length === 0
            ? checkpointsOf(yield* files.lineageOf(first!))
            : options.subjects.map((subject) => ({ subject, steps: null }))
        const read = yield* Effect.forEach(checkpoints, (checkpoint) =>
          Effect.map(files.latestVerdict(checkpoint.subject), (latest) => ({ ...checkpoint, latest }))
        )
        if (read.every(({ latest }) => latest === null)) {
          return yield* new NoVerdictError({ message: yield* nothingOn(files, first!) })
        }
        return read
      })
    )
    const checkpoints = found.map(({ latest, ...rest }) => ({ ...rest, verdict: latest?.document ?? null }))
    if (Option.isSome(options.svg)) yield* writePlot(options.svg.value, checkpoints)
    yield* print(
      options.json
        ? safeJson(
            {
              checkpoints: found.map(({ latest, steps, subject }) => ({
                subject,
                steps,
                verdict: latest === null ? null : verdictReference(latest),
                outcomes: Object.fromEntries(
                  latest?.document.readings.map(({ estimate, instrument, interval, outcome }) => [
                    instrument,
                    { outcome, estimate, interval }
                  ]) ?? []
                )
              })),
              departures: departuresOf(checkpoints)
            },
            2
          )
        : renderTrajectory(checkpoints, { style: stylist(process.stdout), columns: process.stdout.columns ?? 120 })
    )
  })
).pipe(
  Command.withDescription(
    "Show level and readings over the checkpoints of a lineage, and the first checkpoint at which each instrument leaves its band: early warning before lock-in."
  ),
  Command.withShortDescription("Show a lineage over its checkpoints"),
  Command.withExamples([
    { command: "intake trajectory onnx:./step-900", description: "Over the checkpoints that its case file names" },
    {
      command: "intake trajectory onnx:./step-300 onnx:./step-600 onnx:./step-900",
      description: "Over these, in order"
    },
    { command: "intake trajectory onnx:./step-900 --svg trajectory.svg", description: "As a picture for a report" }
  ])
)

const writePlot = Effect.fnUntraced(function* (file: string, checkpoints: ReadonlyArray<Checkpoint>) {
  const { trajectoryChart } = yield* Effect.promise(() => import("@model-intake/report"))
  const { missing, svg } = yield* Effect.promise(() => trajectoryChart(checkpoints))
  if (svg === null) return yield* new UsageError({ message: `Nothing can be plotted: ${missing}` })
  yield* writeText(file, `${svg}\n`)
})
