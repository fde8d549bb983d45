/** The command line: its commands, and how they end. */
import { NodeServices } from "@effect/platform-node"
import type { RunStopped } from "@model-intake/examination"
import { isUsageError, isUsageReason } from "@model-intake/host"
import * as Cause from "effect/Cause"
import { CliConfig, CliError, CliOutput, Command, GlobalFlag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { checklistCommand } from "./commands/Checklist.ts"
import { compareCommand } from "./commands/Compare.ts"
import { doctorCommand } from "./commands/Doctor.ts"
import { examCommand } from "./commands/Exam.ts"
import { gateCommand } from "./commands/Gate.ts"
import { historyCommand } from "./commands/History.ts"
import { interventionCommand } from "./commands/Intervention.ts"
import { itemsCommand } from "./commands/Items.ts"
import { exportCommand, importCommand } from "./commands/Log.ts"
import { pluginsCommand } from "./commands/Plugins.ts"
import { raterCommand } from "./commands/Rater.ts"
import { referenceCommand } from "./commands/Reference.ts"
import { reportCommand } from "./commands/Report.ts"
import { screenCommand } from "./commands/Screen.ts"
import { trajectoryCommand } from "./commands/Trajectory.ts"
import { verdictCommand } from "./commands/Verdict.ts"
import { verifyCommand } from "./commands/Verify.ts"
import { waiverCommand } from "./commands/Waiver.ts"
import { watchCommand } from "./commands/Watch.ts"
import { ExitCode } from "./ExitCode.ts"
import { interruptGracefully } from "./Interrupts.ts"
import { printable } from "./Terminal.ts"

const intake = Command.make("intake").pipe(
  Command.withDescription(
    "Put a language model through an intake exam before anyone deploys it.\n\n" +
      "Exit codes: 0 done or allowed, 1 fault, 2 wrong usage or input, 3 not allowed, 4 no verdict, 130 interrupted."
  ),
  Command.withSubcommands([
    examCommand,
    screenCommand,
    verdictCommand,
    gateCommand,
    historyCommand,
    compareCommand,
    trajectoryCommand,
    checklistCommand,
    reportCommand,
    interventionCommand,
    waiverCommand,
    watchCommand,
    verifyCommand,
    exportCommand,
    importCommand,
    itemsCommand,
    referenceCommand,
    raterCommand,
    pluginsCommand,
    doctorCommand
  ]),
  Command.withExamples([
    {
      command: "intake exam specimens:narrow-middle --reference specimens:baseline",
      description: "Examine a specimen, offline"
    },
    { command: "intake screen chats.jsonl", description: "What do recorded answers indicate?" },
    { command: "intake gate specimens:narrow-middle --context civilian", description: "May it be used?" },
    { command: "intake doctor", description: "Is everything in place?" }
  ])
)

/** Help goes to standard output when it is asked for; what is wrong goes to standard error, in a sentence. */
const presenter = Layer.succeed(CliOutput.Presenter, {
  present: (event: CliOutput.Presenter.Event) =>
    event._tag === "InvalidInvocation"
      ? Effect.sync(() => {
          for (const error of event.errors) complain(error.message)
          process.stderr.write(`See ${event.commandPath.join(" ")} --help\n`)
        })
      : CliOutput.defaultPresenter.present(event)
})

const globalFlags = Layer.succeed(CliConfig.CliConfig, {
  builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions]
})

const complain = (message: string): void => {
  process.stderr.write(`intake: ${printable(message).replaceAll(/ {2,}/g, " ")}\n`)
}

/** How long calls under way have to end after a first interrupt, in milliseconds. */
const gracefulMs = 5000

/** An exam that stopped early has no verdict; where what was given is to blame, or something broke, the code says that. */
const stopCode = ({ cause, reason }: RunStopped): number => {
  if (reason === "interrupted") return ExitCode.interrupted
  if (reason !== "failures") return ExitCode.noVerdict
  return isUsageReason(cause) && cause !== "malformed-reply" ? ExitCode.usage : ExitCode.fault
}

/** `--resume ID` means `--resume=ID`; alone it means the latest. */
const withResumeId = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv.flatMap((word, index) => {
    if (word === "--resume" && /^exam-[0-9a-f]+$/.test(argv[index + 1] ?? "")) return []
    return argv[index - 1] === "--resume" && /^exam-[0-9a-f]+$/.test(word) ? [`--resume=${word}`] : [word]
  })

/** A reader that has seen enough (`| head`) is no fault. It can be told of after the last write, so this listens to the end. */
const outputEnded = (error: NodeJS.ErrnoException): never =>
  process.exit(error.code === "EPIPE" ? ExitCode.ok : ExitCode.fault)

/** Runs the command line on arguments and gives the exit code. Never throws and prints no stack trace. */
export const runIntake = async (argv: ReadonlyArray<string>, version: string): Promise<number> => {
  const fiber = Effect.runFork(
    Command.runWith(intake, { version })(withResumeId(argv)).pipe(
      Effect.provide(Layer.mergeAll(NodeServices.layer, presenter, globalFlags))
    )
  )
  const interrupt = () => {
    if (!interruptGracefully()) return fiber.interruptUnsafe()
    setTimeout(() => fiber.interruptUnsafe(), gracefulMs).unref()
  }
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt)
  process.stdout.off("error", outputEnded).on("error", outputEnded)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt)
  if (Exit.isSuccess(exit)) return Number(process.exitCode ?? ExitCode.ok)
  if (Cause.hasInterruptsOnly(exit.cause)) return ExitCode.interrupted
  const error: unknown = Cause.squash(exit.cause)
  if (error instanceof CliError.ShowHelp) return error.errors.length > 0 ? ExitCode.usage : ExitCode.ok
  complain(error instanceof Error ? error.message : String(error))
  if (Predicate.isTagged(error, "RunStopped")) return stopCode(error as RunStopped)
  if (Predicate.isTagged(error, "NoVerdictError")) return ExitCode.noVerdict
  return isUsageError(error) ? ExitCode.usage : ExitCode.fault
}
