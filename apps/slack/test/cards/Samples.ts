/** One of every card, dialog and page, with a text wherever a person or a model may have written one. */
import type { CaseFile, Recorded, RecordedWaiver } from "@model-intake/case-files"
import { type DeploymentContext, deploymentContexts, digest, type Verdict } from "@model-intake/core"
import type { HomeView, ModalView } from "@slack/types"
import { filledWith } from "../../../../packages/report/test/support/verdicts.ts"
import * as cards from "../../src/cards/index.ts"
import type { ExamTicket } from "../../src/exams/ExamTicket.ts"
import type { FleetEntry } from "../../src/Fleet.ts"

export const now = Date.parse("2026-02-01T00:00:00Z")
const later = "2026-03-01T00:00:00Z"
const recordedAt = "2026-01-01T00:00:00.000Z"

export const recorded = <A>(document: A, sequence = 1): Recorded<A> => ({
  sequence,
  digest: digest(`record ${sequence}`),
  recordedAt,
  document
})

export const waiverOf = (text: string, context: DeploymentContext = "advisory"): RecordedWaiver => ({
  ...recorded({
    subject: text,
    context,
    who: text,
    why: text,
    from: recordedAt,
    until: later,
    verdict: digest("verdict"),
    level: 2 as const
  }),
  revoked: false
})

export const ticketOf = (text: string, state: ExamTicket["state"]): ExamTicket => ({
  id: text.slice(0, 100),
  subject: text,
  reference: text,
  form: text,
  brief: true,
  replicate: true,
  budgetRequests: 1000,
  context: "advisory",
  askedBy: text,
  team: text,
  channel: text,
  thread: null,
  state,
  exam: text,
  message: text,
  askedAt: now - 60_000,
  why: state === "stopped" ? text : null,
  verdict: null,
  sending: false
})

const caseFileOf = (text: string, verdict: Verdict): CaseFile => ({
  subject: text,
  lineage: [] as unknown as CaseFile["lineage"],
  edges: [recorded({ subject: text, parent: text, reference: text, benignTune: text, who: text }, 1)],
  interventions: [
    recorded(
      {
        subject: text,
        type: "correction" as const,
        regime: text,
        says: text,
        date: text,
        who: text,
        before: text,
        after: text,
        steps: 10,
        result: "failed" as CaseFile["interventions"][number]["document"]["result"],
        replication: "not-attempted" as const,
        orthogonality: []
      },
      2
    )
  ],
  verdicts: Array.from({ length: 40 }, (_, index) => recorded(verdict, 3 + index)),
  waivers: [waiverOf(text)],
  watchNotes: [recorded({ subject: text, who: text, says: text, instruments: ["M1" as const] }, 99)]
})

const entryOf = (text: string, verdict: Verdict | null): FleetEntry => ({
  subject: text,
  verdict: verdict === null ? null : recorded(verdict),
  expired: true,
  dueAt: now - 1000,
  overdue: true
})

/** A gate that denies with a text as its only ground. */
const gateOf = (text: string) =>
  ({
    context: "advisory",
    decision: { decision: "not-allowed", reasons: [text, text, text, text, text], waiver: null }
  }) as const

export const messagesWith = (text: string): Readonly<Record<string, cards.Message>> => {
  const verdict = filledWith(text)
  const alert = { subject: text, before: verdict, after: verdict, now }
  const progress = { stage: text, done: 5, total: 4, resumed: 1, requests: 9, remainingMs: 90_000 }
  return {
    verdict: cards.verdictCard({
      verdict: recorded(verdict),
      now,
      gate: gateOf(text),
      waivers: [waiverOf(text), waiverOf(text)],
      parent: text,
      askedBy: text
    }),
    evidence: cards.evidenceCard({ verdict, digest: digest("record") }),
    history: cards.historyCard({ caseFile: caseFileOf(text, verdict), now }),
    comparison: cards.comparisonCard({ from: verdict, to: verdict }),
    gate: cards.gateCard({ subject: text, ...gateOf(text), now }),
    "no verdict": cards.noVerdictCard({ subject: text, mayExamine: true }),
    unknown: cards.unknownModelCard({ asked: text, close: [text, text], asks: "verdict" }),
    ambiguous: cards.ambiguousCard({ asked: text, found: Array.from({ length: 60 }, () => text), asks: "gate" }),
    help: cards.helpCard({ mayExamine: false }),
    error: cards.errorCard({ says: text, id: text }),
    forbidden: cards.forbiddenCard({ action: text, how: text }),
    queued: cards.examCard({ ticket: ticketOf(text, "queued"), progress: null, ahead: 2, now }),
    running: cards.examCard({ ticket: ticketOf(text, "running"), progress, now }),
    stopped: cards.examCard({ ticket: ticketOf(text, "stopped"), progress: null }),
    done: cards.examCard({ ticket: ticketOf(text, "done"), progress }),
    waiver: cards.waiverCard({ waiver: waiverOf(text) }),
    watch: cards.watchCard({ subject: text, channel: text, watched: true }),
    unwatch: cards.watchCard({ subject: text, channel: text, watched: false, changed: false }),
    changed: cards.watchAlertCard({ ...alert, kind: "changed" }),
    expires: cards.watchAlertCard({ ...alert, kind: "expires", at: now + 1 }),
    "waiver ends": cards.watchAlertCard({ ...alert, kind: "expires", waiver: waiverOf(text), at: now + 1 }),
    due: cards.watchAlertCard({ ...alert, kind: "due", at: now - 1 })
  }
}

export const viewsWith = (text: string): Readonly<Record<string, ModalView | HomeView>> => {
  const verdict = filledWith(text)
  const found = Array.from({ length: 120 }, (_, index) => entryOf(text, index % 3 === 0 ? null : verdict))
  const forms = Array.from({ length: 120 }, () => ({ value: text, label: text }))
  return {
    exam: cards.examView({
      subject: text,
      forms: [{ value: "S", label: text }, ...forms],
      contexts: deploymentContexts,
      context: "advisory",
      maxRequests: 500,
      privateMetadata: text
    }),
    "exam of any": cards.examView({ subject: null, forms: [], contexts: [], privateMetadata: text }),
    waiver: cards.waiverView({ subject: text, context: "advisory", privateMetadata: text, now }),
    verdict: cards.verdictView({ subject: text, privateMetadata: text }),
    home: cards.homeView({
      fleet: {
        counts: { treat: 1, quarantine: 2, flatten: 3, discard: 4, "no verdict": 5 },
        total: 120,
        found,
        due: found,
        now
      },
      query: text,
      mayExamine: true
    })
  }
}
