import { deploymentContexts } from "@model-intake/core"
import { instantFrom, requireSubject } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson } from "../Terminal.ts"

const subject = Argument.String("SUBJECT").pipe(
  Argument.withDescription("An examined model, as backend:model[@revision]")
)
const who = Flag.String("who").pipe(Flag.withDescription("Who answers for it; it is signed into the log"))
const why = Flag.String("why").pipe(Flag.withDescription("On what grounds"))

const addCommand = Command.make(
  "add",
  {
    subject,
    context: Flag.Literals("context", deploymentContexts).pipe(Flag.withDescription("The context it opens")),
    until: Flag.String("until").pipe(
      Flag.withDescription(
        "When it ends: a day (its beginning, UTC), a point in time, or how long from now such as 30d"
      ),
      Flag.withMetavar("TIME")
    ),
    from: Flag.String("from").pipe(
      Flag.withDescription("When it begins (now)"),
      Flag.withMetavar("TIME"),
      Flag.optional
    ),
    who,
    why,
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const until = yield* instantFrom("--until", options.until)
    const from = Option.isSome(options.from) ? { from: yield* instantFrom("--from", options.from.value) } : {}
    const waiver = yield* withStore(options, "record", (files) =>
      Effect.andThen(
        requireSubject(files, options.subject),
        files.addWaiver({
          subject: options.subject,
          context: options.context,
          who: options.who,
          why: options.why,
          until,
          ...from
        })
      )
    )
    yield* print(
      options.json
        ? safeJson(waiver, 2)
        : `Waiver ${waiver.digest} opens ${options.context} use of ${printable(options.subject)} until ${until}.`
    )
  })
).pipe(
  Command.withDescription(
    "Open one context to a quarantined subject for a while. Flatten, discard, what is pending, denied and coercive use, and a missing verdict stay closed whatever a waiver says."
  ),
  Command.withShortDescription("Give a waiver"),
  Command.withExamples([
    {
      command:
        'intake waiver add openai:MODEL --context civilian --until 30d --who ada --why "pilot with two reviewers"',
      description: "For thirty days"
    }
  ])
)

const listCommand = Command.make(
  "list",
  { subject, ...storeFlags, json },
  Effect.fn(function* (options) {
    const waivers = yield* withStore(options, "read", (files) =>
      Effect.andThen(requireSubject(files, options.subject), files.waivers(options.subject))
    )
    const lines = waivers.map(
      ({ digest, document, revoked }) =>
        `${digest}\n  ${document.context} from ${document.from} until ${document.until}${revoked ? ", revoked" : ""}, at level ${document.level}\n  ${printable(document.why)} (${printable(document.who)})`
    )
    yield* print(options.json ? safeJson(waivers, 2) : lines.length === 0 ? "No waiver was given." : lines.join("\n"))
  })
).pipe(
  Command.withDescription("List the waivers of a subject, oldest first."),
  Command.withExamples([{ command: "intake waiver list openai:MODEL", description: "With the ids for revoke" }])
)

const revokeCommand = Command.make(
  "revoke",
  {
    subject,
    waiver: Argument.String("WAIVER").pipe(Argument.withDescription("Its id, as intake waiver list prints it")),
    who,
    why,
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const revoked = yield* withStore(options, "record", (files) =>
      Effect.andThen(
        requireSubject(files, options.subject),
        files.revokeWaiver({
          subject: options.subject,
          waiver: options.waiver as `sha256:${string}`,
          who: options.who,
          why: options.why
        })
      )
    )
    yield* print(options.json ? safeJson(revoked, 2) : `Waiver ${printable(options.waiver)} is revoked.`)
  })
).pipe(
  Command.withDescription("Take a waiver back before its time."),
  Command.withExamples([
    {
      command: 'intake waiver revoke openai:MODEL sha256:... --who ada --why "the pilot ended"',
      description: "The context closes at once"
    }
  ])
)

export const waiverCommand = Command.make("waiver").pipe(
  Command.withDescription("Waivers: let a quarantined subject out of supervision in one context for a while."),
  Command.withShortDescription("Give, list and revoke waivers"),
  Command.withSubcommands([addCommand, listCommand, revokeCommand])
)
