/** From a question to a card, by the case files. Commands, mentions, buttons and shortcuts all ask here. */
import { CaseFiles, type CaseFilesError, type Recorded } from "@model-intake/case-files"
import { type DeploymentContext, formatSubject, parseSubject, type Verdict } from "@model-intake/core"
import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { Settings } from "./Configuration.ts"
import {
  ambiguousCard,
  comparisonCard,
  evidenceCard,
  gateCard,
  historyCard,
  type Message,
  noVerdictCard,
  unknownModelCard,
  verdictCard
} from "./cards/index.ts"
import { type FleetSummary, fleetOf, type Standings } from "./Fleet.ts"
import { relativeOf } from "./Relatives.ts"
import { UsageError } from "./UsageError.ts"

/** What can be read of a model. */
export type Reading = "verdict" | "gate" | "history"

export interface Asked {
  readonly asks: Reading
  /** As the person wrote it. */
  readonly model: string
  readonly context: DeploymentContext | null
  readonly mayExamine: boolean
}

/** What the name of a model means. A part of a name is never taken for the name: the person chooses. */
export type Meaning =
  | { readonly _tag: "One"; readonly subject: string }
  | { readonly _tag: "Several"; readonly found: ReadonlyArray<string> }
  | { readonly _tag: "None"; readonly close: ReadonlyArray<string> }

export interface Answer {
  readonly message: Message
  /** Whether it says something of the model that was asked for, and is no question back. */
  readonly settled: boolean
}

type Asking<A> = Effect.Effect<A, CaseFilesError | UsageError>

export class Answers extends Context.Service<
  Answers,
  {
    /** Subjects that have a case file. */
    readonly names: Asking<ReadonlyArray<string>>
    readonly meaningOf: (model: string) => Asking<Meaning>
    readonly answer: (asked: Asked) => Asking<Answer>
    /** A verdict by the digest of its record; the latest for null, or where the record is not there. */
    readonly verdictOf: (subject: string, digest: string | null) => Asking<Recorded<Verdict>>
    readonly evidence: (subject: string, digest: string | null) => Asking<Message>
    /** The verdict beside the latest one of another subject, its parent usually. */
    readonly comparison: (subject: string, digest: string | null, other: string) => Asking<Message>
    readonly fleet: (query: string) => Asking<FleetSummary>
    /** Forgets what was read, after something was recorded here. */
    readonly refresh: Effect.Effect<void>
  }
>()("@model-intake/slack/Answers") {
  static readonly layer: Layer.Layer<Answers, never, CaseFiles | Settings> = Layer.effect(
    Answers,
    Effect.suspend(() => make)
  )
}

/** Many ask the same at once, and an answer costs some milliseconds for the check of signatures: it is kept this long. */
const keptFor = "1 second"
const fleetKeptFor = "10 seconds"
/** Answers that are made at once; acknowledgements of new questions go out between two of them. */
const madeAtOnce = 4

