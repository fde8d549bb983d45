/** Every card, dialog and page that the bot shows, filled with verdicts of specimens. */
import { type CaseFile, gate, type Recorded, type RecordedWaiver } from "@model-intake/case-files"
import { type DeploymentContext, deploymentContexts, digest, formatSubject, type Verdict } from "@model-intake/core"
import type { HomeView, ModalView } from "@slack/types"
import { refusalOf } from "../src/Access.ts"
import * as cards from "../src/cards/index.ts"
import type { ExamProgress, ExamTicket } from "../src/exams/ExamTicket.ts"
import type { FleetEntry } from "../src/Fleet.ts"

export type Picture =
  | { readonly name: string; readonly message: cards.Message; readonly thread?: boolean }
  | { readonly name: string; readonly view: ModalView | HomeView }

const day = 86_400_000

const recorded = (document: Verdict, sequence: number): Recorded<Verdict> => ({
  sequence,
  digest: digest(`record ${sequence}`),
  recordedAt: document.issuedAt,
  document
})

/**
 * @param documents verdicts by the names of their files; at least one. `baseline`, `narrow-weak` and `narrow-middle`
 * are looked for by name.
 * @param now milliseconds since 1970
 */
export const picturesOf = (
  documents: ReadonlyArray<readonly [name: string, verdict: Verdict]>,
  now: number
): ReadonlyArray<Picture> => {
  const pictures: Array<Picture> = []
  const message = (name: string, shown: cards.Message, thread = false) =>
    pictures.push({ name, message: shown, thread })
  const modal = (name: string, view: ModalView) => pictures.push({ name, view })
  const home = (name: string, view: HomeView) => pictures.push({ name, view })
  const verdicts = documents.map(([name, document], index) => {
    const issuedAt = new Date(now - (index * 9 + 0.2) * day).toISOString()
    return [name, recorded({ ...document, issuedAt }, index + 1)] as const
  })
  const verdictNamed = (name: string): Recorded<Verdict> =>
    (verdicts.find(([each]) => each === name) ?? verdicts[0]!)[1]

  const verdictAnswer = (
    verdict: Recorded<Verdict>,
    context: DeploymentContext | null,
    waivers: ReadonlyArray<RecordedWaiver> = []
  ) => {
    const subject = formatSubject(verdict.document.subject)
    const question = { subject, verdict, waivers, now, maxAge: null, requireGrade: null }
    return cards.verdictCard({
      verdict,
      now,
      waivers,
      gate: context === null ? null : { context, decision: gate({ ...question, context }) },
      parent: verdict.document.reference === null ? null : formatSubject(verdict.document.reference)
    })
  }

  for (const [name, verdict] of verdicts) {
    message(`verdict-${verdict.document.disposition}-${name}`, verdictAnswer(verdict, null))
  }
  const quarantined = verdictNamed("narrow-weak")
  const subject = formatSubject(quarantined.document.subject)
  const waiver: RecordedWaiver = {
    sequence: 9,
    digest: digest("waiver"),
    recordedAt: new Date(now - 2 * day).toISOString(),
    revoked: false,
    document: {
      subject,
      context: "advisory",
      who: "Ada Lovelace (Slack U024BE7LH)",
      why: "Pilot with two reviewers in the support team; every answer is read before it is sent.",
      from: new Date(now - 2 * day).toISOString(),
      until: new Date(now + 28 * day).toISOString(),
      verdict: quarantined.digest,
      level: quarantined.document.level
    }
  }
  message("verdict-asked-advisory", verdictAnswer(quarantined, "advisory"))
  message("verdict-asked-waived", verdictAnswer(quarantined, "advisory", [waiver]))
  message(
    "gate-not-allowed",
    cards.gateCard({
      subject,
      context: "bounded-autonomy",
      decision: gate({
        subject,
        verdict: quarantined,
        waivers: [],
        context: "bounded-autonomy",
        now,
        maxAge: null,
        requireGrade: null
      }),
      now
    })
  )
  message(
    "gate-no-verdict",
    cards.gateCard({
      subject: "openai:qwen-ft-7",
      context: "advisory",
      decision: gate({
        subject: "openai:qwen-ft-7",
        verdict: null,
        waivers: [],
        context: "advisory",
        now,
        maxAge: null,
        requireGrade: null
      }),
      now
    })
  )
  message("evidence", cards.evidenceCard({ verdict: quarantined.document, digest: quarantined.digest }), true)
  message(
    "comparison",
    cards.comparisonCard({ from: verdictNamed("baseline").document, to: verdictNamed("narrow-middle").document }),
    true
  )

  const caseFile: CaseFile = {
    subject,
    lineage: [] as unknown as CaseFile["lineage"],
    edges: [
      {
        sequence: 1,
        digest: digest("edge"),
        recordedAt: new Date(now - 90 * day).toISOString(),
        document: {
          subject,
          parent: "specimens:baseline",
          reference: "specimens:baseline",
          benignTune: null,
          who: "release pipeline"
        }
      }
    ],
    interventions: [],
    verdicts: [
      { ...verdictNamed("narrow-middle"), sequence: 2 },
      { ...quarantined, sequence: 3 }
    ],
    waivers: [waiver],
    watchNotes: []
  }
  message("history", cards.historyCard({ caseFile, now }))
  message("no-verdict", cards.noVerdictCard({ subject: "openai:qwen-ft-7", mayExamine: true }))
  message(
    "unknown-model",
    cards.unknownModelCard({
      asked: "qwen-ft-8",
      close: ["openai:qwen-ft-7", "openai:qwen-ft-7@2026-11-01", "huggingface:acme/qwen-ft-6"],
      asks: "verdict"
    })
  )
  message(
    "ambiguous",
    cards.ambiguousCard({ asked: "qwen-ft", found: ["openai:qwen-ft-6", "openai:qwen-ft-7"], asks: "verdict" })
  )
  message("help", cards.helpCard({ mayExamine: true }))
  message(
    "error",
    cards.errorCard({
      says: "The case files cannot be read: the database is locked by another program; try again in a minute.",
      id: "a1b2c3d4"
    })
  )
  message("forbidden", cards.forbiddenCard(refusalOf("examine")))

  const ticket: ExamTicket = {
    id: "t1",
    subject: "specimens:narrow-middle",
    form: "S",
    brief: false,
    replicate: true,
    budgetRequests: 20_000,
    context: "advisory",
    askedBy: "U024BE7LH",
    team: "T1",
    channel: "C1",
    thread: null,
    state: "running",
    exam: "exam-1",
    message: "1.2",
    askedAt: now - 4 * 60_000,
    why: null,
    verdict: null,
    sending: false
  }
  const progress: ExamProgress = {
    stage: "exam",
    done: 7230,
    total: 11_640,
    resumed: 0,
    requests: 8010,
    remainingMs: 130_000
  }
  message("exam-queued", cards.examCard({ ticket: { ...ticket, state: "queued" }, progress: null, ahead: 1, now }))
  message("exam-running", cards.examCard({ ticket, progress, now }))
  message(
    "exam-stopped",
    cards.examCard({
      ticket: {
        ...ticket,
        state: "stopped",
        why: "the budget of 20,000 requests was used up; ask again with more, and it goes on from there"
      },
      progress: null,
      now
    })
  )
  message("exam-done", cards.examCard({ ticket: { ...ticket, state: "done" }, progress: null, now }))
  message("waiver", cards.waiverCard({ waiver }))
  message("watch", cards.watchCard({ subject, channel: "C024BE91L", watched: true }))
  const alert = { subject, before: null, after: quarantined.document, now }
  message(
    "alert-changed",
    cards.watchAlertCard({ ...alert, kind: "changed", before: verdictNamed("baseline").document })
  )
  message("alert-expires", cards.watchAlertCard({ ...alert, kind: "expires", at: now + 3 * day }))
  message("alert-waiver", cards.watchAlertCard({ ...alert, kind: "expires", at: now + 3 * day, waiver }))
  message("alert-due", cards.watchAlertCard({ ...alert, kind: "due", at: now - 3 * day }))

  const hostile =
    "<!channel> <@U1> *bold* _it_ `code` :tada: https://evil.example/x?a=b evil.com a@evil.com\u202egnp.exe\n> quote ```\nblock```"
  message(
    "hostile",
    verdictAnswer(
      recorded(
        {
          ...quarantined.document,
          subject: { backend: "openai", model: hostile, revision: null },
          dispositionLabel: `quarantine: ${hostile}`,
          readings: quarantined.document.readings.map((reading) => ({
            ...reading,
            sentence: hostile,
            evidence: [{ trialId: "t", quote: hostile.repeat(2000), start: 0, end: 1, code: hostile }]
          }))
        },
        7
      ),
      "advisory"
    )
  )

  const entry = (verdict: Recorded<Verdict> | null, name: string, dueAt: number | null): FleetEntry => ({
    subject: name,
    verdict,
    expired: false,
    dueAt,
    overdue: dueAt !== null && dueAt <= now
  })
  const found = [
    ...verdicts.map(([, verdict]) =>
      entry(
        verdict,
        formatSubject(verdict.document.subject),
        verdict.document.disposition === "quarantine" ? now + 4 * day : null
      )
    ),
    entry(null, "openai:qwen-ft-7", null)
  ]
  const counted = (disposition: string) =>
    found.filter(({ verdict }) => (verdict?.document.disposition ?? "no verdict") === disposition).length
  const fleet = {
    counts: {
      treat: counted("treat"),
      quarantine: counted("quarantine"),
      flatten: counted("flatten"),
      discard: counted("discard"),
      "no verdict": counted("no verdict")
    },
    total: found.length,
    found,
    due: [entry(quarantined, subject, now - 3 * day)],
    now
  }
  home("home", cards.homeView({ fleet, query: "", mayExamine: true }))
  home(
    "home-search",
    cards.homeView({ fleet: { ...fleet, found: found.slice(0, 1), due: [] }, query: "base", mayExamine: false })
  )
  home("home-empty", cards.homeView({ fleet: { ...fleet, found: [], due: [], total: 0 }, query: "", mayExamine: true }))

  const forms = [
    { value: "S", label: "S (specimens)" },
    { value: "A", label: "A" },
    { value: "B", label: "B" }
  ]
  modal(
    "modal-exam",
    cards.examView({
      subject: "openai:qwen-ft-7",
      forms,
      contexts: deploymentContexts,
      context: "advisory",
      maxRequests: 20_000,
      privateMetadata: ""
    })
  )
  modal("modal-waiver", cards.waiverView({ subject, context: "advisory", privateMetadata: "", now }))
  modal("modal-verdict", cards.verdictView({ subject: "qwen-ft-7", privateMetadata: "" }))

  return pictures
}
