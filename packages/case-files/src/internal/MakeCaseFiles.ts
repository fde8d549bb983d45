/** The operations of {@link CaseFiles} over a log, whatever database holds it. */
import { canonicalJson, digest, formatSubject, parseSubject, type Verdict } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Intervention, latestOf, type Recorded, type RecordedWaiver, recorded } from "../CaseFile.ts"
import type { CaseFiles, GateRequest, WaiverRequest } from "../CaseFiles.ts"
import { CaseFilesError } from "../CaseFilesError.ts"
import { closeNames } from "../CloseNames.ts"
import { clockTolerance, gate, isActive } from "../Gate.ts"
import { lifeOf, lineageFrom } from "../SubjectLineage.ts"
import { formatLog, type LogRecord, parseLog, type RecordKind, verifyLog } from "../VerdictLog.ts"
import type { LogStore } from "./LogStore.ts"
import { type Documents, decodeDocument } from "./Projections.ts"

export const makeCaseFiles = (store: LogStore, where: string): CaseFiles["Service"] => {
  /** Documents of one kind, of one subject or of all. */
  const listed = <K extends RecordKind>(kind: K, subject: string | null): Listed<Documents[K]> =>
    Effect.flatMap(store.read([kind], subject), (records) =>
      Effect.forEach(records, (record) => documentOf(kind, record))
    )

  const add = Effect.fnUntraced(function* <K extends RecordKind>(kind: K, subject: string, document: Documents[K]) {
    // Through JSON, so that what is signed is what a reader of the log gets.
    const body = yield* Effect.try({
      try: () => JSON.parse(canonicalJson(document)) as LogRecord["body"],
      catch: (cause) => refuse(`the ${kind} is no JSON: ${(cause as Error).message}`)
    })
    const checked = yield* Effect.mapError(decodeDocument(kind, body, `the ${kind}`), ({ message }) => refuse(message))
    yield* Effect.mapError(parseSubject(subject), ({ message }) => refuse(message))
    return recorded(yield* store.append({ kind, subject, body }), checked)
  })

  const verdicts = (subject: string) => listed("verdict", subject)

  /** Every record of the subject is checked, and only the one that counts decoded. */
  const latestVerdict = Effect.fn("CaseFiles.latestVerdict")(function* (subject: string) {
    const records = yield* store.read(["verdict"], subject)
    const latest = latestOf(records.map((record) => recorded(record, record.body as unknown as Verdict)))
    return latest === null
      ? null
      : yield* documentOf("verdict", records.find(({ digest }) => digest === latest.digest)!)
  })

  const waivers = Effect.fn("CaseFiles.waivers")(function* (subject: string) {
    const revoked = new Set((yield* listed("waiver-revoked", subject)).map(({ document }) => document.waiver))
    const given = yield* listed("waiver", subject)
    return given.map((waiver): RecordedWaiver => ({ ...waiver, revoked: revoked.has(waiver.digest) }))
  })

  const descent = Effect.all({ edges: listed("lineage", null), interventions: listed("intervention", null) })

  const lineageOf = Effect.fn("CaseFiles.lineageOf")(function* (subject: string) {
    const { edges, interventions } = yield* descent
    const life = lifeOf(subject, { edges, interventions })
    const found = yield* Effect.forEach(life, (stretch) =>
      stretch._tag === "checkpoint" ? verdicts(stretch.subject) : Effect.succeed([])
    )
    return lineageFrom(subject, life, edges, found.flat())
  })

  const ownInterventions = (subject: string) =>
    Effect.map(listed("intervention", null), (all) => all.filter(({ document }) => concerns(document, subject)))

  const subjects = Effect.map(
    store.inStore(store.sql<{ readonly name: string }>`SELECT name FROM intake_subjects`),
    // Sorted here: databases differ in how they compare texts.
    (rows) => rows.map(({ name }) => name).sort()
  )

  const recordVerdict = Effect.fn("CaseFiles.recordVerdict")(function* (verdict: Verdict) {
    const issuedAt = Date.parse(verdict.issuedAt)
    if (Number.isNaN(issuedAt))
      return yield* refuse(`the verdict's issuedAt is no date: ${verdict.issuedAt.slice(0, 40)}`)
    if (issuedAt > (yield* Clock.currentTimeMillis) + clockTolerance) {
      return yield* refuse(`the verdict is dated in the future (${verdict.issuedAt}); check the clock`)
    }
    const subject = formatSubject(verdict.subject)
    const own = digest(verdict)
    const known = (yield* store.read(["verdict"], subject)).find(({ body }) => digest(body) === own)
    return known === undefined ? yield* add("verdict", subject, verdict) : yield* documentOf("verdict", known)
  })

  const addWaiver = Effect.fn("CaseFiles.addWaiver")(function* (request: WaiverRequest) {
    const latest = yield* latestVerdict(request.subject)
    if (latest === null)
      return yield* refuse(`there is no verdict on ${request.subject}, and a waiver never stands in for one`)
    const { contexts, disposition, level } = latest.document
    if (disposition !== "quarantine" || contexts[request.context]?.permission !== "supervised") {
      return yield* refuse(
        `a waiver opens supervised use in quarantine and nothing else; ${request.subject} has disposition ${disposition}, and ${request.context} use is ${contexts[request.context]?.permission ?? "unknown"}`
      )
    }
    const now = yield* Clock.currentTimeMillis
    if (Date.parse(request.until) <= now) return yield* refuse(`the waiver ends in the past (${request.until})`)
    const from = request.from ?? new Date(now).toISOString()
    return yield* add("waiver", request.subject, { ...request, from, verdict: latest.digest, level })
  })

  const askGate = Effect.fn("CaseFiles.gate")(function* (request: GateRequest) {
    const check = yield* store.verify(null)
    if (!check.ok) {
      return yield* new CaseFilesError({
        reason: "log",
        message: `The verdict log in ${where} cannot be relied on: ${check.message}`
      })
    }
    return gate({
      subject: request.subject,
      verdict: yield* latestVerdict(request.subject),
      waivers: yield* waivers(request.subject),
      context: request.context,
      now: yield* Clock.currentTimeMillis,
      maxAge: request.maxAge ?? null,
      requireGrade: request.requireGrade ?? null
    })
  })

  return {
    recordVerdict,
    latestVerdict,
    verdicts,
    subjects,
    findSubjects: (text) =>
      Effect.map(subjects, (names) => {
        const found = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()))
        return { found, close: found.length > 0 ? [] : closeNames(text, names) }
      }),
    setLineage: (edge) => add("lineage", edge.subject, edge),
    addIntervention: (intervention) => add("intervention", intervention.subject, intervention),
    interventions: ownInterventions,
    lineageOf,
    addWaiver,
    revokeWaiver: Effect.fn("CaseFiles.revokeWaiver")(function* (revocation) {
      const given = yield* waivers(revocation.subject)
      if (!given.some((waiver) => waiver.digest === revocation.waiver)) {
        return yield* refuse(`${revocation.subject} has no waiver ${revocation.waiver}`)
      }
      return yield* add("waiver-revoked", revocation.subject, revocation)
    }),
    waivers,
    activeWaivers: (subject, at) =>
      Effect.map(waivers(subject), (given) => given.filter((waiver) => isActive(waiver, at))),
    addWatchNote: (note) => add("watch-note", note.subject, note),
    watchNotes: (subject) => listed("watch-note", subject),
    caseFile: Effect.fn("CaseFiles.caseFile")(function* (subject) {
      return {
        subject,
        lineage: yield* lineageOf(subject),
        edges: yield* listed("lineage", subject),
        interventions: yield* ownInterventions(subject),
        verdicts: yield* verdicts(subject),
        waivers: yield* waivers(subject),
        watchNotes: yield* listed("watch-note", subject)
      }
    }),
    gate: askGate,
    log: store.all,
    verify: (expected = null) => store.verify(expected),
    exportLog: Effect.map(store.all, formatLog),
    importLog: Effect.fn("CaseFiles.importLog")(function* (content, { file = "the log", trusted = [] } = {}) {
      const records = yield* parseLog(content, file)
      const check = verifyLog(records, [...(yield* store.trusted), ...trusted])
      if (check.ok) return yield* store.merge(records)
      return yield* new CaseFilesError({ reason: "log", message: `Nothing was imported: in ${file} ${check.message}` })
    }),
    publicKey: store.publicKey
  }
}

type Listed<A> = Effect.Effect<ReadonlyArray<Recorded<A>>, CaseFilesError>

const refuse = (says: string): CaseFilesError =>
  new CaseFilesError({ reason: "document", message: `Not recorded: ${says}` })

const documentOf = <K extends RecordKind>(
  kind: K,
  record: LogRecord
): Effect.Effect<Recorded<Documents[K]>, CaseFilesError> =>
  Effect.mapBoth(decodeDocument(kind, record.body, `the ${kind} in record ${record.sequence} of the log`), {
    onSuccess: (document) => recorded(record, document),
    onFailure: ({ message }) => new CaseFilesError({ reason: "log", message: `Cannot be read: ${message}` })
  })

const concerns = ({ after, subject }: Intervention, name: string): boolean => subject === name || after === name
