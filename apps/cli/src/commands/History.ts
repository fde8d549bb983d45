import type { CaseFile } from "@model-intake/case-files"
import { truncate } from "@model-intake/core"
import { type Files, requireSubject, standing, verdictReference } from "@model-intake/host"
import { Argument, Command } from "effect/cli"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { storeFlags, withStore } from "../CaseStore.ts"
import { json, print } from "../Run.ts"
import { printable, safeJson, stylist } from "../Terminal.ts"

export const historyCommand = Command.make(
  "history",
  {
    subject: Argument.String("SUBJECT").pipe(
      Argument.withDescription("An examined model, as backend:model[@revision]; without it all subjects are listed"),
      Argument.optional
    ),
    ...storeFlags,
    json
  },
  Effect.fn(function* (options) {
    const { subject } = options
    if (Option.isNone(subject)) {
      const all = yield* withStore(options, "read", listSubjects)
      return yield* print(
        options.json
          ? safeJson(
              all.map(({ latest, name }) => ({ subject: name, verdict: latest && verdictReference(latest) })),
              2
            )
          : all.length === 0
            ? "No subject has a case file yet; intake exam makes one."
            : all
                .map(({ latest, name }) => line(name, latest === null ? "no verdict" : standing(latest.document)))
                .join("\n")
      )
    }
    const file = yield* withStore(options, "read", (files) =>
      Effect.andThen(requireSubject(files, subject.value), files.caseFile(subject.value))
    )
    yield* print(options.json ? safeJson(file, 2) : render(file))
  })
).pipe(
  Command.withDescription(
    "Show everything recorded of a subject, oldest first: where it comes from, interventions, verdicts, waivers, notes."
  ),
  Command.withShortDescription("Show the case file of a subject"),
  Command.withExamples([
    { command: "intake history", description: "Which subjects have a case file?" },
    { command: "intake history specimens:narrow-middle", description: "Everything recorded of one" }
  ])
)

const listSubjects = (files: Files) =>
  Effect.flatMap(files.subjects, (names) =>
    Effect.forEach(names, (name) => Effect.map(files.latestVerdict(name), (latest) => ({ name, latest })))
  )

const columns = (): number => process.stdout.columns ?? 120

const line = (name: string, says: string): string =>
  truncate(`${printable(name).padEnd(36)}  ${printable(says)}`, columns())

const render = (file: CaseFile): string => {
  const style = stylist(process.stdout)
  const entries = [
    ...file.edges.map((edge) => ({
      ...edge,
      kind: "lineage",
      says: `from ${edge.document.parent ?? "no known parent"}, reference ${edge.document.reference ?? "none"} (${edge.document.who})`
    })),
    ...file.interventions.map((made) => ({ ...made, kind: made.document.type, says: interventionText(made.document) })),
    ...file.verdicts.map((verdict) => {
      const fails = verdict.document.readings.filter(({ outcome }) => outcome === "fail")
      const failing = fails.length === 0 ? "" : `; ${fails.map(({ instrument }) => instrument).join(", ")} fail`
      const found = verdict.document.findings.map(({ code }) => code).join(", ")
      const says = `${standing(verdict.document)}${found === "" ? "" : `; ${found}`}${failing}`
      return { ...verdict, kind: "verdict", says }
    }),
    ...file.waivers.map((waiver) => ({
      ...waiver,
      kind: "waiver",
      says: `${waiver.document.context} until ${waiver.document.until}${waiver.revoked ? ", revoked" : ""}: ${waiver.document.why} (${waiver.document.who})`
    })),
    ...file.watchNotes.map((note) => ({
      ...note,
      kind: "note",
      says: `${note.document.instruments.join(", ")} ${note.document.says} (${note.document.who})`.trim()
    }))
  ].sort((a, b) => a.sequence - b.sequence)
  const ownExamsOnly = file.lineage.events.every((event) => event.type === "exam" && event.subject === file.subject)
  const life = ownExamsOnly ? [] : lifeLines(file)
  return [
    style("bold", `Case file of ${printable(file.subject)}`),
    ...entries.map(({ kind, recordedAt, says, sequence }) =>
      truncate(
        `${String(sequence).padStart(5)}  ${recordedAt.slice(0, 16)}  ${kind.padEnd(10)}  ${printable(says)}`,
        columns()
      )
    ),
    ...(life.length === 0 ? [] : ["", style("bold", "Life, with its ancestors"), ...life])
  ].join("\n")
}

/** The events of a lineage in order: what was made of what, and how each checkpoint was examined. */
const lifeLines = ({ lineage }: CaseFile): ReadonlyArray<string> =>
  lineage.events.map((event) => truncate(`  ${event.type.padEnd(10)}  ${printable(eventText(event))}`, columns()))

const eventText = (event: CaseFile["lineage"]["events"][number]): string => {
  const way = (before: string | null, after: string | null) => `${before ?? "?"} -> ${after ?? "in place"}`
  switch (event.type) {
    case "exam":
      return `${event.subject ?? "?"}: level ${event.level}${event.fails.length === 0 ? "" : `; ${event.fails.map(({ instrument }) => instrument).join(", ")} fail`}`
    case "flattening":
      return way(event.before, event.after)
    case "tuning":
      return [way(event.before, event.after), event.steps === null ? "" : `${event.steps} steps`, event.says]
        .filter((part) => part !== "")
        .join(", ")
    case "correction":
      return [
        event.regime,
        way(event.before, event.after),
        event.steps === null ? "" : `${event.steps} steps`,
        event.result
      ]
        .filter((part) => part !== "")
        .join(", ")
  }
}

/** An intervention in one line. */
export const interventionText = ({
  after,
  before,
  date,
  regime,
  result,
  says,
  steps,
  type,
  who
}: CaseFile["interventions"][number]["document"]): string =>
  [
    `${date.slice(0, 10)} ${regime ?? ""}`.trimEnd(),
    `${before ?? "?"} -> ${after ?? "in place"}`,
    ...(steps === null ? [] : [`${steps} steps`]),
    ...(type === "correction" ? [result] : []),
    ...(says === "" ? [] : [says]),
    `(${who})`
  ].join(", ")
