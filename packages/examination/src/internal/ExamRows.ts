/** The rows of the exam under way: its journal is known only once its subject is open and its plan stands. */
import { createHash } from "node:crypto"
import type { Rater, ReferenceBundle, Response } from "@model-intake/core"
import { canonicalJson, type Digest, digest, formatSubject, isInstrumentCode, publish } from "@model-intake/core"
import {
  type ExamJournal,
  type ExamPlan,
  type Journal,
  type JournalError,
  type JournalRows,
  type ResumeError,
  serverSettings
} from "@model-intake/journal"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { allOf, type Chosen } from "./ChosenInstruments.ts"
import type { RunSettings } from "./Run.ts"
import type { Sides } from "./Stages.ts"

/** A journal that begins its exam later than it is provided. */
export const examRows = (journal: Journal["Service"]) => {
  let exam: ExamJournal | null = null
  const rows = (): JournalRows => exam ?? journal
  const service: Journal["Service"] = {
    record: (response) => rows().record(response),
    find: (trial) => rows().find(trial),
    recordReply: (call, reply) => rows().recordReply?.(call, reply) ?? Effect.void,
    findReply: (call) => rows().findReply?.(call) ?? Effect.succeed(null)
  }
  return {
    service,
    /** The exam's rows from here on are those of this plan. */
    begin: (plan: ExamPlan): Effect.Effect<void, JournalError | ResumeError, Scope.Scope> =>
      journal.begin === undefined
        ? Effect.void
        : Effect.flatMap(journal.begin(plan), (begun) => {
            exam = begun
            return begun.id === null
              ? Effect.void
              : publish({
                  _tag: "Journalled",
                  exam: begun.id,
                  file: begun.file ?? "",
                  resumed: begun.resumedRows > 0,
                  rows: begun.resumedRows
                })
          }),
    finish: Effect.suspend(() => exam?.finish ?? Effect.void),
    tellReused: Effect.suspend(() =>
      exam === null || exam.reused() === 0 ? Effect.void : publish({ _tag: "Reused", trials: exam.reused() })
    )
  }
}

/** What a resumed exam has to have in common with its earlier run, in a person's words. */
export const planSettings = (what: {
  readonly settings: RunSettings
  readonly sides: Sides
  readonly chosen: Chosen
  readonly raters: ReadonlyArray<Rater>
  readonly bundles: ReadonlyArray<ReferenceBundle>
  readonly replicate: boolean
  /** Of other parts, by name: a digest or a word. */
  readonly others: Readonly<Record<string, unknown>>
}): ExamPlan["settings"] => {
  const { bundles, chosen, raters, settings, sides } = what
  const opened = (side: Sides["subject"] | null) => (side === null ? "none" : formatSubject(side.examinee.subject))
  return {
    "subject as opened": opened(sides.subject),
    reference: opened(sides.reference),
    // Where calls go, and what the backend's settings change about the answers.
    [serverSettings.subject]: digest(servedBy(sides.subject)),
    [serverSettings.reference]: sides.reference === null ? "none" : digest(servedBy(sides.reference)),
    seed: settings.seed,
    size: settings.size,
    ...Object.fromEntries(Object.entries(settings.decoding).map(([name, value]) => [name, JSON.stringify(value)])),
    replication: what.replicate ? "on" : "off",
    instruments: allOf(chosen)
      .map(({ instrument, key }) =>
        [key, instrument.version, ...(isInstrumentCode(key) ? [] : [instrument.digest ?? ""])].join(" ").trimEnd()
      )
      .sort()
      .join(", "),
    ...Object.fromEntries(
      [...chosen.answers, ...chosen.latent].map(({ form, key }) => [`form ${form.id} of ${key}`, digest(form)])
    ),
    ...Object.fromEntries(raters.map((rater) => [`rater ${rater.id}`, rater.digest])),
    ...Object.fromEntries(bundles.map((bundle) => [`reference bundle ${bundle.form.id}`, bundle.digest])),
    ...Object.fromEntries(
      Object.entries(what.others).map(([name, value]) => [name, value === null ? "none" : digest(value)])
    )
  }
}

const servedBy = ({ examinee }: Sides["subject"]) => ({
  account: examinee.account ?? null,
  limits: examinee.limits ?? [],
  capabilities: examinee.capabilities
})

/** Digest of all responses in the order of their trials, as of one array, without holding its text at once. */
export const digestResponses = (responses: ReadonlyMap<Digest, Response>): Digest => {
  const hash = createHash("sha256").update("[")
  let first = true
  for (const trial of [...responses.keys()].sort()) {
    hash.update(`${first ? "" : ","}${canonicalJson(responses.get(trial))}`)
    first = false
  }
  return `sha256:${hash.update("]").digest("hex")}`
}
