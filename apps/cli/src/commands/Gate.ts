import { appendFile } from "node:fs/promises"
import type { GateDecision, Recorded } from "@model-intake/case-files"
import { type DeploymentContext, deploymentContexts, Grade, type Verdict, wrap } from "@model-intake/core"
import { ageFrom, nothingOn, standing, UsageError, verdictReference } from "@model-intake/host"
import { Argument, Command, Flag } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { ExitCode } from "../ExitCode.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

export const gateCommand = Command.make(
  "gate",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("An examined model, as backend:model[@revision]")
    ),
    context: Flag.Literals("context", deploymentContexts).pipe(Flag.withDescription("Where it is to be used")),
    maxAge: Flag.String("max-age").pipe(
      Flag.withDescription("A verdict older than this counts as none, such as 30d or 12h (any age)"),
      Flag.withMetavar("AGE"),
      Flag.optional
    ),
    require: Flag.Literals("require", Grade.literals).pipe(
      Flag.withDescription("The least grade of the verdict (any)"),
      Flag.optional
    ),
    markdown: Flag.String("markdown").pipe(
      Flag.withDescription("Append the answer and the report to this file as Markdown, such as $GITHUB_STEP_SUMMARY"),
      Flag.withMetavar("FILE"),
      Flag.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const { context, subject } = options
    const maxAge = Option.isSome(options.maxAge) ? yield* ageFrom("--max-age", options.maxAge.value) : undefined
    const { decision, hint } = yield* withStore(options, "read", (files) =>
      Effect.gen(function* () {
        const decision = yield* files.gate({
          subject,
          context,
          ...(maxAge === undefined ? {} : { maxAge }),
          ...(Option.isSome(options.require) ? { requireGrade: options.require.value } : {})
        })
        return { decision, hint: decision.verdict === null ? yield* nothingOn(files, subject) : null }
      })
    )
    const answer: Answer = { subject, context, decision, verdict: decision.verdict, hint }
    if (Option.isSome(options.markdown)) yield* appendMarkdown(options.markdown.value, answer)
    yield* print(options.json ? safeJson(document(answer), 2) : text(answer))
    process.exitCode = exitCodes[decision.decision]
  })
).pipe(
  Command.withDescription(
    "May this model be used in this context? Exit code 0 allowed, 3 not allowed, 4 no verdict or one that is too old. Anything else is no answer and must stop a deployment too."
  ),
  Command.withShortDescription("Allow or stop a deployment"),
  Command.withExamples([
    { command: "intake gate openai:MODEL --context civilian --max-age 30d", description: "In a pipeline" },
    {
      command: "intake gate openai:MODEL --context advisory --require certified --json",
      description: "Only on a verdict that looked inside"
    }
  ])
)

interface Answer {
  readonly subject: string
  readonly context: DeploymentContext
  readonly decision: GateDecision
  readonly verdict: Recorded<Verdict> | null
  readonly hint: string | null
}

const exitCodes: Readonly<Record<GateDecision["decision"], number>> = {
  allowed: ExitCode.ok,
  "not-allowed": ExitCode.notAllowed,
  "no-verdict": ExitCode.noVerdict
}

const document = ({ context, decision, hint, subject, verdict }: Answer) => ({
  subject,
  context,
  decision: decision.decision,
  exitCode: exitCodes[decision.decision],
  reasons: hint === null ? decision.reasons : [hint],
  waiver: decision.waiver,
  verdict: verdict === null ? null : verdictReference(verdict)
})

const headline = ({ context, decision, subject }: Answer): string =>
  `${decision.decision.replaceAll("-", " ")}: ${printable(subject)} for ${context.replaceAll("-", " ")} use`

const text = (answer: Answer): string => {
  const style = stylist(process.stdout)
  const columns = process.stdout.columns ?? 120
  const { decision, hint, verdict } = answer
  const reasons = hint === null ? decision.reasons : [hint]
  return [
    style([decision.decision === "allowed" ? "green" : "red", "bold"], headline(answer)),
    ...reasons.flatMap((reason) => wrap(printable(reason), columns, "  ")),
    ...(verdict === null
      ? []
      : [
          style("dim", `  verdict of ${printable(verdict.document.issuedAt)}: ${printable(standing(verdict.document))}`)
        ])
  ].join("\n")
}

const appendMarkdown = Effect.fnUntraced(function* (file: string, answer: Answer) {
  const { renderMarkdown } = yield* Effect.promise(() => import("@model-intake/report"))
  const reasons = answer.hint === null ? answer.decision.reasons : [answer.hint]
  const lines = [
    `## Gate: ${literal(headline(answer))}`,
    ...reasons.map((reason) => `- ${literal(printable(reason))}`),
    ...(answer.verdict === null ? [] : ["", renderMarkdown(answer.verdict.document).trimEnd()])
  ]
  yield* Effect.tryPromise({
    try: () => appendFile(file, `${lines.join("\n")}\n`),
    catch: (cause) => new UsageError({ message: `${file} cannot be written: ${(cause as Error).message}` })
  })
})

/** Reasons hold what people wrote in waivers: nothing in them is markup, a mention or a link. */
const literal = (text: string): string =>
  text
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replaceAll("@", "&#64;")
    .replaceAll("://", ":&#47;&#47;")
