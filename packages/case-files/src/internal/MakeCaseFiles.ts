/** The operations of {@link CaseFilesService} over a log, whatever database holds it. */
import { canonicalJson, formatSubject, parseSubject, type Verdict, verdictProblem } from "@model-intake/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Intervention, latestOf, type Recorded, type RecordedWaiver, recorded } from "../CaseFile.ts"
import { CaseFilesError } from "../CaseFilesError.ts"
import type { CaseFilesService, GateRequest, WaiverRequest } from "../CaseFilesService.ts"
import { closeNames } from "../CloseNames.ts"
import { clockTolerance, gate, isActive } from "../Gate.ts"
import { checkLog, readLog } from "../LogText.ts"
import { lifeOf, lineageFrom } from "../SubjectLineage.ts"
import type { LogRecord, RecordHeader, RecordKind } from "../VerdictLog.ts"
import type { KnownHeaders } from "./LogChecks.ts"
import type { LogStore } from "./LogStore.ts"
import { type DocumentError, type Documents, decodeDocument, decodeOutline } from "./Projections.ts"

export const makeCaseFiles = (store: LogStore): CaseFilesService => {
  /** Documents of one kind, of one subject or of all. */
  const listed = <K extends RecordKind>(kind: K, subject: string | null): Listed<Documents[K]> =>
    Effect.flatMap(store.read([kind], subject), (records) => inRecords(kind, records))

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

  /** What lists are read for is checked of each; a verdict was checked whole when it was recorded. */
  const verdicts = (subject: string): Listed<Verdict> =>
    Effect.flatMap(store.read(["verdict"], subject), (records) => Effect.forEach(records, outlineOf))

  /**
   * The record of the verdict that counts. No verdict is recorded before it was issued, so that one recorded before the
   * latest so far was issued is not it, and stays unread.
   */
  const latestAmong = Effect.fnUntraced(function* ({ headers, upTo }: KnownHeaders) {
    const verdicts = headers.filter(({ kind }) => kind === "verdict")
    const last = verdicts.reduce<RecordHeader | null>(
      (newest, header) => (newest !== null && recordedAt(header) < recordedAt(newest) ? newest : header),
      null
    )
    if (last === null) return null
    const first = yield* store.load([last])
    const issued = Date.parse((first[0]!.body as unknown as Verdict).issuedAt)
    const mayBeLater = (header: RecordHeader) =>
      header !== last && (header.sequence > upTo || !(recordedAt(header) + clockTolerance < issued))
    const others = yield* store.load(verdicts.filter(mayBeLater))
    return latestIn([...first, ...others].sort((a, b) => a.sequence - b.sequence))
  })

  const latestVerdict = Effect.fn("CaseFiles.latestVerdict")(function* (subject: string) {
    const known = yield* store.rememberedHeaders(subject)
    const latest = known === null ? latestIn(yield* store.read(["verdict"], subject)) : yield* latestAmong(known)
    return latest === null ? null : yield* documentOf("verdict", latest)
  })

  const waivers = Effect.fn("CaseFiles.waivers")(function* (subject: string) {
    return yield* waiversIn(yield* store.read(["waiver", "waiver-revoked"], subject))
  })

  const descent = Effect.gen(function* () {
    const records = yield* store.read(["lineage", "intervention"], null)
    return {
      edges: yield* inRecords("lineage", records),
      interventions: yield* inRecords("intervention", records)
    }
  })

  /** Whatever bears on the life of a subject, read once. */
  const lifeWith = Effect.fn("CaseFiles.life")(function* (subject: string) {
    const { edges, interventions } = yield* descent
    const life = lifeOf(subject, { edges, interventions })
    const found = yield* Effect.forEach(life, (stretch) =>
      stretch._tag === "checkpoint" ? verdicts(stretch.subject) : Effect.succeed([])
    )
    return { edges, interventions, verdicts: found.flat(), lineage: lineageFrom(subject, life, edges, found.flat()) }
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
    const problem = verdictProblem(verdict)
    if (problem !== null) return yield* refuse(`the document is no verdict: ${problem}`)
    const text = yield* Effect.try({
      try: () => canonicalJson(verdict),
      catch: (cause) => refuse(`the verdict is no JSON: ${(cause as Error).message}`)
    })
    const known = yield* store.find("verdict", subject, text)
    return known === null ? yield* add("verdict", subject, verdict) : yield* documentOf("verdict", known)
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
    const known = yield* store.headersOf(request.subject)
    const latest = yield* latestAmong(known)
    const verdict = latest === null ? null : yield* outlineOf(latest)
    const decision = gate({
      subject: request.subject,
      verdict,
      waivers: yield* waiversIn(
        yield* store.load(known.headers.filter(({ kind }) => kind === "waiver" || kind === "waiver-revoked"))
      ),
      context: request.context,
      now: yield* Clock.currentTimeMillis,
      maxAge: request.maxAge ?? null,
      requireGrade: request.requireGrade ?? null
    })
    return { ...decision, verdict }
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
    lineageOf: (subject) => Effect.map(lifeWith(subject), ({ lineage }) => lineage),
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
      const known = yield* lifeWith(subject)
      const others = yield* store.read(["waiver", "waiver-revoked", "watch-note"], subject)
      return {
        subject,
        lineage: known.lineage,
        edges: known.edges.filter(({ document }) => document.subject === subject),
        interventions: known.interventions.filter(({ document }) => concerns(document, subject)),
        verdicts: known.verdicts.filter(({ document }) => formatSubject(document.subject) === subject),
        waivers: yield* waiversIn(others),
        watchNotes: yield* inRecords("watch-note", others)
      }
    }),
    gate: askGate,
    log: store.all,
    verify: (expected = null) => store.verify(expected),
    exportLog: Effect.gen(function* () {
      const pages: Array<string> = []
      yield* store.lines((text) => Effect.sync(() => void pages.push(text)))
      return pages.join("")
    }),
    exportLines: store.lines,
    importLog: Effect.fn("CaseFiles.importLog")(function* (content, { file = "the log", trusted = [] } = {}) {
      const check = yield* checkLog(content, [...(yield* store.trusted), ...trusted], null, file)
      if (check.ok) return yield* store.merge(() => recordsIn(content))
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
    onFailure: unreadable
  })

const unreadable = ({ message }: DocumentError): CaseFilesError =>
  new CaseFilesError({ reason: "log", message: `Cannot be read: ${message}` })

const inRecords = <K extends RecordKind>(kind: K, records: ReadonlyArray<LogRecord>): Listed<Documents[K]> =>
  Effect.forEach(
    records.filter((record) => record.kind === kind),
    (record) => documentOf(kind, record)
  )

const recordedAt = ({ issuedAt }: RecordHeader): number => Date.parse(issuedAt)

const latestIn = (verdicts: ReadonlyArray<LogRecord>): LogRecord | null => {
  const latest = latestOf(verdicts.map((record) => recorded(record, record.body as unknown as Verdict)))
  return verdicts.find(({ digest }) => digest === latest?.digest) ?? null
}

/** The records of a text that was checked before. */
function* recordsIn(content: Uint8Array | string): Generator<LogRecord> {
  for (const read of readLog(content)) yield Result.getOrThrow(read).record
}

const outlineOf = (record: LogRecord): Effect.Effect<Recorded<Verdict>, CaseFilesError> =>
  Effect.mapBoth(decodeOutline(record), {
    onSuccess: (document) => recorded(record, document),
    onFailure: unreadable
  })

const waiversIn = Effect.fnUntraced(function* (records: ReadonlyArray<LogRecord>) {
  const revoked = new Set((yield* inRecords("waiver-revoked", records)).map(({ document }) => document.waiver))
  const given = yield* inRecords("waiver", records)
  return given.map((waiver): RecordedWaiver => ({ ...waiver, revoked: revoked.has(waiver.digest) }))
})

const concerns = ({ after, subject }: Intervention, name: string): boolean => subject === name || after === name
