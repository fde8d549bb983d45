import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import { NoVerdictError, nothingOn, requireSubject, storeFlags, verdictReference, withCaseFiles } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { safeJson, stylist } from "../Terminal.ts"
import { checkpointsOf, departuresOf, renderTrajectory } from "../Trajectory.ts"

export const trajectoryCommand = Command.make(
  "trajectory",
  {
    subjects: Argument.String("SUBJECT").pipe(
      Argument.withDescription(
        "A subject, for the checkpoints that its case file knows; or several checkpoints, in order"
      ),
      Argument.variadic({ min: 1 })
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const found = yield* withCaseFiles(options, "read", (files) =>
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
    }
  ])
)