const make = Effect.gen(function* () {
  const files = yield* CaseFiles
  const settings = yield* Settings
  const kept = <A>(lookup: (key: string) => Asking<A>, time: typeof keptFor | typeof fleetKeptFor = keptFor) =>
    Effect.map(
      Cache.makeWith(lookup, { capacity: 1000, timeToLive: (exit) => (Exit.isSuccess(exit) ? time : 0) }),
      (cache) => ({ get: (key: string) => Cache.get(cache, key), forget: Cache.invalidateAll(cache) })
    )

  const names = yield* kept(() => files.subjects)
  const latest = yield* kept(files.latestVerdict)
  const standings = yield* kept(
    (): Asking<Standings> =>
      Effect.flatMap(files.subjects, (subjects) =>
        Effect.forEach(subjects, (subject) =>
          // One at a time, and others get their turn between two.
          Effect.map(Effect.andThen(Effect.yieldNow, files.latestVerdict(subject)), (verdict) => ({ subject, verdict }))
        )
      ),
    fleetKeptFor
  )

  const meaningOf = Effect.fn("Answers.meaningOf")(function* (model: string) {
    const known = yield* names.get("names")
    return meaningAmong(model, known, model.length > longestName ? null : yield* files.findSubjects(model))
  })

  const gateOf = (subject: string, context: DeploymentContext) =>
    files.gate({
      subject,
      context,
      maxAge: settings.gate.maxAgeMs,
      ...(settings.gate.requireGrade === null ? {} : { requireGrade: settings.gate.requireGrade })
    })

  const verdictMessage = Effect.fnUntraced(function* (subject: string, { context, mayExamine }: Asked) {
    const verdict = yield* latest.get(subject)
    if (verdict === null) return noVerdictCard({ subject, mayExamine })
    const now = yield* Clock.currentTimeMillis
    return verdictCard({
      verdict,
      now,
      gate: context === null ? null : { context, decision: yield* gateOf(subject, context) },
      waivers: yield* files.activeWaivers(subject, now),
      ...(yield* relativeOf(verdict.document, files))
    })
  })

  const made = Effect.fnUntraced(function* (key: string) {
    const asked = JSON.parse(key) as Asked
    const { asks, context, mayExamine, model } = asked
    const meaning = yield* meaningOf(model)
    if (meaning._tag === "Several") {
      return { message: ambiguousCard({ asked: model, found: meaning.found, asks, context }), settled: false }
    }
    if (meaning._tag === "None") {
      const { close } = meaning
      return { message: unknownModelCard({ asked: model, close, asks, context, mayExamine }), settled: false }
    }
    const { subject } = meaning
    const now = yield* Clock.currentTimeMillis
    const message =
      asks === "history"
        ? historyCard({ caseFile: yield* files.caseFile(subject), now })
        : asks === "gate" && context !== null
          ? gateCard({ subject, context, decision: yield* gateOf(subject, context), now })
          : yield* verdictMessage(subject, asked)
    return { message, settled: true }
  })
  const making = yield* Semaphore.make(madeAtOnce)
  const answered = yield* kept((key) => making.withPermit(Effect.andThen(Effect.yieldNow, made(key))))

  const verdictOf = Effect.fn("Answers.verdictOf")(function* (subject: string, digest: string | null) {
    const found =
      digest === null ? undefined : (yield* files.verdicts(subject)).find((verdict) => verdict.digest === digest)
    const verdict = found ?? (yield* latest.get(subject))
    return verdict ?? (yield* new UsageError({ message: `There is no verdict on ${subject} any more` }))
  })

  return Answers.of({
    names: names.get("names"),
    meaningOf,
    answer: Effect.fn("Answers.answer")(({ asks, context, mayExamine, model }) =>
      answered.get(JSON.stringify({ asks, model, context, mayExamine }))
    ),
    verdictOf,
    evidence: Effect.fn("Answers.evidence")(function* (subject, digest) {
      const verdict = yield* verdictOf(subject, digest)
      return evidenceCard({ verdict: verdict.document, digest: verdict.digest })
    }),
    comparison: Effect.fn("Answers.comparison")(function* (subject, digest, other) {
      const to = yield* verdictOf(subject, digest)
      const from = yield* verdictOf(other, null)
      return comparisonCard({ from: from.document, to: to.document })
    }),
    fleet: Effect.fn("Answers.fleet")(function* (query) {
      return fleetOf(yield* standings.get("fleet"), { query, now: yield* Clock.currentTimeMillis, settings })
    }),
    refresh: Effect.all([names.forget, latest.forget, standings.forget, answered.forget], { discard: true })
  })
})

/** Longer ones are looked up in full only, since close names cost time. */
const longestName = 200

/** Most names that are offered. */
const mostOffered = 20

/**
 * One where the text is the name of a subject, or that of its model and no other subject's, whatever the case. Names
 * that hold the text are offered, and where there is none, names that are close to it.
 */
export const meaningAmong = (
  model: string,
  names: ReadonlyArray<string>,
  search: { readonly found: ReadonlyArray<string>; readonly close: ReadonlyArray<string> } | null
): Meaning => {
  if (names.includes(model)) return { _tag: "One", subject: model }
  const wanted = model.toLowerCase()
  const same = names.filter((name) => name.toLowerCase() === wanted || partsOf(name).includes(wanted))
  if (same.length === 1) return { _tag: "One", subject: same[0]! }
  if (same.length > 1) return { _tag: "Several", found: same.slice(0, mostOffered) }
  const { close = [], found = [] } = search ?? {}
  return found.length > 1
    ? { _tag: "Several", found: found.slice(0, mostOffered) }
    : { _tag: "None", close: found.length === 1 ? found : close }
}

/** Under which a subject goes without its backend, its revision, or both, in lower case. */
const partsOf = (name: string): ReadonlyArray<string> => {
  const model = name.slice(name.indexOf(":") + 1)
  const unversioned = (text: string) => text.replace(/@[^@/]*$/, "")
  return [model, unversioned(name), unversioned(model)].map((part) => part.toLowerCase())
}

/** The subject that a text names in full, as the case files write it; null where it is no such name. */
export const fullName = (text: string): Effect.Effect<string | null> =>
  Effect.match(parseSubject(text), { onSuccess: formatSubject, onFailure: () => null })
